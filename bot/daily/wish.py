"""What a reader asks for in one line: a course, a time, weekdays and a place, in any order and each of them optional.

`/subscribe 容器十讲 早上8点半 工作日 上海`, `/subscribe 8pm New York daily`, `/subscribe 上海每天20：30`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import time

from bot.daily import places
from bot.daily.clock_words import clock_time
from bot.daily.places import Place
from bot.daily.weekday_words import weekdays
from bot.stores import CourseSummary
from knowledge.normalize import normalize

LONGEST = 300
"""Characters of a line that are read."""

_PHRASE = 6
"""Words that a name or a list of days may have."""
_NAME = 3
"""Words of a name that is not known at most."""
_PIECE = 24
"""Characters that a part of an unbroken word may have."""
_QUOTED = re.compile(r"[《「『“\"]([^《》「」『』“”\"]{1,200})[》」』”\"]")
_BLANK = re.compile(r"[\s、,，;；|。]+")
_ENDS = ",，;；。.!！、|"
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_FILLERS = frozenset(
    {"at", "on", "in", "to", "from", "the", "every", "each", "and", "of", "for", "me", "my", "please"}
    | {
        "course",
        "time",
        "timezone",
        "zone",
        "在",
        "请",
        "给我",
        "给",
        "发",
        "发送",
        "推送",
        "每",
        "的",
        "时间",
        "时区",
    }
    | {"课程", "课", "订阅", "从", "到", "用", "按", "于", "我在", "我"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was understood of a line; None or empty for what it does not say.

    Attributes:
        course: slug of a course.
        at: local time of day.
        weekdays: ISO weekdays.
        places: where the time is meant; several when the name does not say which.
        unknown: the first piece that is none of these, as it was typed.
        twice: two different things of the same sort, as they were typed.
    """

    course: str = ""
    at: time | None = None
    weekdays: frozenset[int] | None = None
    places: tuple[Place, ...] = ()
    unknown: str = ""
    twice: tuple[str, str] | None = None

    @property
    def zone(self) -> str:
        """Name of the one zone that is meant, or empty."""
        return self.places[0].zone if len(self.places) == 1 else ""


def read(line: str, courses: Sequence[CourseSummary] = ()) -> Wish:
    """What a line asks for; total: what it does not understand is named in `unknown`."""
    reading = _Reading(courses)
    if len(line) > LONGEST:
        line, rest = line[:LONGEST], line[LONGEST:].split()
        if rest:
            reading.unknown = rest[0][:LONGEST]
    for words in reading.quoted(line):
        reading.words(words)
    return reading.wish()


