"""Choosing the course to look in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.buttons.payloads import PickCourse, course_key, encode
from bot.handlers.scene import Scene, Services
from bot.rendering.excerpt import gist
from bot.rendering.spans import joined
from bot.replies import Bold, Button, Reply, Text
from bot.stores import CourseSummary

_ALL = {"all", "*", "全部", "全部课程", "全部課程", "所有"}
_CLOSE = 60
_LABEL = 20


@dataclass(frozen=True, slots=True)
class Named:
    """What a course's name, as typed, may mean: the very course, or else the closest one."""

    exact: CourseSummary | None = None
    close: CourseSummary | None = None


def named(summaries: Sequence[CourseSummary], wanted: str) -> Named:
    """The course of that slug or title, or the only one whose title has those words, or the closest."""
    folded = wanted.casefold()
    for each in summaries:
        if folded in (each.slug.casefold(), each.title.casefold()):
            return Named(exact=each)
    holding = [each for each in summaries if folded in each.title.casefold()]
    if len(holding) == 1:
        return Named(exact=holding[0])
    names = {index: f"{each.slug} {each.title}".casefold() for index, each in enumerate(summaries)}
    nearest = process.extractOne(folded, names, scorer=fuzz.WRatio, score_cutoff=_CLOSE)
    return Named(close=summaries[nearest[2]] if nearest else None)


def not_named(scene: Scene, wanted: str, close: CourseSummary | None) -> Reply:
    """That no course has that name, with the closest one as a button."""
    short = gist(wanted, _LABEL * 2).text
    if close is None:
        return scene.say("course.no-such", wanted=short)
    reply = scene.say("course.close", wanted=short, course=close.title)
    return replace(reply, buttons=((_button(close),),))


async def course(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """The courses there are; or, with a name, look only in that one from now on.

    A reader chooses for themselves, in private; the managers of a group choose for the group or the topic.
    """
    summaries = await services.courses.summaries()
    if not summaries:
        return [scene.say("course.none")]
    if not _may_choose(scene):
        return [_managers_choose(scene, summaries)]
    if arguments.casefold() in _ALL:
        return [await _choose(services, scene, None)]
    if arguments:
        found = named(summaries, arguments)
        if found.exact:
            return [await _choose(services, scene, found.exact)]
        return [not_named(scene, arguments, found.close)]
    return [_overview(scene, summaries)]


async def press(services: Services, scene: Scene, payload: PickCourse) -> list[Reply]:
    """A course was picked by its button."""
    if not _may_choose(scene):
        return [_managers_choose(scene, await services.courses.summaries())]
    if not payload.course:
        return [await _choose(services, scene, None)]
    for each in await services.courses.summaries():
        if course_key(each.slug) == payload.course:
            return [await _choose(services, scene, each)]
    return [scene.say("course.gone")]


def titles(scene: Scene, summaries: Sequence[CourseSummary]) -> tuple[Text | Bold, ...]:
    """The courses, one a line and a line of numbers under each."""
    spans: list[Text | Bold] = []
    for each in summaries:
        numbers = scene.words.text("course.line", lessons=each.lessons, comments=each.comments)
        mark = " ✓" if each.slug == scene.course else ""
        by = f"{each.author} · " if each.author else ""
        spans += [Text("\n" if spans else ""), Bold(f"📘 {each.title}{mark}"), Text(f"\n    {by}{numbers}")]
    return tuple(spans)


def _overview(scene: Scene, summaries: Sequence[CourseSummary]) -> Reply:
    rows = [(_button(each),) for each in summaries[:20]] if len(summaries) > 1 else []
    hint: tuple[Text, ...] = ()
    if rows:
        rows.append((Button(scene.words.text("button.all-courses"), encode(PickCourse(""))),))
        hint = (Text(scene.words.text("course.pick")),)
    return Reply(spans=joined((titles(scene, summaries), hint), "\n\n"), buttons=tuple(rows), private=True)


def _button(summary: CourseSummary) -> Button:
    return Button(gist(summary.title, _LABEL).text, encode(PickCourse(course_key(summary.slug))))


def _may_choose(scene: Scene) -> bool:
    return scene.chat.private or scene.by_manager


def _managers_choose(scene: Scene, summaries: Sequence[CourseSummary]) -> Reply:
    """Who may choose here, and what is chosen."""
    bound = next((each.title for each in summaries if each.slug == scene.setting.course), None)
    if bound is None:
        return scene.say("course.managers")
    return scene.say("course.managers-chose", course=bound)


async def _choose(services: Services, scene: Scene, chosen: CourseSummary | None) -> Reply:
    slug = chosen.slug if chosen else ""
    if scene.chat.private:
        await services.readers.preferences.save(scene.sender, replace(scene.preference, course=slug))
        return scene.say("course.now", course=chosen.title) if chosen else scene.say("course.now-all")
    await services.readers.chats.save(scene.chat, replace(scene.setting, course=slug))
    said = scene.say("course.bound", course=chosen.title) if chosen else scene.say("course.unbound")
    # Everyone in the chat looks there from now on, so everyone may know.
    return replace(said, private=False)
