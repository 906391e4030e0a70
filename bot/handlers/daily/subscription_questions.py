"""What is asked where a line does not say all that a subscription needs; the buttons carry what is known so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.buttons.payloads import course_key, encode
from bot.buttons.subscriptions import Draft, TypeIn
from bot.daily import places
from bot.daily.places import Place
from bot.daily.schedule import EVERY_DAY, WEEKEND, WORKDAYS, weekdays_text
from bot.handlers.scene import Scene
from bot.rendering.excerpt import gist
from bot.replies import Button, Field, Form, Reply, Text
from bot.stores import CourseSummary

TIMES = ("0700", "0800", "1200", "1800", "2000", "2130")
"""Times of day that are offered."""
DAYS = (EVERY_DAY, WORKDAYS, WEEKEND, frozenset({1, 3, 5}))
"""Days that are offered."""
CITIES = (
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
)
"""Zones that are offered; every other one is typed."""

_ROW = 3
_LABEL = 20
_MOST = 20
_TYPED = 100
"""Characters of a line that is typed into a form at most."""


def course(scene: Scene, draft: Draft, summaries: Sequence[CourseSummary]) -> Reply:
    """Ask which course."""
    rows = [
        (Button(gist(each.title, _LABEL).text, encode(replace(draft, course=course_key(each.slug)))),)
        for each in summaries[:_MOST]
    ]
    return _asking(scene, scene.words.text("subscribe.ask-course"), rows)


def time(scene: Scene, draft: Draft) -> Reply:
    """Ask at what time."""
    offered = [Button(f"{at[:2]}:{at[2:]}", encode(replace(draft, at=at))) for at in TIMES]
    return _asking(scene, scene.words.text("subscribe.ask-time"), [*_rows(offered), _other(scene, draft)])


def days(scene: Scene, draft: Draft) -> Reply:
    """Ask on which days."""
    names = scene.words.text("subscribe.day-sets").split("|")
    offered = [
        Button(name, encode(replace(draft, weekdays=weekdays_text(each))))
        for name, each in zip(names, DAYS, strict=True)
    ]
    return _asking(scene, scene.words.text("subscribe.ask-days"), [*_rows(offered, 2), _other(scene, draft)])


def place(scene: Scene, draft: Draft) -> Reply:
    """Ask by which city's clocks, with a form too: there are more cities than buttons."""
    offered = [
        Button(places.shown(zone, scene.words.language), encode(replace(draft, zone=zone))) for zone in CITIES
    ]
    asked = _asking(scene, scene.words.text("subscribe.ask-zone"), _rows(offered))
    return replace(asked, form=_form(scene, draft, scene.words.text("subscribe.form-zone")))


def line(scene: Scene, draft: Draft) -> Reply:
    """Ask for whatever is missing, to be typed as one likes."""
    label = scene.words.text("subscribe.form-zone" if draft.at and draft.weekdays else "subscribe.form-words")
    return Reply(spans=(), private=True, form=_form(scene, draft, label))


def which_zone(scene: Scene, draft: Draft, named: Iterable[Place]) -> Reply:
    """Ask which of the zones that one name has; each is shown by its best-known city."""
    offered = [
        _zone(scene, draft, each.zone, places.shown(each.zone, scene.words.language)) for each in named
    ]
    return _asking(
        scene, scene.words.text("subscribe.which-place"), [*_rows(offered, 2), _other(scene, draft)]
    )


def close_places(scene: Scene, draft: Draft, like: Iterable[Place], word: str) -> Reply:
    """Say that no place is called that, and ask which of those that are much like it is meant."""
    offered = [_zone(scene, draft, each.zone, each.name) for each in like]
    return _asking(
        scene,
        scene.words.text("subscribe.place-close", word=word),
        [*_rows(offered, 2), _other(scene, draft)],
    )


def _zone(scene: Scene, draft: Draft, zone: str, name: str) -> Button:
    """A zone by the name of a place, and its distance from UTC."""
    return Button(f"{name} ({places.offset_shown(zone, scene.at)})", encode(replace(draft, zone=zone)))


def _rows(buttons: Sequence[Button], count: int = _ROW) -> list[tuple[Button, ...]]:
    return [tuple(buttons[start : start + count]) for start in range(0, len(buttons), count)]


def _other(scene: Scene, draft: Draft) -> tuple[Button, ...]:
    return (Button(scene.words.text("subscribe.other"), encode(TypeIn(draft))),)


def _form(scene: Scene, draft: Draft, label: str) -> Form:
    return Form(
        payload=encode(TypeIn(draft)),
        title=scene.words.text("subscribe.form-title"),
        fields=(Field(name="words", label=label, limit=_TYPED),),
    )


def _asking(scene: Scene, said: str, rows: Iterable[tuple[Button, ...]]) -> Reply:
    return Reply(spans=(Text(said),), buttons=tuple(rows), private=True)
