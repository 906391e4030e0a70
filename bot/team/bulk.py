"""Files of answers and of courses: tried first, imported when somebody says so, and written out again."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.stores import CourseStore, CourseSummary, SavedSeeds, SeedStore
from bot.team.bulk_reports import AnswersReport, CourseReport, Share
from bot.team.impact import Impact, Impacts
from knowledge.course_upload import read_uploaded
from knowledge.errors import CoursebotError
from knowledge.model import Course
from knowledge.seeds import BadRow, SeedFile, SeedRow, format_seeds
from knowledge.wordings import same_question


class Bulk:
    """Tries and imports files.

    Args:
        courses: the stored courses.
        seeds: the stored answers.
        impacts: tells what a change would do.
        refresh: lets the index follow what was saved.
    """

    def __init__(
        self,
        courses: CourseStore,
        seeds: SeedStore,
        impacts: Impacts,
        refresh: Callable[[], Awaitable[object]],
    ) -> None:
        self._courses = courses
        self._seeds = seeds
        self._impacts = impacts
        self._refresh = refresh

    async def sorted(self, file: SeedFile, course: str = "", default: str = "") -> AnswersReport:
        """The rows by the course that they are for; nothing is saved.

        Args:
            file: what was read.
            course: slug of the only course that rows may be for, or empty.
            default: slug of the course for rows that do not say, or empty to go by their lessons.

        Raises:
            CoursebotError: "no-course" where there is none, "course-unknown".
        """
        summaries = await self._courses.summaries()
        if not summaries:
            raise CoursebotError("no-course")
        known = {each.slug: each for each in summaries}
        if course and course not in known:
            raise CoursebotError("course-unknown", course=course)
        homes = await self._homes(summaries) if len(summaries) > 1 and not (course or default) else {}
        only = course or default or (summaries[0].slug if len(summaries) == 1 else "")
        by_course: dict[str, list[SeedRow]] = defaultdict(list)
        bad = list(file.bad)
        for row in file.rows:
            home = _home(row, course, only, known, homes)
            if home in known:
                by_course[home].append(row)
            else:
                bad.append(BadRow(row.row, home))
        shares, repeats = [], []
        for slug, rows in by_course.items():
            last, repeated = _last_of_each(rows)
            repeats += repeated
            shares.append(Share(course=slug, rows=tuple(last), saved=SavedSeeds()))
        return AnswersReport(
            file=file, shares=tuple(shares), bad=tuple(sorted(bad)), repeats=tuple(sorted(repeats))
        )

    async def try_answers(self, report: AnswersReport, *, by: str, at: datetime) -> AnswersReport:
        """What saving the rows would do."""

        async def tried(share: Share, save: Callable[[], Awaitable[SavedSeeds]]) -> Share:
            saved, impact = await self._impacts.of(share.course, save)
            return replace(share, saved=saved, impact=impact)

        return await self._each(report, tried, by=by, at=at)

    async def save_answers(self, report: AnswersReport, *, by: str, at: datetime) -> AnswersReport:
        """Save the rows, a course in one transaction, and index them."""

        async def kept(share: Share, save: Callable[[], Awaitable[SavedSeeds]]) -> Share:
            return replace(share, saved=await save(), impact=Impact())

        done = await self._each(report, kept, by=by, at=at)
        await self._refresh()
        return done

    async def _each(
        self,
        report: AnswersReport,
        do: Callable[[Share, Callable[[], Awaitable[SavedSeeds]]], Awaitable[Share]],
        *,
        by: str,
        at: datetime,
    ) -> AnswersReport:
        shares: list[Share] = []
        bad = list(report.bad)
        for share in report.shares:
            seeds = [row.seed for row in share.rows]
            made = await do(share, partial(self._seeds.save, share.course, seeds, at=at, by=by))
            bad += [BadRow(row.row, "row-no-lesson") for row in made.of(made.saved.no_such_lesson)]
            shares.append(made)
        return replace(report, shares=tuple(shares), bad=tuple(sorted(set(bad))))

    async def read_course(self, content: bytes, name: str, slug: str) -> CourseReport:
        """Read a zip of a course, or a lesson; what a folder would say of itself is taken from what is stored.

        Raises:
            CoursebotError: as of `knowledge.course_upload.read_uploaded`.
        """
        read = await asyncio.to_thread(read_uploaded, content, name, slug)
        report = CourseReport(folder=read.folder, course=read.folder.course, encodings=read.encodings)
        stored = await self._stored(slug)
        if report.course is not None and stored is not None:
            report = replace(report, course=await self._as_stored(report.course, stored))
        return replace(report, new=stored is None)

    async def known(self, report: CourseReport) -> CourseReport:
        """The same, knowing whether the course is new."""
        return replace(
            report, new=report.course is not None and await self._stored(report.course.slug) is None
        )

    async def _stored(self, slug: str) -> CourseSummary | None:
        return next((each for each in await self._courses.summaries() if each.slug == slug), None)

    async def try_course(self, report: CourseReport, *, at: datetime) -> CourseReport:
        """What saving the course would do."""
        if report.course is None:
            return report
        saved, impact = await self._impacts.of(
            report.course.slug, partial(self._courses.save, report.course, at=at)
        )
        return replace(report, saved=saved, impact=impact)

    async def save_course(self, report: CourseReport, *, by: str, at: datetime) -> CourseReport:
        """Save the course in one transaction, and index it."""
        if report.course is None:
            return report
        saved = await self._courses.save(report.course, by=by, at=at)
        await self._refresh()
        return replace(report, saved=saved, impact=Impact())

    async def export(self, courses: Sequence[str], name: str) -> tuple[bytes, int]:
        """The answers of these courses as the content of a file of that name, and how many they are.

        Raises:
            CoursebotError: "excel-cell" for a text that is too long for Excel.
        """
        held = [
            (slug if len(courses) > 1 else "", seed)
            for course in courses
            for slug, seed in await self._seeds.all(course)
        ]
        return await asyncio.to_thread(format_seeds, name, held), len(held)

    async def _homes(self, summaries: Sequence[CourseSummary]) -> dict[str, list[str]]:
        """The courses that have a lesson of that slug."""
        homes: dict[str, list[str]] = defaultdict(list)
        for summary in summaries:
            for lesson in await self._courses.lessons(summary.slug):
                homes[lesson.slug].append(summary.slug)
        return homes

    async def _as_stored(self, course: Course, stored: CourseSummary) -> Course:
        """With what only a course's own folder tells: a zip without settings, or a lesson alone, takes nothing away."""
        lessons = {each.slug: each for each in await self._courses.lessons(course.slug)}
        kept = []
        for lesson in course.lessons:
            held = lessons.get(lesson.slug)
            if held is None:
                kept.append(lesson)
                continue
            title = lesson.title if course.complete else held.title
            kept.append(replace(lesson, title=title, url=lesson.url or held.url))
        return replace(
            course,
            title=stored.title if course.title == course.slug else course.title,
            author=course.author or stored.author,
            introduction=course.introduction or stored.introduction,
            lessons=tuple(kept),
        )


def _home(
    row: SeedRow,
    course: str,
    only: str,
    known: dict[str, CourseSummary],
    homes: dict[str, list[str]],
) -> str:
    """Slug of the course that a row is for, or the catalog key of why there is none."""
    if row.course:
        named = [slug for slug, each in known.items() if row.course in {slug, each.title}]
        if not named:
            return "row-course-unknown"
        if course and course not in named:
            return "row-other-course"
        return course or named[0]
    if only:
        return only
    lessons = homes.get(row.seed.lesson or "", [])
    return lessons[0] if len(lessons) == 1 else "row-no-course"


def _last_of_each(rows: Sequence[SeedRow]) -> tuple[list[SeedRow], list[tuple[int, int]]]:
    """The last row of each question, and the others with the number of the one that counts instead."""
    last: dict[tuple[str | None, str], SeedRow] = {}
    for row in rows:
        last[row.seed.lesson, same_question(row.seed.question)] = row
    kept, repeats = [], []
    for row in rows:
        counts = last[row.seed.lesson, same_question(row.seed.question)]
        if counts is row:
            kept.append(row)
        else:
            repeats.append((row.row, counts.row))
    return kept, repeats
