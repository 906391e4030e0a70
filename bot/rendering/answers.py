"""What came of a question, as replies: pure, from an outcome and a language to typed spans and buttons.

A phone shows about twenty characters a line and a terminal eighty; so lines are short, the answer stands
alone, and who speaks comes first.
"""

from __future__ import annotations

from bot.buttons import payloads
from bot.catalog import Catalog
from bot.rendering.excerpt import cells, excerpt, gist
from bot.rendering.spans import body, joined
from bot.replies import Bold, Button, Link, Quote, Reply, Span, Text
from knowledge.entry import Entry, Source
from knowledge.outcome import Found, Lessons, Match, NotFound, Outcome, Unsure, matches

ICONS = {Source.AUTHOR: "✍️", Source.ADMIN: "📌", Source.READER: "💬", Source.PASSAGE: "📖"}
CHOICES = 5
"""Choices offered at most."""

_QUESTION = 120
"""Characters of the matched question above its answer."""
_LINE, _LESSON = 50, 18
"""Columns of an entry and of its lesson on one line; with number and icon they fit a terminal's 80."""
_HEADING = 60


def _lesson(entry: Entry) -> str:
    """The lesson with its number, as the course itself counts."""
    number = "" if entry.lesson_number is None else f"{entry.lesson_number:02d} "
    return f"{number}{entry.lesson_title}".strip()


def head(words: Catalog, entry: Entry) -> tuple[Span, ...]:
    """Which kind this is, and who says it."""
    if entry.source is Source.PASSAGE:
        speaker = entry.heading
    elif entry.source is Source.READER:
        speaker = entry.author
    elif entry.source is Source.ADMIN:
        speaker = entry.answered_by or words.text("card.course-team")
    else:
        speaker = entry.answered_by
    speaker = excerpt(" ".join(speaker.split()), _HEADING).text
    title = Bold(f"{ICONS[entry.source]} {words.text(f'kind.{entry.source.value}')}")
    return (title, Text(f" · {speaker}")) if speaker else (title,)


def _foot(words: Catalog, entry: Entry) -> tuple[Span, ...]:
    """Where it stands: course › lesson, how liked and how old, and where to read it."""
    place = " › ".join(part for part in (entry.course_title, _lesson(entry)) if part)
    facts: list[tuple[Span, ...]] = []
    if entry.likes:
        facts.append((Text(words.text("card.likes", count=entry.likes)),))
    if entry.posted_on:
        facts.append((Text(entry.posted_on.isoformat()),))
    if entry.url:
        facts.append((Text("🔗 "), Link(words.text("card.read"), entry.url)))
    return joined(((Text(f"📘 {place}"),), joined(facts, " · ")))


def card(
    words: Catalog,
    entry: Entry,
    *,
    limit: int | None,
    match: Match | None = None,
    turn: str = "",
    others: bool = False,
    replaces: bool = False,
) -> Reply:
    """An entry as an answer card.

    Args:
        words: the language.
        entry: what to show.
        limit: characters of the answer to show at most; None for all of it.
        match: how it was found, which lets its question be shown by the sentence that matched.
        turn: id of the question it was found for; empty when that is forgotten.
        others: whether there are other matches to offer.
        replaces: whether it takes the place of the message whose button was pressed.
    """
    text = entry.answer if entry.answer is not None else entry.searched
    shown = excerpt(text, limit) if limit is not None else excerpt(text, max(len(text), 4))
    quote = gist(entry.searched, _QUESTION, match.why.matched if match else ())
    asked: tuple[Span, ...] = ()
    if entry.answer is not None:
        said = words.text("card.said", name=entry.author) if entry.author else ""
        asked = (Quote(said + (entry.text.strip() if limit is None else quote.text)),)
    said_so = body(shown.text, quoted=entry.source is Source.READER)
    replies: tuple[Span, ...] = ()
    if entry.answered_elsewhere:
        replies = (Text(words.text("card.reply-missing", count=entry.reply_count)),)
    if entry.source is Source.READER:
        # What a reader said stands right under the name, as the question does above an answer.
        asked, said_so = said_so, ()
    spans = joined((joined((head(words, entry), asked)), said_so, replies, _foot(words, entry)), "\n\n")
    row: list[Button] = []
    if limit is not None and (shown.more or (entry.answer is not None and quote.more)):
        row.append(Button(words.text("button.more"), payloads.encode(payloads.More(entry.ref, turn))))
    if turn and match:
        row.append(Button(words.text("button.why"), payloads.encode(payloads.Why(entry.ref, turn))))
    if turn and others:
        row.append(Button(words.text("button.others"), payloads.encode(payloads.Others(turn))))
    rows = (tuple(row), _votes(entry.ref, turn) if turn and match else ())
    return Reply(spans=spans, buttons=tuple(filter(None, rows)), replaces=replaces)


def _votes(ref: str, turn: str) -> tuple[Button, ...]:
    """Whether this entry answers that question."""
    return (
        Button("👍", payloads.encode(payloads.Rate(ref, turn, up=True))),
        Button("👎", payloads.encode(payloads.Rate(ref, turn, up=False))),
    )


def _teacher(words: Catalog, turn: str) -> Button:
    return Button(words.text("button.teacher"), payloads.encode(payloads.AskTeacher(turn)))


def line(words: Catalog, match: Match) -> str:
    """An entry on one line: its kind, what it is about, and its lesson."""
    entry = match.entry
    about = gist(entry.searched, _LINE, match.why.matched, cells).text
    lesson = gist(_lesson(entry), _LESSON, measure=cells).text
    return f"{ICONS[entry.source]} " + (
        words.text("card.line", about=about, lesson=lesson) if lesson else about
    )


