"""Choosing an entry as the answer to a question, and ruling one out."""

from __future__ import annotations

from dataclasses import replace

from bot.buttons.curating import Bar, Lift, Pin
from bot.buttons.payloads import encode
from bot.handlers import at_hand, rights
from bot.handlers.scene import Scene, Services
from bot.handlers.team import curating
from bot.rendering.excerpt import gist
from bot.replies import Bold, Button, Reply, Span, Text
from bot.team.curation import Rule, Ruling
from bot.team.roles import Role
from knowledge.errors import CoursebotError

_LISTED = 20
_SHOWN = 60


async def pin(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/pin` in reply to a card: it is the answer to that question from now on; `/pin c12 question` likewise."""
    meant = at_hand.meant(services, scene, arguments)
    question = meant.rest or await _question(services, scene, meant.turn)
    return [await _rule(services, scene, Rule.PIN, meant.ref, question)]


async def press_pin(services: Services, scene: Scene, payload: Pin) -> list[Reply]:
    """The same, by a button."""
    question = await _question(services, scene, payload.turn)
    return [await _rule(services, scene, Rule.PIN, payload.ref, question)]


async def bar(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/bar`: with a question not for that one; without, it is asked whether for this one or for all."""
    meant = at_hand.meant(services, scene, arguments)
    if meant.rest:
        return [await _rule(services, scene, Rule.BAR, meant.ref, meant.rest)]
    entry, _ = await at_hand.entry(services, scene, meant.ref)
    words = scene.words
    row = [Button(words.text("button.bar"), encode(Bar(meant.ref)))]
    if await at_hand.asked(services, scene, meant.turn):
        row.insert(0, Button(words.text("button.bar-here"), encode(Bar(meant.ref, meant.turn))))
    said = words.text("rule.bar-sure", ref=meant.ref, text=gist(entry.text, _SHOWN).text)
    return [Reply(spans=(Text(said),), buttons=(tuple(row),), private=True)]


async def press_bar(services: Services, scene: Scene, payload: Bar) -> list[Reply]:
    """An entry is not to be shown for a question, or at all."""
    question = await _question(services, scene, payload.turn) if payload.turn else ""
    return [await _rule(services, scene, Rule.BAR, payload.ref, question)]


async def rulings(services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """What is ruled in the courses that whoever asks may curate, with a button to take each back."""
    words = scene.words
    found = await _all(services, scene)
    if not found:
        return [scene.say("rule.none")]
    spans: list[Span] = [Bold(f"📍 {words.text('rule.title')}")]
    rows: list[tuple[Button, ...]] = []
    for number, each in enumerate(found[:_LISTED], 1):
        key = "rule.pin" if each.rule is Rule.PIN else "rule.bar" if each.question else "rule.out"
        said = words.text(key, ref=each.ref, question=gist(each.question, _SHOWN).text)
        spans.append(Text(f"\n{number}. {said}"))
        rows.append((Button(words.text("rule.lift", number=number), encode(Lift(each.id))),))
    return [Reply(spans=tuple(spans), buttons=tuple(rows), private=True)]


async def lift(services: Services, scene: Scene, payload: Lift) -> list[Reply]:
    """Take a ruling back."""
    held = next((each for each in await _all(services, scene) if each.id == payload.ruling), None)
    if held is None:
        return [scene.say("answer.old-button")]
    by = await rights.require(services, scene, Role.EDITOR, held.course)
    change = await at_hand.desk(services).lift(replace(held, at=scene.at), by=by)
    said = scene.say("rule.lifted", ref=held.ref)
    return [_with_undo(scene, said, change)]


async def _all(services: Services, scene: Scene) -> list[Ruling]:
    held = (await rights.standing(services, scene)).courses(Role.EDITOR)
    desk = at_hand.desk(services)
    return [
        ruling
        for course in await services.courses.summaries()
        if held is None or course.slug in held
        for ruling in await desk.rulings(course.slug)
    ]


async def _question(services: Services, scene: Scene, turn: str) -> str:
    """The question of a turn.

    Raises:
        CoursebotError: "rule-which-question" where it is not known any more.
    """
    found = await at_hand.asked(services, scene, turn)
    if found is None:
        raise CoursebotError("rule-which-question")
    return found.question


async def _rule(services: Services, scene: Scene, rule: Rule, ref: str, question: str) -> Reply:
    entry, by = await at_hand.entry(services, scene, ref)
    ruling = Ruling(rule=rule, ref=ref, question=question, course=entry.course, at=scene.at)
    change = await at_hand.desk(services).rule(ruling, by=by)
    key = "rule.pinned" if rule is Rule.PIN else "rule.barred" if question else "rule.taken-out"
    said = scene.say(key if change else "curate.there", ref=ref, question=gist(question, _SHOWN).text)
    return _with_undo(scene, said, change)


def _with_undo(scene: Scene, said: Reply, change: int) -> Reply:
    if not change:
        return said
    return Reply(spans=said.spans, buttons=((curating.undo_button(scene, change),),), private=True)
