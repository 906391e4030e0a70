"""Questions and their outcomes by id: from memory while they are fresh, else from the question log.

So a button still knows its question after a restart, for as long as the log keeps it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from bot.conversation import Conversations, Turn
from bot.followup import key_words
from bot.messages import Chat, Person
from bot.ports import Answering
from bot.readers import AskedQuestion, Ending, Finding, QuestionLog
from knowledge.errors import CoursebotError
from knowledge.outcome import Found, Lessons, Match, NotFound, Outcome, Unsure, Why, matches

logger = logging.getLogger("coursebot.core")

_FINDINGS = 10
_WORDS = 8
"""Matches of a question, and words of each, that are kept."""

_ENDINGS = {Found: Ending.FOUND, Unsure: Ending.UNSURE, NotFound: Ending.NOT_FOUND, Lessons: Ending.LESSONS}


class Turns:
    """Keeps turns and finds them again.

    Args:
        conversations: the fresh ones.
        log: all of them.
        answering: has the entries that were found.
    """

    def __init__(self, conversations: Conversations, log: QuestionLog, answering: Answering) -> None:
        self._conversations = conversations
        self._log = log
        self._answering = answering

    async def keep(
        self, turn: Turn, chat: Chat, person: Person, *, message: str = "", unasked: bool = False
    ) -> None:
        """Keep a new turn; a log that cannot be written costs the buttons after a restart, not the answer."""
        self._conversations.remember(turn, chat, person)
        try:
            await self._log.add(_logged(turn, unasked=unasked), chat=chat, asker=person, message=message)
        except CoursebotError as error:
            logger.warning("question not logged: %s", error.key, extra={"action": "question-not-logged"})

    async def find(self, turn_id: str, chat: Chat, person: Person, *, at: datetime) -> Turn | None:
        """The turn of that id, if it belongs to that chat; `asker` is empty when it is not that person's."""
        turn = self._conversations.turn(turn_id, chat, at=at)
        if turn is not None:
            return turn if turn.asker == person.id else replace(turn, asker="")
        if not turn_id:
            return None
        asked = await self._log.recall(turn_id, chat=chat, person=person)
        return None if asked is None else await self._restored(asked, person)

    async def _restored(self, asked: AskedQuestion, person: Person) -> Turn:
        found: list[Match] = []
        for each in asked.findings:
            entry = await self._answering.entry(each.ref)
            if entry is not None:
                why = Why(matched=each.matched, missing=each.missing, wording=each.wording)
                found.append(Match(entry=entry, score=each.score, why=why))
        return Turn(
            id=asked.id,
            asker=person.id if asked.mine else "",
            question=asked.text,
            topic=key_words(asked.text),
            alone=asked.alone,
            course=asked.course,
            outcome=_outcome(asked, found),
            language=asked.language,
            at=asked.at,
        )


def _logged(turn: Turn, *, unasked: bool) -> AskedQuestion:
    return AskedQuestion(
        id=turn.id,
        text=turn.question,
        language=turn.language,
        course=turn.course,
        ending=_ENDINGS[type(turn.outcome)],
        findings=tuple(
            Finding(
                ref=each.entry.ref,
                score=each.score,
                matched=each.why.matched[:_WORDS],
                missing=each.why.missing[:_WORDS],
                wording=each.why.wording,
            )
            for each in matches(turn.outcome)[:_FINDINGS]
        ),
        at=turn.at,
        alone=turn.alone,
        unasked=unasked,
    )


def _outcome(asked: AskedQuestion, found: list[Match]) -> Outcome:
    """The outcome as it was, less the entries that are no more."""
    if not found or asked.ending is Ending.NOT_FOUND:
        return NotFound(closest=tuple(found))
    if asked.ending is Ending.LESSONS:
        return Lessons(matches=tuple(found))
    if asked.ending is Ending.FOUND and found[0].entry.ref == asked.findings[0].ref:
        return Found(best=found[0], others=tuple(found[1:]))
    return Unsure(candidates=tuple(found))