@dataclass(slots=True)
class _Reading:
    """The parts of a line as they are found."""

    courses: Sequence[CourseSummary]
    found: dict[str, tuple[str, object]] = field(default_factory=dict)
    at_places: tuple[Place, ...] = ()
    unknown: str = ""
    twice: tuple[str, str] | None = None

    def wish(self) -> Wish:
        slug, at, days = (self.found.get(kind, ("", None))[1] for kind in ("course", "time", "days"))
        return Wish(
            course=slug if isinstance(slug, str) else "",
            at=at if isinstance(at, time) else None,
            weekdays=days if isinstance(days, frozenset) else None,
            places=self.at_places,
            unknown=self.unknown,
            twice=self.twice,
        )

    def quoted(self, line: str) -> Iterator[list[str]]:
        """The line's words outside of quotation marks, run by run; what stands within them is a course."""
        end = 0
        for found in _QUOTED.finditer(line):
            yield line[end : found.start()].split()
            end = found.end()
            if not self._as_course(normalize(found[1]), found[1], loosely=True):
                self._not_known(found[1])
        yield line[end:].split()

    def words(self, typed: list[str]) -> None:
        """Take the words, the longest phrases first; what is left over is a course's words or unknown."""
        plain = [_plain(word) for word in typed]
        start = 0
        left: list[str] = []
        while start < len(typed):
            taken = self._phrase(plain, typed, start)
            if not taken and self._pieces(plain[start], typed[start]):
                taken = 1
            if taken:
                self._leftover(left)
                left = []
            else:
                left.append(typed[start])
            start += taken or 1
        self._leftover(left)

    def _phrase(self, plain: list[str], typed: list[str], start: int) -> int:
        """How many words from `start` on were understood together."""
        for count in range(min(_PHRASE, len(plain) - start), 0, -1):
            said = " ".join(plain[start : start + count])
            if self._take(said, " ".join(typed[start : start + count])):
                return count
        return 0

    def _pieces(self, plain: str, typed: str) -> bool:
        """Whether a word consists of parts that are understood, as Chinese is written without blanks."""
        parts: list[str] = []
        at = 0
        while at < len(plain):
            blank = _BLANK.match(plain, at)
            if blank:
                at = blank.end()
                continue
            end = next(
                (
                    end
                    for end in range(min(len(plain), at + _PIECE), at, -1)
                    if _sort(plain[at:end], self.courses)
                ),
                0,
            )
            if not end:
                return False
            parts.append(plain[at:end])
            at = end
        if len(parts) < 2:
            return False
        for part in parts:
            self._take(part, part)
        return bool(typed)

    def _take(self, said: str, typed: str) -> bool:
        """Whether that is understood by itself; if so it is kept."""
        sort = _sort(said, self.courses)
        if sort is None:
            return False
        kind, value = sort
        typed = typed.strip(_ENDS)
        if kind == "place" and isinstance(value, tuple):
            self._at(value, typed)
        elif kind == "days" and isinstance(value, frozenset):
            before = self.found.get("days", ("", frozenset()))[1]
            self.found["days"] = (typed, value | before if isinstance(before, frozenset) else value)
        elif kind != "filler":
            self._once(kind, value, typed)
        return True

    def _at(self, named: tuple[Place, ...], typed: str) -> None:
        """A place, which makes another one clearer (`Portland USA`) or contradicts it."""
        if self.at_places:
            zones = {place.zone for place in named}
            both = tuple(place for place in self.at_places if place.zone in zones)
            if not both:
                self.twice = self.twice or (self.found["place"][0], typed)
                return
            named = both
        self.at_places = named
        self.found.setdefault("place", (typed, None))

    def _once(self, kind: str, value: object, typed: str) -> None:
        before = self.found.setdefault(kind, (typed, value))
        if before[1] != value:
            self.twice = self.twice or (before[0], typed)

    def _leftover(self, typed: list[str]) -> None:
        """Words that say nothing by themselves: those of one course's title, or unknown."""
        words = [word for word in (each.strip(_ENDS) for each in typed) if word]
        if not words or self._as_course(normalize(" ".join(words)), " ".join(words), loosely=True):
            return
        unknown = [word for word in words if not self._as_course(normalize(word), word, loosely=True)]
        if unknown:
            # Two words may be one name that is mistyped; many are not.
            together = unknown == words and len(words) <= _NAME
            self._not_known(" ".join(words) if together else unknown[0])

    def _as_course(self, said: str, typed: str, *, loosely: bool) -> bool:
        slug = _course(said, self.courses, loosely=loosely)
        if slug:
            self._once("course", slug, typed)
        return bool(slug)

    def _not_known(self, typed: str) -> None:
        self.unknown = self.unknown or typed


def _plain(word: str) -> str:
    return _DASHES.sub("-", normalize(word)).strip(_ENDS)


def _course(said: str, courses: Sequence[CourseSummary], *, loosely: bool) -> str:
    """Slug of the course of that slug or title; loosely also of the only one whose title has those words."""
    named = {each.slug: (normalize(each.slug), normalize(each.title)) for each in courses}
    exact = next((slug for slug, names in named.items() if said in names), "")
    if exact or not loosely:
        return exact
    if len(said) < 2:
        return ""
    # "one" is not a word of "A second course"; Chinese has no blanks to tell words by.
    words = re.compile(rf"\b{re.escape(said)}\b" if said.isascii() else re.escape(said))
    holding = [slug for slug, (_, title) in named.items() if words.search(title)]
    return holding[0] if len(holding) == 1 else ""


_SORTS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("time", clock_time),
    ("days", weekdays),
    ("place", places.found),
)


def _sort(said: str, courses: Sequence[CourseSummary]) -> tuple[str, object] | None:
    """Of what sort a phrase is, and what it says."""
    slug = _course(said, courses, loosely=False)
    if slug:
        return ("course", slug)
    for kind, recognised in _SORTS:
        value = recognised(said)
        if value is not None and value != ():
            return (kind, value)
    if said in _FILLERS or not said:
        return ("filler", None)
    return None