def choices(
    words: Catalog, title: str, offered: tuple[Match, ...], turn: str, *, teacher: bool = False
) -> Reply:
    """Numbered entries to choose from, with a button for each where there is a turn to come back to.

    With `teacher`, the question can be passed on if none of them is meant.
    """
    lines: list[Span] = [Bold(title), Text("\n")]
    for number, match in enumerate(offered, 1):
        lines += [Text("\n"), Bold(f"{number}."), Text(f" {line(words, match)}")]
    if not turn:
        return Reply(spans=tuple(lines))
    lines.append(Text(f"\n\n{words.text('answer.unsure-hint')}"))
    buttons = tuple(
        Button(str(number), payloads.encode(payloads.Choose(match.entry.ref, turn)))
        for number, match in enumerate(offered, 1)
    )
    rows = (buttons, (_teacher(words, turn),)) if teacher else (buttons,)
    return Reply(spans=tuple(lines), buttons=rows)


def _lessons(words: Catalog, listed: tuple[Match, ...], turn: str) -> Reply:
    """The lessons that speak of something, in reading order, with a button for the place in each."""
    lines: list[Span] = [Bold(f"📚 {words.text('answer.lessons', count=len(listed))}"), Text("\n")]
    for number, match in enumerate(listed, 1):
        name = gist(_lesson(match.entry), _LINE, measure=cells).text
        heading = gist(match.entry.heading, _LINE, measure=cells).text
        lines += [Text("\n"), Bold(f"{number}."), Text(f" {name}" + (f"\n    {heading}" if heading else ""))]
    if not turn:
        return Reply(spans=tuple(lines))
    lines.append(Text(f"\n\n{words.text('answer.lessons-hint')}"))
    buttons = [
        Button(str(number), payloads.encode(payloads.Choose(match.entry.ref, turn)))
        for number, match in enumerate(listed, 1)
    ]
    rows = tuple(tuple(buttons[start : start + CHOICES]) for start in range(0, len(buttons), CHOICES))
    return Reply(spans=tuple(lines), buttons=rows)


def _not_found(words: Catalog, closest: tuple[Match, ...], turn: str) -> Reply:
    """Nothing answers: said plainly, with the closest entry when there is one."""
    if not closest:
        return Reply(
            spans=(
                Bold(f"🤔 {words.text('answer.not-found')}"),
                Text(f"\n{words.text('answer.not-found-hint')}"),
            ),
            buttons=((_teacher(words, turn),),) if turn else (),
        )
    best = closest[0]
    missing = [words.text("answer.word", word=word) for word in best.why.missing[:3]]
    title = words.text("answer.missing-closest", words=missing) if missing else words.text("answer.closest")
    spans = (Bold(f"🤔 {title}"), Text(f"\n\n{line(words, best)}"))
    if not turn:
        return Reply(spans=spans)
    show = Button(words.text("button.show"), payloads.encode(payloads.Choose(best.entry.ref, turn)))
    want = Text(f"\n\n{words.text('answer.want-it')}")
    return Reply(spans=(*spans, want), buttons=((show, _teacher(words, turn)),))


def answer(words: Catalog, outcome: Outcome, turn: str, *, limit: int) -> Reply:
    """What came of a question, as one reply with `limit` characters of the answer at most.

    `turn` is the question's id; without one nothing is offered that would have to come back to it.
    """
    match outcome:
        case Found(best=best, others=others):
            return card(words, best.entry, limit=limit, match=best, turn=turn, others=bool(others))
        case Unsure(candidates=candidates) if candidates:
            return choices(
                words, f"🤔 {words.text('answer.unsure')}", candidates[:CHOICES], turn, teacher=True
            )
        case Lessons(matches=listed):
            return _lessons(words, listed, turn)
        case _:
            return _not_found(words, matches(outcome), turn)


def _runner_up(outcome: Outcome, chosen: Match) -> Match | None:
    """The best match that was not taken."""
    return next((each for each in matches(outcome) if each.entry.ref != chosen.entry.ref), None)


def why(words: Catalog, outcome: Outcome, chosen: Match | None) -> Reply:
    """How `chosen` (None: the best there was) was found, and what was not taken."""
    best = chosen or next(iter(matches(outcome)), None)
    if best is None:
        title, facts = "why.title-none", [words.text("why.nothing")]
        return Reply(spans=(Bold(f"🔎 {words.text(title)}"), Text("\n" + "\n".join(facts))))
    title = "why.title"
    if chosen is None and not isinstance(outcome, Found | Lessons):
        title = "why.title-none" if isinstance(outcome, NotFound) else "why.title-unsure"
    reason = best.why
    facts = [
        words.text("why.matched", words=reason.matched) if reason.matched else words.text("why.matched-none")
    ]
    if reason.missing:
        facts.append(words.text("why.missing", words=reason.missing))
    if reason.wording:
        facts.append(words.text("why.wording", wording=gist(reason.wording, _QUESTION).text))
    if reason.pinned:
        facts.insert(0, words.text("why.pinned"))
    facts.append(words.text("why.score", score=best.score))
    spans: list[Span] = [
        Bold(f"🔎 {words.text(title)}"),
        Text(f"\n{line(words, best)}\n\n"),
        Text("\n".join(f"· {fact}" for fact in facts)),
    ]
    rejected = _runner_up(outcome, best)
    if rejected:
        spans.append(
            Text(f"\n\n{words.text('why.runner-up', score=rejected.score)}\n{line(words, rejected)}")
        )
    return Reply(spans=tuple(spans))
