"""Readers' votes, and the aliases that come of them: `bot.readers.VoteStore` in SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.sql import wordings
from adapters.sql.database import Database
from adapters.sql.fingerprints import wording_key
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.reader_tables import SUSPENDED, vote, wording
from adapters.sql.upserting import upsert
from adapters.sql.wordings import CONFIRMATIONS
from bot.messages import Person
from bot.opinions import Counted, Disputed, Reason, Vote


class SqlVoteStore:
    """Implements `bot.readers.VoteStore`."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms) -> None:
        self._database = database
        self._pseudonyms = pseudonyms

    async def cast(self, vote: Vote, *, person: Person, at: datetime) -> Counted:
        """Count a person's vote, in place of an earlier one, and follow the rule, in one transaction."""
        who = await self._pseudonyms.person(person)
        key = wording_key(vote.question)
        async with self._database.write() as connection:
            # The course is locked first: of two votes at the same time, the second counts the first.
            target = await wordings.locked_target(connection, vote.ref)
            if not await _keep(connection, vote, who, key, at):
                return Counted(changed=False)
            counts = await _counts(connection, vote.ref, key)
            if target is None:
                return Counted(changed=True, rejected=counts[False] >= CONFIRMATIONS)
            learned = suspended = False
            if counts[False] >= CONFIRMATIONS:
                suspended = await wordings.suspend(connection, target, vote.question, at=at)
            elif counts[True] >= CONFIRMATIONS and vote.up and vote.alone:
                learned = await wordings.confirm(connection, target, vote.question, at=at)
            return Counted(
                changed=True,
                learned=learned,
                suspended=suspended,
                rejected=counts[False] >= CONFIRMATIONS,
            )

    async def disputed(self, *, limit: int = 50) -> list[Disputed]:
        """What two or more readers found wrong, the newest first."""
        pair = (vote.c.ref, vote.c.question_key)
        worst = (
            select(*pair)
            .where(~vote.c.up)
            .group_by(*pair)
            .having(func.count() >= CONFIRMATIONS)
            .order_by(func.max(vote.c.at).desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            pairs = [(ref, key) for ref, key in await connection.execute(worst)]
            rows = (
                await connection.execute(
                    select(vote).where(tuple_(*pair).in_(pairs)).order_by(vote.c.at, vote.c.id)
                )
            ).all()
            taken_back = await _suspended(connection)
        votes = defaultdict(list)
        for row in rows:
            votes[row.ref, row.question_key].append(row)
        return [
            Disputed(
                ref=ref,
                question=votes[ref, key][-1].question,
                down=sum(not row.up for row in votes[ref, key]),
                up=sum(row.up for row in votes[ref, key]),
                reasons=tuple(Reason(row.reason) for row in votes[ref, key] if row.reason),
                suspended=(ref, key) in taken_back,
            )
            for ref, key in pairs
        ]


_vote = vote


async def _keep(connection: AsyncConnection, vote: Vote, who: str, key: str, at: datetime) -> bool:
    """Write the vote; False when the same one is there. A reason that was given before stays."""
    columns = _vote.c
    mine = (columns.person == who, columns.ref == vote.ref, columns.question_key == key)
    held = (await connection.execute(select(columns.up, columns.reason).where(*mine))).one_or_none()
    reason = vote.reason.value if vote.reason else None
    if held is not None and held.up == vote.up and reason in {None, held.reason}:
        return False
    row = {
        "person": who,
        "ref": vote.ref,
        "question_key": key,
        "question": vote.question,
        "up": vote.up,
        "reason": reason,
        "at": at,
    }
    await upsert(connection, _vote, [row], key=["person", "ref", "question_key"])
    return True


async def _counts(connection: AsyncConnection, ref: str, key: str) -> Counter[bool]:
    rows = await connection.execute(
        select(vote.c.up, func.count())
        .where(vote.c.ref == ref, vote.c.question_key == key)
        .group_by(vote.c.up)
    )
    return Counter({bool(up): number for up, number in rows})


async def _suspended(connection: AsyncConnection) -> set[tuple[str, str]]:
    """Refs and keys of the wordings that were taken back."""
    rows = await connection.execute(
        select(wording.c.comment_id, wording.c.seed_id, wording.c.key).where(wording.c.state == SUSPENDED)
    )
    return {(f"s{seed}" if comment is None else f"c{comment}", key) for comment, seed, key in rows}
