"""Cases beside the conversation: what a kill left unsettled is settled, and the team is told of new ones."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.catalog import ENGLISH, SIMPLIFIED, has_han
from bot.daily.deliveries import Notice, Outbox
from bot.messages import Chat
from bot.team.case_notices import NEW
from bot.team.cases import CaseStore
from bot.team.settling import Settling
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.jobs")

TOGETHER = timedelta(minutes=5)
"""How long the first new case waits for others, so that the team has one message for all of them."""

_QUIET = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-3]):([0-5]\d)(?:\s+(\S+))?")


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which the team is not told anything.

    Attributes:
        begin: local time from which on.
        end: local time up to which; before `begin`, it is that of the next day.
        zone: whose local time.
    """

    begin: time
    end: time
    zone: ZoneInfo

    def now(self, at: datetime) -> bool:
        """Whether it is quiet at that time."""
        local = at.astimezone(self.zone).time()
        if self.begin <= self.end:
            return self.begin <= local < self.end
        return local >= self.begin or local < self.end


def parse_quiet(text: str) -> Quiet | None:
    """Read `22:00-08:00 Asia/Shanghai`; UTC without a zone; None for empty.

    Raises:
        ValueError: it cannot be read, or there is no such zone.
    """
    if not text.strip():
        return None
    found = _QUIET.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    try:
        zone = ZoneInfo(found[5] or "UTC")
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(text) from error
    return Quiet(begin, end, zone)


class Casework:
    """Does what cases need beside the conversation.

    Args:
        settling: settles cases.
        outbox: takes what the team is told.
        team: where the team is told, or None for nowhere.
        quiet: when it is not, or None.
    """

    def __init__(
        self, settling: Settling, outbox: Outbox, *, team: Chat | None = None, quiet: Quiet | None = None
    ) -> None:
        self._settling = settling
        self._cases: CaseStore = settling.cases
        self._outbox = outbox
        self._team = team
        self._quiet = quiet

    async def settle(self, at: datetime) -> int:
        """Settle what was closed and not settled; how many cases that were. One that cannot be, keeps no other."""
        done = 0
        for number in await self._cases.unsettled():
            try:
                await self._settling.settle(number, at=at)
                done += 1
            except CoursebotError as error:
                logger.warning(
                    "case %d not settled: %s", number, error.key, extra={"action": "case-not-settled"}
                )
        return done

    async def tell_team(self, at: datetime) -> int:
        """Tell the team of new cases, together and once; how many messages that makes."""
        if self._team is None or (self._quiet is not None and self._quiet.now(at)):
            return 0
        await self._cases.batch(before=at - TOGETHER, at=at)
        sent = 0
        for batch in await self._cases.untold():
            cases = await self._cases.batched(batch)
            if cases:
                chinese = any(has_han(case.question) for case in cases)
                notice = Notice(
                    key=f"cases:{batch}",
                    kind=NEW,
                    chat=self._team,
                    language=SIMPLIFIED if chinese else ENGLISH,
                    subject={"batch": batch},
                )
                sent += await self._outbox.notify([notice], at=at)
            await self._cases.told(batch, at=at)
        return sent
