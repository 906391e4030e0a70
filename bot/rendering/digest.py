"""A lesson's digest, and what others answered to its exercises, as replies: pure, as `render.py` is.

A digest is read on a phone, half awake: the lesson first, three sentences of what it is about, one voice, something to
think about, what was newly answered, the link. Each part is bounded, so that all of it is one message everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons.digests import AnswerExercise, Digest, DigestAction, Exercise, ExerciseStep
from bot.buttons.payloads import Choose, course_key, encode
from bot.catalog import Catalog
from bot.daily.digests import LessonContent, News, highlight
from bot.rendering import excerpt as cutting
from bot.rendering.answers import ICONS, head
from bot.rendering.excerpt import Excerpt, cells, utf16_length
from bot.rendering.spans import body, joined
from bot.replies import Bold, Button, Field, Form, Link, Quote, Reply, Span, Text
from knowledge.entry import Entry
from knowledge.exercises import exercise_answers, exercise_text
from knowledge.summary import summary

LONGEST = 1_800
"""UTF-16 units of a digest at most: one message on Discord (2,000), far less than Telegram's 4,096."""
ANSWERS = 3
"""How many comments are shown to whoever has thought about the exercises."""
LONGEST_ANSWER = 2_000
"""Characters of a reader's own answer at most; it is not kept."""

# Lengths are in columns, a Chinese character taking two, so that both languages say about as much.
_TITLE, _COURSE, _SPEAKER = 120, 60, 40
_ASKED, _SAID = 120, 360
_EXERCISES = 640
_NEWS, _QUESTION, _ANSWER = 3, 90, 120
_ANSWERED = 600
_SHARES = (0.7, 0.45, 0.2)
"""Shares of these lengths that are tried until a digest is short enough."""


def digest(
    words: Catalog,
    content: LessonContent,
    *,
    delivery: int = 0,
    private: bool = True,
    sentences: Sequence[str] | None = None,
    news: Sequence[News] = (),
) -> Reply:
    """A lesson's digest.

    Args:
        words: the language.
        content: the lesson.
        delivery: number of the delivery that its buttons are about; 0 for a preview, which has no such buttons.
        private: whether one reader alone gets it; of many, only managers may change a subscription.
        sentences: what it is about, when that is known already (`knowledge.summary.summary`).
        news: what was newly answered, the most important first.
    """
    told = summary(content.title, content.passages) if sentences is None else sentences
    actions = _actions(words, delivery, private=private) if delivery else []
    reply = _digest(words, content, actions, told=told, news=news)
    for share in _SHARES:
        if utf16_length(reply.text) <= LONGEST:
            break
        reply = _digest(words, content, actions, told=told, news=news, share=share)
    return reply


def _digest(
    words: Catalog,
    content: LessonContent,
    actions: Sequence[tuple[Button, ...]],
    *,
    told: Sequence[str],
    news: Sequence[News],
    share: float = 1.0,
) -> Reply:
    """The digest with its parts cut to that share of their lengths."""
    best = highlight(content.entries)
    voice, cut_off = _voice(words, best, share) if best else ((), False)
    exercises = _exercises(content, share)
    parts: list[tuple[Span, ...]] = [
        _opening(words, content),
        _about(words, told),
        voice,
        _titled(f"📝 {words.text('digest.exercises')}", exercises) if exercises else (),
        _news(words, news, share),
        _reading(words, content),
    ]
    rows: list[tuple[Button, ...]] = []
    if exercises:
        rows.append((_step(words.text("digest.look"), content, ExerciseStep.LOOK),))
    if best and cut_off:
        rows.append((Button(f"{ICONS[best.source]} {words.text('digest.whole')}", encode(Choose(best.ref))),))
    return Reply(spans=joined(parts, "\n\n"), buttons=_packed([*rows, *actions]))


def gate(words: Catalog, content: LessonContent) -> Reply:
    """Think first: how to answer, or to give up."""
    keys = course_key(content.course), course_key(content.slug)
    answer = Button(words.text("digest.answer"), encode(AnswerExercise(*keys)))
    give_up = _step(words.text("digest.give-up"), content, ExerciseStep.GIVE_UP)
    return Reply(
        spans=(Bold(f"📝 {_name(content)}"), Text(f"\n{words.text('exercise.gate')}")),
        buttons=((answer, give_up),),
        private=True,
    )


def asking(words: Catalog, content: LessonContent) -> Reply:
    """The exercises, and a form to answer them in."""
    keys = course_key(content.course), course_key(content.slug)
    label = words.text("exercise.field")
    form = Form(
        payload=encode(AnswerExercise(*keys)),
        title=words.text("exercise.title"),
        fields=(Field(name="answer", label=label, limit=LONGEST_ANSWER, long=True),),
    )
    spans = _titled(f"📝 {_name(content)}", _exercises(content))
    return Reply(spans=spans, form=form, private=True)


