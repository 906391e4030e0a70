"""What can be done with an entry, and what was done."""

from __future__ import annotations

from bot.buttons.curating import (
    AddWordings,
    Bar,
    Curate,
    DropAnswer,
    EditAnswer,
    Pin,
    ShowHistory,
    UndoChange,
)
from bot.buttons.payloads import encode
from bot.handlers import at_hand
from bot.handlers.scene import Scene, Services
from bot.rendering.excerpt import gist
from bot.rendering.spans import body
from bot.replies import Bold, Button, Quote, Reply, Span, Text
from knowledge.entry import Entry, Source

_SHOWN = 300
"""Characters of an answer that are shown once it is saved."""
_QUESTION = 80


async def curate(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """What can be done with the entry that is meant."""
    found = at_hand.meant(services, scene, arguments)
    return [await panel(services, scene, found.ref, found.turn)]


async def press(services: Services, scene: Scene, payload: Curate) -> list[Reply]:
    """The same, by a button."""
    return [await panel(services, scene, payload.ref, payload.turn)]


async def panel(services: Services, scene: Scene, ref: str, turn: str = "") -> Reply:
    """An entry in short, how often it was the answer, and a button for all that can be done with it."""
    entry, _ = await at_hand.entry(services, scene, ref)
    desk = at_hand.desk(services)
    curated = await desk.of(ref)
    used = (await desk.usage.of([ref])).get(ref, 0)
    words = scene.words
    spans: list[Span] = [
        Bold(f"🛠 {ref} · {words.text(f'kind.{entry.source.value}')}"),
        Text(f"\n{gist(entry.text, _QUESTION).text}\n"),
        Text(words.text("curate.used", count=used)),
    ]
    if entry.aliases:
        spans.append(Text("\n" + words.text("curate.wordings", wordings=list(entry.aliases))))
    rows: list[tuple[Button, ...]] = []
    if entry.source is not Source.PASSAGE:
        revision = curated.revision if curated else 0
        rows.append(
            (
                Button(words.text("button.edit"), encode(EditAnswer(ref, revision))),
                Button(words.text("button.wordings"), encode(AddWordings(ref))),
            )
        )
    ruling = [Button(words.text("button.bar"), encode(Bar(ref)))]
    if turn and await at_hand.asked(services, scene, turn):
        ruling = [
            Button(words.text("button.pin"), encode(Pin(ref, turn))),
            Button(words.text("button.bar-here"), encode(Bar(ref, turn))),
            *ruling,
        ]
    rows.append(tuple(ruling))
    last = [Button(words.text("button.history"), encode(ShowHistory(ref)))]
    if curated:
        last.insert(0, Button(words.text("button.delete"), encode(DropAnswer(ref))))
    rows.append(tuple(last))
    return Reply(spans=tuple(spans), buttons=tuple(rows), private=True)


async def shown(
    services: Services, scene: Scene, ref: str, key: str, *, change: int = 0, before: str = ""
) -> Reply:
    """That something was done with an entry, the entry as it is now, and a way back."""
    entry = await services.answering.entry(ref)
    words = scene.words
    spans: list[Span] = [Bold(f"✅ {words.text(key, ref=ref)}")]
    if entry:
        spans += [Text(f"\n{gist(entry.text, _QUESTION).text}\n"), *_answer(entry)]
    if before:
        spans += [Text(f"\n\n{words.text('curate.before')}\n"), Quote(gist(before, _SHOWN).text)]
    row = [Button(words.text("button.curate"), encode(Curate(ref)))] if entry else []
    if change:
        row.insert(0, undo_button(scene, change))
    return Reply(spans=tuple(spans), buttons=(tuple(row),) if row else (), private=True)


def undo_button(scene: Scene, change: int) -> Button:
    """Takes a change back."""
    return Button(scene.words.text("button.undo"), encode(UndoChange(change)))


def _answer(entry: Entry) -> tuple[Span, ...]:
    return body(gist(entry.answer, _SHOWN).text) if entry.answer else ()
