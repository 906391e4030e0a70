"""Cases as the team and their readers see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.buttons.cases import AnswerCase, CaseStep, MoreCases, OnCase
from bot.buttons.payloads import Run, encode
from bot.catalog import Catalog
from bot.rendering import answers as render
from bot.rendering.excerpt import cells, excerpt, gist
from bot.rendering.spans import body, joined
from bot.replies import Bold, Button, Quote, Reply, Span, Text
from bot.team.cases import Case, CaseState, Featured
from bot.team.roles import Member
from knowledge.entry import Entry
from knowledge.outcome import Match

CLOSEST = 3
"""Closest entries that a card shows."""
_VARIANTS = 5
_QUESTION, _LINE, _LABEL = 700, 60, 24
_WORDED = 3
"""Wordings that are quoted to a group in which several people asked."""


def age(words: Catalog, since: datetime, at: datetime) -> str:
    """How long ago something was, in its largest unit."""
    passed = max(at - since, timedelta())
    if passed >= timedelta(days=1):
        return words.text("queue.days", count=passed.days)
    if passed >= timedelta(hours=1):
        return words.text("queue.hours", count=passed // timedelta(hours=1))
    if passed >= timedelta(minutes=1):
        return words.text("queue.minutes", count=passed // timedelta(minutes=1))
    return words.text("queue.moment")


def card(
    words: Catalog, case: Case, closest: Sequence[Match], *, course: str, at: datetime, assignee: str = ""
) -> Reply:
    """A case: its question, other wordings, the closest entries with their scores, and what can be done with it.

    Args:
        words: the language of whoever looks at it.
        case: an open case of readers.
        closest: the closest entries, best first.
        course: title of the course, or empty.
        at: the time.
        assignee: whom it was handed to, or empty.
    """
    facts = [
        f"#{case.id}",
        words.text("queue.readers", count=max(case.readers, case.waiting)),
        age(words, case.opened_at, at),
        course,
        words.text("queue.for", name=assignee) if assignee else "",
    ]
    parts: list[Sequence[Span]] = [
        (Bold(f"🙋 {' · '.join(filter(None, facts))}"), Text("\n"), Quote(_shown(case.question)))
    ]
    if case.variants:
        lines = [f"· {gist(each, _LINE * 2).text}" for each in case.variants[:_VARIANTS]]
        left = len(case.variants) - _VARIANTS
        more = [words.text("queue.more-variants", count=left)] if left > 0 else []
        parts.append((Text("\n".join([words.text("queue.variants"), *lines, *more])),))
    parts.append((Text(_closest(words, closest)),))
    target = str(case.id)
    if not case.course:
        parts.append((Text(words.text("queue.no-course")),))
        first = Button(words.text("button.course"), encode(OnCase(CaseStep.COURSE, target)))
    else:
        parts.append((Text(words.text("queue.how", target=target)),))
        first = Button(words.text("button.answer"), encode(AnswerCase(target)))
    return Reply(
        spans=joined(parts, "\n\n"),
        buttons=(
            (
                first,
                Button(words.text("button.merge"), encode(OnCase(CaseStep.MERGE, target))),
                Button(words.text("button.link"), encode(OnCase(CaseStep.LINK, target))),
            ),
            (
                Button(words.text("button.ignore"), encode(OnCase(CaseStep.IGNORE, target))),
                Button(words.text("button.hand"), encode(OnCase(CaseStep.HAND, target))),
            ),
        ),
    )


def featured(words: Catalog, comment: Featured, *, course: str) -> Reply:
    """A comment whose answer is missing."""
    facts = [
        comment.ref,
        words.text("card.likes", count=comment.likes),
        words.text("queue.replies", count=comment.replies),
        course,
        comment.lesson_title,
    ]
    said = words.text("card.said", name=comment.author) if comment.author else ""
    return Reply(
        spans=joined(
            (
                (
                    Bold(f"💬 {' · '.join(filter(None, facts))}"),
                    Text("\n"),
                    Quote(said + _shown(comment.text)),
                ),
                (Text(words.text("queue.how", target=comment.ref)),),
            ),
            "\n\n",
        ),
        buttons=(
            (
                Button(words.text("button.answer"), encode(AnswerCase(comment.ref))),
                Button(words.text("button.ignore"), encode(OnCase(CaseStep.IGNORE, comment.ref))),
                Button(words.text("button.hand"), encode(OnCase(CaseStep.HAND, comment.ref))),
            ),
        ),
    )


def more(words: Catalog, target: str, course: str) -> tuple[Button, ...]:
    """The button under the last card, which is about `target`."""
    return (Button(words.text("button.next-cases"), encode(MoreCases(target, course))),)


def merging(words: Catalog, target: str, alike: Sequence[tuple[Case, float]]) -> Reply:
    """Cases that ask perhaps the same as another one."""
    lines: list[Span] = [Bold(words.text("queue.merge-which")), Text("\n")]
    for case, probability in alike:
        share = words.text("queue.share", score=probability) if probability else ""
        lines.append(Text(f"\n#{case.id} {gist(case.question, _LINE, measure=cells).text}{share}"))
    buttons = tuple(
        Button(f"#{case.id}", encode(OnCase(CaseStep.MERGE, target, str(case.id)))) for case, _ in alike
    )
    return Reply(spans=tuple(lines), buttons=_rows(buttons))


def linking(words: Catalog, target: str, closest: Sequence[Match]) -> Reply:
    """Entries of which one may be the answer."""
    buttons = tuple(
        Button(str(number), encode(OnCase(CaseStep.LINK, target, match.entry.ref)))
        for number, match in enumerate(closest, 1)
    )
    spans = (Bold(words.text("queue.link-which")), Text(f"\n\n{_lines(words, closest)}"))
    return Reply(spans=spans, buttons=_rows(buttons))


def handing(words: Catalog, target: str, members: Sequence[Member]) -> Reply:
    """Colleagues to whom a case can be handed."""
    buttons = tuple(
        Button(
            gist(member.name or member.key, _LABEL).text, encode(OnCase(CaseStep.HAND, target, member.key))
        )
        for member in members
    )
    return Reply(spans=(Bold(words.text("queue.hand-whom")),), buttons=tuple((each,) for each in buttons))


def second(words: Catalog, case: Case, draft: int) -> Reply:
    """Somebody else was faster: what they said, and whether it is to be replaced."""
    name = case.by_name or case.by
    title = words.text("queue.second-linked" if case.state is CaseState.LINKED else "queue.second", name=name)
    spans: tuple[Span, ...] = (Bold(title),)
    if case.answer:
        spans = (*spans, Text("\n"), Quote(_shown(case.answer)))
    button = Button(words.text("button.replace"), encode(OnCase(CaseStep.REPLACE, str(case.id), str(draft))))
    return Reply(spans=spans, buttons=((button,),))


def alert(words: Catalog, cases: Sequence[Case], titles: Mapping[str, str]) -> Reply:
    """New cases, in one message."""
    lines: list[Span] = [Bold(f"🆕 {words.text('queue.new', count=len(cases))}"), Text("\n")]
    for case in cases[:10]:
        readers = words.text("queue.readers", count=case.readers)
        course = titles.get(case.course, "")
        facts = " · ".join(filter(None, (readers, course)))
        about = f"#{case.id} {gist(case.question, _LINE, measure=cells).text}"
        lines.append(Text(f"\n{words.text('card.line', about=about, lesson=facts)}"))
    if len(cases) > 10:
        lines.append(Text(f"\n{words.text('queue.and-more', count=len(cases) - 10)}"))
    return Reply(spans=tuple(lines), buttons=((Button(words.text("button.queue"), encode(Run("queue"))),),))


def told(
    words: Catalog, case: Case, worded: Sequence[str], entry: Entry | None, *, limit: int
) -> Reply | None:
    """What readers who waited are told; None when there is nothing to tell any more.

    Args:
        words: the readers' language.
        case: the case, which has ended.
        worded: the readers' own words.
        entry: the entry that answers it now, where the case was linked to one.
        limit: characters of that entry's answer to show at most.
    """
    asked = tuple(span for text in worded[:_WORDED] for span in (Text("\n"), Quote(_shown(text))))
    title = (Bold(f"📬 {words.text('queue.told')}"), *asked)
    if case.state is CaseState.ANSWERED and case.answer:
        team = Bold(f"📌 {words.text('kind.admin')}")
        return Reply(spans=joined((title, (team, Text("\n"), *body(case.answer))), "\n\n"))
    if entry is None:
        return None
    found = render.card(words, entry, limit=limit)
    return Reply(spans=joined((title, found.spans), "\n\n"), buttons=found.buttons)


def _shown(text: str) -> str:
    return excerpt(text.strip(), _QUESTION).text


def _closest(words: Catalog, closest: Sequence[Match]) -> str:
    if not closest:
        return words.text("queue.nothing-close")
    return f"{words.text('queue.closest')}\n{_lines(words, closest[:CLOSEST])}"


def _lines(words: Catalog, closest: Sequence[Match]) -> str:
    return "\n".join(
        f"{number}. {render.line(words, match)}{words.text('queue.share', score=match.score)}"
        for number, match in enumerate(closest, 1)
    )


def _rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[start : start + 5]) for start in range(0, len(buttons), 5))
