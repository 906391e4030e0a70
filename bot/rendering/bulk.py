"""What comes of a file, in words: pure, from a report to the spans of a reply or of the command line."""

from __future__ import annotations

from collections.abc import Sequence

from bot.catalog import Catalog
from bot.rendering.excerpt import gist
from bot.rendering.impact import impact
from bot.rendering.spans import joined
from bot.replies import Bold, Span, Text
from bot.team.bulk_reports import AnswersReport, CourseReport
from knowledge.seeds import BadRow

ROWS = 10
"""Rows that are named of each kind in a chat; the command line names all."""
_QUESTION = 40


def answers(
    words: Catalog, report: AnswersReport, *, file: str, titles: dict[str, str], tried: bool
) -> tuple[Span, ...]:
    """A file of answers.

    Args:
        words: the language.
        report: what comes of it.
        file: its name.
        titles: of the courses, by slug.
        tried: whether nothing was saved yet.
    """
    title = words.text("bulk.tried" if tried else "bulk.imported", file=file)
    shares = [
        words.text(
            "bulk.answers",
            course=titles.get(share.course, share.course),
            added=len(share.saved.added),
            updated=len(share.saved.updated),
            unchanged=len(share.saved.unchanged),
            attached=share.saved.attached,
        )
        for share in report.shares
    ]
    parts: list[Sequence[Span]] = [
        (Bold(title),),
        _lines([*remarks(words, report), *shares]),
        _lines(left_out(words, report, most=ROWS)),
    ]
    if tried:
        parts += [
            _lines(_overwritten(words, report)),
            *(impact(words, share.impact) for share in report.shares),
        ]
        if not report.changes:
            parts.append((Text(words.text("bulk.nothing")),))
    return joined(parts, "\n\n")


def left_out(words: Catalog, report: AnswersReport, *, most: int | None = None) -> list[str]:
    """The rows that are not imported, one a line, each with the reason; at most so many and how many more."""
    told = [(row.row, reason(words, row)) for row in report.bad]
    told += [(row, words.text("bulk.repeat", row=row, other=other)) for row, other in report.repeats]
    told.sort()
    lines = [line for _, line in told[:most]]
    if len(told) > len(lines):
        lines.append(words.text("bulk.rows-more", count=len(told) - len(lines)))
    return lines


def reason(words: Catalog, row: BadRow) -> str:
    """Why a row is left out."""
    return words.text("bulk.row", row=row.row, why=words.text(f"row.{row.why}"))


def course(
    words: Catalog, report: CourseReport, *, file: str, tried: bool, most: int = ROWS
) -> tuple[Span, ...]:
    """A course or a lesson."""
    title = words.text("bulk.tried" if tried else "bulk.imported", file=file)
    parts: list[Sequence[Span]] = [(Bold(title),)]
    if report.encodings:
        parts.append(_lines([words.text("bulk.encoding", encodings=report.encodings)]))
    if report.course is not None:
        lessons, saved = report.course.lessons, report.saved
        parts.append(
            _lines(
                [
                    words.text(
                        "bulk.course-new" if report.new else "bulk.course",
                        course=report.course.title,
                        slug=report.course.slug,
                    ),
                    words.text(
                        "bulk.course-holds",
                        lessons=len(lessons),
                        passages=sum(len(lesson.passages) for lesson in lessons),
                        comments=sum(len(lesson.comments) for lesson in lessons),
                    ),
                    words.text(
                        "bulk.course-changes",
                        added=saved.lessons_added,
                        updated=saved.lessons_updated,
                        retired=saved.lessons_retired,
                        entries=saved.entries_changed,
                    ),
                ]
            )
        )
    problems = [f"{each.file}:{each.line}: {words.explain(each)}" for each in report.folder.problems]
    if len(problems) > most:
        problems[most:] = [words.text("bulk.problems-more", count=len(problems) - most)]
    parts.append(_lines(problems))
    if tried:
        parts.append(impact(words, report.impact))
        if not report.changes:
            parts.append((Text(words.text("bulk.nothing")),))
    return joined(parts, "\n\n")


def remarks(words: Catalog, report: AnswersReport) -> list[str]:
    """What is odd about a file that was read all the same."""
    file = report.file
    said = []
    if file.encoding:
        said.append(words.text("bulk.encoding", encodings=(file.encoding,)))
    if file.formulas:
        said.append(words.text("bulk.formulas"))
    if file.passed_over:
        said.append(words.text("bulk.passed-over", columns=file.passed_over[:8]))
    return said


def _overwritten(words: Catalog, report: AnswersReport) -> list[str]:
    """The answers that would say something else."""
    rows = [row for share in report.shares for row in share.of(share.saved.updated)]
    lines = [
        words.text("bulk.updates", row=row.row, question=gist(row.seed.question, _QUESTION).text)
        for row in rows[:ROWS]
    ]
    if len(rows) > ROWS:
        lines.append(words.text("bulk.rows-more", count=len(rows) - ROWS))
    return lines


def _lines(lines: Sequence[str]) -> tuple[Span, ...]:
    return (Text("\n".join(lines)),) if lines else ()
