"""Taking answers out, and making one of two."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.buttons.curating import DropAnswer, MergeAnswers
from bot.buttons.payloads import encode
from bot.handlers import at_hand
from bot.handlers.scene import Scene, Services
from bot.handlers.team import curating, weighing
from bot.rendering.excerpt import gist
from bot.rendering.spans import joined
from bot.replies import Button, Quote, Reply, Span, Text
from bot.team.curation import Curated
from knowledge.errors import CoursebotError

_REF = re.compile(r"[cs][1-9][0-9]{0,17}")
_SHOWN = 200


async def delete(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/delete`: asks once more."""
    meant = at_hand.meant(services, scene, arguments)
    return await drop(services, scene, DropAnswer(meant.ref))


async def drop(services: Services, scene: Scene, payload: DropAnswer) -> list[Reply]:
    """Take an answer out, or ask whether to."""
    _, by = await at_hand.entry(services, scene, payload.ref)
    desk = at_hand.desk(services)
    curated = await desk.of(payload.ref)
    if curated is None:
        raise CoursebotError("curate-not-ours")

    async def remove() -> Curated:
        return await desk.delete(payload.ref, by=by, at=scene.at)

    if not payload.sure:
        sure = Button(scene.words.text("button.delete-sure"), encode(DropAnswer(payload.ref, sure=True)))
        question = scene.words.text("curate.delete-sure", ref=payload.ref)
        spans: tuple[Span, ...] = (
            Text(f"{question}\n{gist(curated.seed.question, _SHOWN).text}\n"),
            Quote(gist(curated.seed.answer, _SHOWN).text),
        )
        spans = joined((spans, await weighing.spoken(services, scene, curated.course, remove)))
        return [Reply(spans=spans, buttons=((sure,),), private=True)]
    gone = await remove()
    return [replace(_done(scene, gone.own, "curate.deleted", gone.change), replaces=True)]


async def merge(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/merge s1 s2`: the first goes into the second; as a reply to a card, that one goes into the one named."""
    named = arguments.split()
    if not named or not all(_REF.fullmatch(each) for each in named) or len(named) > 2:
        raise CoursebotError("merge-how")
    ref = named[0] if len(named) == 2 else at_hand.meant(services, scene, "").ref
    return await unite(services, scene, MergeAnswers(ref, named[-1]))


async def unite(services: Services, scene: Scene, payload: MergeAnswers) -> list[Reply]:
    """Make one answer of two, or ask whether to."""
    await at_hand.entry(services, scene, payload.ref)
    entry, by = await at_hand.entry(services, scene, payload.into)
    desk = at_hand.desk(services)

    async def make_one() -> Curated:
        return await desk.merge(payload.ref, payload.into, by=by, at=scene.at)

    if not payload.sure:
        one, two = await desk.of(payload.ref), await desk.of(payload.into)
        if one is None or two is None:
            raise CoursebotError("curate-not-ours")
        sure = Button(scene.words.text("button.unite"), encode(replace(payload, sure=True)))
        words = scene.words.text(
            "curate.merge-sure",
            one=f"{payload.ref} {gist(one.seed.question, _SHOWN).text}",
            two=f"{payload.into} {gist(two.seed.question, _SHOWN).text}",
        )
        spans: tuple[Span, ...] = (Text(f"{words}\n"), Quote(gist(two.seed.answer, _SHOWN).text))
        spans = joined((spans, await weighing.spoken(services, scene, entry.course, make_one)))
        return [Reply(spans=spans, buttons=((sure,),), private=True)]
    merged = await make_one()
    done = await curating.shown(services, scene, entry.ref, "curate.merged", change=merged.change)
    return [replace(done, replaces=True)]


def _done(scene: Scene, ref: str, key: str, change: int) -> Reply:
    said = Text(f"✅ {scene.words.text(key, ref=ref)}")
    return Reply(spans=(said,), buttons=((curating.undo_button(scene, change),),), private=True)
