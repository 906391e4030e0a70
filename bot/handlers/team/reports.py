"""What in the team's answers wants looking at: what is there twice, contradicts, is old or was found wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from bot.buttons.curating import Curate, MergeAnswers
from bot.buttons.payloads import encode
from bot.handlers import at_hand, courses, rights
from bot.handlers.scene import Scene, Services
from bot.rendering.excerpt import gist
from bot.replies import Bold, Button, Reply, Span, Text
from bot.team.curation import Curated
from bot.team.roles import Role
from knowledge.errors import CoursebotError
from knowledge.outcome import Match, matches

MONTHS = 12
"""An answer is old after so many months, unless another number is given."""
_MONTH = timedelta(days=30.44)
_LISTED = 10
_LOOKED_AT = 500
"""Answers that are compared, the ones that changed last first."""
_WITHIN = 5.0
"""Seconds for comparing them."""
_SAME = 0.75
"""From which probability on an entry answers another's question; the ranking's own for a found answer."""
_ALIKE = 60.0
"""Below this likeness (0..100, by words) two answers to one question are different answers."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class _Pair:
    """An answer of the team, and another entry that answers its question."""

    one: Curated
    other: Match
    alike: float
    both: bool


async def duplicates(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/duplicates [course]`: answers to the same question, and whether they say the same."""
    desk = at_hand.desk(services)
    chosen = await _chosen(services, scene, arguments)
    held = [each for course in chosen for each in await desk.all(course)][:_LOOKED_AT]
    pairs, looked_at = await _pairs(services, held)
    words = scene.words
    if not pairs:
        return [scene.say("report.no-duplicates", count=looked_at)]
    spans: list[Span] = [Bold(f"👯 {words.text('report.duplicates', count=len(pairs))}")]
    row: list[Button] = []
    for number, pair in enumerate(pairs[:_LISTED], 1):
        key = "report.alike" if pair.alike >= _ALIKE else "report.differ"
        spans += [
            Text(f"\n\n{number}. {words.text(key)}\n"),
            Text(f"{pair.one.ref} {gist(pair.one.seed.question, _SHOWN).text}\n"),
            Text(f"{pair.other.entry.ref} {gist(pair.other.entry.text, _SHOWN).text}"),
        ]
        if pair.both:
            label = words.text("report.merge", number=number)
            row.append(Button(label, encode(MergeAnswers(pair.one.ref, pair.other.entry.ref))))
        else:
            row.append(Button(words.text("report.look", number=number), encode(Curate(pair.one.ref))))
    if looked_at < len(held) or len(pairs) > _LISTED:
        spans.append(Text("\n\n" + words.text("report.more", count=looked_at)))
    rows = tuple(tuple(row[start : start + 5]) for start in range(0, len(row), 5))
    return [Reply(spans=tuple(spans), buttons=rows, private=True)]


async def stale(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/stale [months] [course]`: what nobody changed for long, and what readers found wrong."""
    desk, words = at_hand.desk(services), scene.words
    first, _, rest = arguments.partition(" ")
    number = first.isascii() and first.isdecimal()
    months = int(first[:4]) if number else MONTHS
    chosen = await _chosen(services, scene, rest if number else arguments)
    before = scene.at - months * _MONTH
    old = [each for course in chosen for each in await desk.all(course) if each.updated_at < before]
    old.sort(key=lambda each: each.updated_at)
    spans: list[Span] = []
    buttons: list[Button] = []
    if old:
        used = await desk.usage.of([each.ref for each in old])
        # What is asked for most goes first: it is worth the most to put right.
        old.sort(key=lambda each: -used.get(each.ref, 0))
        spans.append(Bold(f"🕰 {words.text('report.old', count=len(old), months=months)}"))
        for each in old[:_LISTED]:
            day = each.updated_at.date().isoformat()
            said = words.text("curate.used", count=used.get(each.ref, 0))
            spans.append(Text(f"\n{each.ref} {day} {gist(each.seed.question, _SHOWN).text} · {said}"))
            buttons.append(Button(each.ref, encode(Curate(each.ref))))
    wrong = await _disputed(services, chosen)
    if wrong:
        spans.append(Text("\n\n" if spans else ""))
        spans.append(Bold(f"👎 {words.text('report.disputed', count=len(wrong))}"))
        for ref, question, down in wrong[:_LISTED]:
            spans.append(Text(f"\n{ref} {gist(question, _SHOWN).text} · 👎 {down}"))
            buttons.append(Button(ref, encode(Curate(ref))))
    if not spans:
        return [scene.say("report.nothing-stale", months=months)]
    distinct = list({each.payload: each for each in buttons}.values())
    rows = tuple(tuple(distinct[start : start + 5]) for start in range(0, len(distinct), 5))
    return [Reply(spans=tuple(spans), buttons=rows, private=True)]


async def _pairs(services: Services, held: Sequence[Curated]) -> tuple[list[_Pair], int]:
    """What answers the same question, each pair once; and how many answers were looked at in the time there is."""
    began = time.monotonic()
    own = {each.ref: each for each in held}
    seen: set[frozenset[str]] = set()
    found: list[_Pair] = []
    for number, each in enumerate(held):
        if time.monotonic() - began > _WITHIN:
            return found, number
        try:
            outcome = await services.answering.ask(each.seed.question, courses=(each.course,), limit=5)
        except CoursebotError:
            continue
        for match in matches(outcome):
            pair = frozenset({each.ref, match.entry.ref})
            if len(pair) < 2 or pair in seen or match.score < _SAME or match.entry.answer is None:
                continue
            seen.add(pair)
            alike = fuzz.token_set_ratio(each.seed.answer, match.entry.answer)
            found.append(_Pair(each, match, alike, match.entry.ref in own))
    # Contradictions first: a reader gets one of them by chance.
    return sorted(found, key=lambda pair: pair.alike), len(held)


async def _disputed(services: Services, chosen: Sequence[str]) -> list[tuple[str, str, int]]:
    """Ref, question and number of 👎 of what readers found wrong in these courses."""
    found = []
    for each in await services.readers.votes.disputed():
        entry = await services.answering.entry(each.ref)
        if entry and entry.course in chosen:
            found.append((each.ref, each.question, each.down))
    return found


async def _chosen(services: Services, scene: Scene, wanted: str) -> list[str]:
    """Slugs of the courses to look at: the one that is named, else all that whoever asks may curate.

    Raises:
        CoursebotError: "course-unknown-here", or as `rights.require`.
    """
    summaries = await services.courses.summaries()
    if wanted:
        found = courses.named(summaries, wanted)
        if found.exact is None:
            raise CoursebotError("course-unknown-here", course=wanted[:_SHOWN])
        await rights.require(services, scene, Role.EDITOR, found.exact.slug)
        return [found.exact.slug]
    held = (await rights.standing(services, scene)).courses(Role.EDITOR)
    return [each.slug for each in summaries if held is None or each.slug in held]
