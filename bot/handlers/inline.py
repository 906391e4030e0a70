"""A question typed to the bot from within another chat: a list of answers to post there."""

from __future__ import annotations

from dataclasses import replace

from bot.handlers.ask import LONGEST, chosen_course
from bot.handlers.scene import Scene, Services
from bot.rendering import answers as render
from bot.rendering.excerpt import cells, gist
from bot.replies import InlineAnswer
from knowledge.entry import Source
from knowledge.outcome import Match, NotFound, matches

MOST = 10
"""Choices at most."""
_TITLE, _LINE = 60, 90
"""Columns of a choice's title and of what is said in its second line."""


async def inline(services: Services, scene: Scene, text: str) -> list[InlineAnswer]:
    """What may answer the text, best first; nothing for no text. Nothing is kept: this is asked at every key."""
    if not text:
        return []
    only = await chosen_course(services, scene.course)
    outcome = await services.answering.ask(text[:LONGEST], courses=(only.slug,) if only else None, limit=MOST)
    if isinstance(outcome, NotFound):
        return []
    return [_choice(services, scene, match) for match in matches(outcome)[:MOST]]


def _choice(services: Services, scene: Scene, match: Match) -> InlineAnswer:
    entry = match.entry
    asked = gist(entry.searched, _TITLE, match.why.matched, cells).text
    kind = f"{render.ICONS[entry.source]} {scene.words.text(f'kind.{entry.source.value}')}"
    said = entry.answer if entry.answer is not None else ""
    if entry.source is Source.PASSAGE:
        asked, said = (gist(entry.heading, _TITLE, (), cells).text or asked), entry.searched
    second = gist(said, _LINE, match.why.matched, cells).text or entry.lesson_title
    card = render.card(scene.words, entry, limit=services.excerpt, match=match)
    return InlineAnswer(
        id=entry.ref,
        title=asked,
        description=f"{kind} · {second}" if second else kind,
        # Under a message in a chat where the bot is not, a button would come back without its chat.
        reply=replace(card, buttons=()),
    )
