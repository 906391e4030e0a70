"""The one way by which the team's answers change: what was typed is looked at first, then saved and logged together.

Commands, buttons, forms, uploaded files and answers to open cases all go through here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.stores import SeedStore
from bot.team.audit import AuditLog, Change
from bot.team.curation import Curated, Curation, Ruling, Usage
from knowledge.errors import CoursebotError
from knowledge.model import Seed

QUESTION, ANSWER, ALIAS, AUTHOR = 2_000, 4_000, 200, 50
"""Characters of a question, an answer, another wording and a name at most. An answer's are those of one field of a form
on Discord (https://discord.com/developers/docs/components/reference#text-input)."""
ALIASES = 30
"""Other wordings of one question at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of saving an answer.

    Attributes:
        ref: of the entry that shows it.
        change: number of the change in the audit log; 0 where it said that already.
        replaced: the answer that it took the place of, or None.
    """

    ref: str
    change: int
    replaced: Seed | None = None


class Curating:
    """Changes answers of the team.

    Args:
        seeds: keeps new answers.
        curation: changes what is there.
        log: what was changed.
        usage: how often entries were the answer.
    """

    def __init__(self, seeds: SeedStore, curation: Curation, log: AuditLog, usage: Usage) -> None:
        self._seeds = seeds
        self._curation = curation
        self.log = log
        self.usage = usage

    async def add(self, course: str, seed: Seed, *, by: str, at: datetime) -> Saved:
        """Save an answer; one to the same question is replaced, and can be had back by undoing the change.

        Raises:
            CoursebotError: as `checked`; "course-unknown", "curate-no-lesson".
        """
        seed = checked(seed)
        saved = await self._seeds.save(course, [seed], at=at, by=by)
        if saved.no_such_lesson:
            raise CoursebotError("curate-no-lesson", lesson=seed.lesson)
        change = await self.log.change(saved.changes[0]) if saved.changes[0] else None
        before = change.before if change else None
        replaced = None
        if before:
            replaced = Seed(question=str(before["question"]), answer=str(before["answer"]))
        return Saved(ref=saved.refs[0], change=saved.changes[0], replaced=replaced)

    async def of(self, ref: str) -> Curated | None:
        """The team's answer that an entry shows, or None."""
        return await self._curation.of(ref)

    async def all(self, course: str) -> list[Curated]:
        """The team's answers in a course, the one that was changed last first."""
        return await self._curation.all(course)

    async def edit(
        self, ref: str, seed: Seed, *, revision: int | None = None, by: str, at: datetime
    ) -> Curated:
        """Change an answer; errors as of `checked` and `bot.team.curation.Curation.edit`."""
        return await self._curation.edit(ref, checked(seed), revision=revision, by=by, at=at)

    async def delete(self, ref: str, *, by: str, at: datetime) -> Curated:
        """Show an answer no more; errors as of `bot.team.curation.Curation.delete`."""
        return await self._curation.delete(ref, by=by, at=at)

    async def alias(self, ref: str, wordings: Sequence[str], *, by: str, at: datetime) -> int:
        """Give a question other wordings; the number of the change, 0 for nothing new.

        Raises:
            CoursebotError: as `checked` for the wordings, and as `bot.team.curation.Curation.alias`.
        """
        return await self._curation.alias(ref, _wordings(wordings), by=by, at=at)

    async def merge(self, ref: str, into: str, *, by: str, at: datetime) -> Curated:
        """Make one answer of two; errors as of `bot.team.curation.Curation.merge`."""
        return await self._curation.merge(ref, into, by=by, at=at)

    async def rule(self, ruling: Ruling, *, by: str) -> int:
        """Pin or bar an entry; errors as of `checked` for the question and `bot.team.curation.Curation.rule`."""
        if ruling.question:
            ruling = replace(ruling, question=_words("question", ruling.question, QUESTION))
        return await self._curation.rule(ruling, by=by)

    async def lift(self, ruling: Ruling, *, by: str) -> int:
        """Take back a pin or a bar."""
        return await self._curation.lift(ruling, by=by)

    async def rulings(self, course: str) -> list[Ruling]:
        """What is ruled in a course, the latest first."""
        return await self._curation.rulings(course)

    async def undo(self, number: int, *, by: str, at: datetime) -> Change:
        """Take back a change; errors as of `bot.team.curation.Curation.undo`."""
        return await self._curation.undo(number, by=by, at=at)


def checked(seed: Seed) -> Seed:
    """The answer as it is saved: without white space around it, and with each wording once.

    Raises:
        CoursebotError: "question-wordless", "answer-wordless", "wording-wordless" or "author-wordless" for what has
            no letter and no digit in it; the same with "-long" for what is too long; "wordings-many".
    """
    return Seed(
        question=_words("question", seed.question, QUESTION),
        answer=_words("answer", seed.answer, ANSWER),
        aliases=_wordings(seed.aliases),
        lesson=seed.lesson,
        author=_words("author", seed.author, AUTHOR) if seed.author.strip() else "",
    )


def _wordings(texts: Sequence[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(_words("wording", each, ALIAS) for each in texts if each.strip()))
    if len(found) > ALIASES:
        raise CoursebotError("wordings-many", count=len(found), limit=ALIASES)
    return found


def _words(what: str, text: str, limit: int) -> str:
    text = text.strip()
    if not any(unicodedata.category(character)[0] in "LN" for character in text):
        # Only signs, emoji or markup: nobody could find it, or read anything in it.
        raise CoursebotError(f"{what}-wordless")
    if len(text) > limit:
        raise CoursebotError(f"{what}-long", length=len(text), limit=limit)
    return text