def answers(words: Catalog, content: LessonContent, *, note: str = "") -> Reply:
    """What others answered to a lesson's exercises, after the exercises themselves; `note` goes before all."""
    found = exercise_answers(content.exercises, content.entries)[:ANSWERS]
    parts: list[tuple[Span, ...]] = [
        (Text(note),) if note else (),
        _titled(f"📝 {_name(content)}", _exercises(content)),
        (Bold(words.text("exercise.answers")),) if found else (Text(words.text("exercise.none")),),
    ]
    buttons: list[Button] = []
    for number, entry in enumerate(found, 1):
        shown = _cut(entry.text, _ANSWERED)
        who = _bounded(entry.author, _SPEAKER)
        likes = f" · {words.text('card.likes', count=entry.likes)}" if entry.likes else ""
        said = (Bold(f"{number}. {who}"), Text(f"{likes}\n"), *body(shown.text, quoted=True))
        parts.append(said)
        if entry.answer is not None:
            parts.append(_replied(words, entry))
        if shown.more or entry.answer is not None:
            buttons.append(Button(str(number), encode(Choose(entry.ref))))
    return Reply(spans=joined(parts, "\n\n"), buttons=(tuple(buttons),) if buttons else (), private=True)


def _opening(words: Catalog, content: LessonContent) -> tuple[Span, ...]:
    place = words.text(
        "digest.place",
        course=_bounded(content.course_title, _COURSE),
        place=content.place,
        count=content.count,
    )
    return (Bold(f"📖 {_name(content)}"), Text(f"\n📘 {place}"))


def _name(content: LessonContent) -> str:
    """The lesson with its number, as the course itself counts."""
    number = "" if content.number is None else f"{content.number:02d} "
    return _bounded(f"{number}{content.title}", _TITLE)


def _about(words: Catalog, sentences: Sequence[str]) -> tuple[Span, ...]:
    if not sentences:
        return (Text(words.text("digest.unread-summary")),)
    return joined((Text("· "), *body(each)) for each in sentences)


def _voice(words: Catalog, entry: Entry, share: float) -> tuple[tuple[Span, ...], bool]:
    """What was said about the lesson, and whether something of it was left out."""
    if entry.answer is None:
        shown = _cut(entry.text.strip(), _SAID * share)
        said = joined((head(words, entry), body(shown.text, quoted=True), _likes(words, entry)))
        return said, shown.more
    asked = _gist(entry.text, _ASKED * share)
    shown = _cut(entry.answer.strip(), _SAID * share)
    by = words.text("card.said", name=_bounded(entry.author, _SPEAKER)) if entry.author else ""
    question: tuple[Span, ...] = (Quote(by + asked.text),)
    return joined((head(words, entry), question, body(shown.text), _likes(words, entry))), shown.more


def _exercises(content: LessonContent, share: float = 1.0) -> tuple[Span, ...]:
    return body(_cut(exercise_text(content.exercises), _EXERCISES * share).text)


def _likes(words: Catalog, entry: Entry) -> tuple[Span, ...]:
    return (Text(words.text("card.likes", count=entry.likes)),) if entry.likes else ()


def _replied(words: Catalog, entry: Entry) -> tuple[Span, ...]:
    return joined((head(words, entry), body(_cut((entry.answer or "").strip(), _SAID).text)))


def _news(words: Catalog, news: Sequence[News], share: float) -> tuple[Span, ...]:
    lines: list[tuple[Span, ...]] = []
    for each in news[:_NEWS]:
        mark = f"{words.text('digest.own')} · " if each.own else ""
        question = _gist(each.entry.searched, _QUESTION * share).text
        answer = _gist(each.entry.answer or "", _ANSWER * share).text
        lines.append((Text(f"· {mark}{question}\n{ICONS[each.entry.source]} {answer}"),))
    return _titled(f"🔔 {words.text('digest.news')}", joined(lines)) if lines else ()


def _reading(words: Catalog, content: LessonContent) -> tuple[Span, ...]:
    return (Text("🔗 "), Link(words.text("card.read"), content.url)) if content.url else ()


def _titled(title: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return (Bold(title), Text("\n"), *spans)


def _cut(text: str, limit: float) -> Excerpt:
    return cutting.excerpt(text, int(limit), _width)


def _gist(text: str, limit: float) -> Excerpt:
    return cutting.gist(text, int(limit), measure=_width)


def _width(text: str) -> int:
    """Columns, and never fewer than UTF-16 units, of which stacked accents have many in one column."""
    return max(cells(text), utf16_length(text))


def _bounded(text: str, limit: int) -> str:
    return _cut(" ".join(text.split()), limit).text


def _step(label: str, content: LessonContent, step: ExerciseStep) -> Button:
    return Button(label, encode(Exercise(step, course_key(content.course), course_key(content.slug))))


def _actions(words: Catalog, delivery: int, *, private: bool) -> list[tuple[Button, ...]]:
    def button(action: DigestAction) -> Button:
        return Button(words.text(f"digest.{action.value}"), encode(Digest(action, delivery)))

    if not private:
        # It carries the number too, by which a copy of the digest is found where nobody knows whether it was sent.
        return [(button(DigestAction.MINE),)]
    return [
        (button(DigestAction.READ), button(DigestAction.TOMORROW), button(DigestAction.SKIP)),
        (button(DigestAction.PAUSE), button(DigestAction.TIME)),
    ]


def _packed(rows: Sequence[tuple[Button, ...]]) -> tuple[tuple[Button, ...], ...]:
    """The rows, single buttons at the beginning side by side: a phone shows two in a row whole."""
    first = tuple(button for row in rows if len(row) == 1 for button in row)
    return tuple(filter(None, (first, *(row for row in rows if len(row) > 1))))
