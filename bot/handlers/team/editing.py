"""Changing an answer, and giving a question other wordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.buttons.curating import AddWordings, EditAnswer
from bot.buttons.payloads import encode
from bot.handlers import at_hand
from bot.handlers.scene import Scene, Services
from bot.handlers.team import curating, weighing
from bot.handlers.team.adding import lines, wordings_field
from bot.replies import Field, Form, Reply
from bot.team.curating import ANSWER, QUESTION, Saved
from bot.team.curation import Curated
from knowledge.entry import Source
from knowledge.errors import CoursebotError
from knowledge.model import Seed


async def edit(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/edit`: a form with what the answer says; with words behind it they are the new answer."""
    meant = at_hand.meant(services, scene, arguments)
    curated = await at_hand.desk(services).of(meant.ref)
    payload = EditAnswer(meant.ref, curated.revision if curated else 0)
    if meant.rest:
        return await _save(services, scene, payload, {"answer": meant.rest})
    return await ask(services, scene, payload)


async def ask(services: Services, scene: Scene, payload: EditAnswer) -> list[Reply]:
    """The form. A comment without an answer of the team gets one; what the author replied stands there first."""
    entry, _ = await at_hand.entry(services, scene, payload.ref)
    if entry.source is Source.PASSAGE:
        raise CoursebotError("curate-passage-edit")
    curated = await at_hand.desk(services).of(payload.ref)
    answer = curated.seed.answer if curated else entry.answer or ""
    words = scene.words
    fields = [
        Field(name="answer", label=words.text("field.answer"), value=answer[:ANSWER], limit=ANSWER, long=True)
    ]
    if curated:
        question = Field(
            name="question",
            label=words.text("field.question"),
            value=curated.seed.question[:QUESTION],
            limit=QUESTION,
        )
        fields = [question, *fields, wordings_field(scene, "\n".join(curated.seed.aliases))]
    form = Form(
        payload=encode(EditAnswer(payload.ref, curated.revision if curated else 0)),
        title=words.text("curate.edit-title", ref=payload.ref),
        fields=tuple(fields),
    )
    return [Reply(spans=(), form=form, private=True)]


async def submit(
    services: Services, scene: Scene, payload: EditAnswer, fields: Mapping[str, str]
) -> list[Reply]:
    """The form was filled in."""
    return await _save(services, scene, payload, fields)


async def alias(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """`/alias`: other wordings, one a line or parted by ｜; without any, a form."""
    meant = at_hand.meant(services, scene, arguments)
    if not meant.rest:
        return await ask_wordings(services, scene, AddWordings(meant.ref))
    texts = meant.rest.replace("｜", "\n").replace("|", "\n")
    return await submit_wordings(services, scene, AddWordings(meant.ref), {"wordings": texts})


async def ask_wordings(services: Services, scene: Scene, payload: AddWordings) -> list[Reply]:
    """The form for other wordings."""
    await at_hand.entry(services, scene, payload.ref)
    title = scene.words.text("curate.wordings-title", ref=payload.ref)
    form = Form(payload=encode(payload), title=title, fields=(wordings_field(scene, required=True),))
    return [Reply(spans=(), form=form, private=True)]


async def submit_wordings(
    services: Services, scene: Scene, payload: AddWordings, fields: Mapping[str, str]
) -> list[Reply]:
    """Other wordings were typed."""
    _, by = await at_hand.entry(services, scene, payload.ref)
    texts = lines(fields.get("wordings", ""))
    change = await at_hand.desk(services).alias(payload.ref, texts, by=by, at=scene.at)
    key = "curate.worded" if change else "curate.there"
    return [await curating.shown(services, scene, payload.ref, key, change=change)]


async def _save(
    services: Services, scene: Scene, payload: EditAnswer, fields: Mapping[str, str]
) -> list[Reply]:
    entry, by = await at_hand.entry(services, scene, payload.ref)
    if entry.source is Source.PASSAGE:
        raise CoursebotError("curate-passage-edit")
    desk = at_hand.desk(services)
    curated = await desk.of(payload.ref)
    if curated is None:
        if payload.revision:
            raise CoursebotError("curate-gone")
        given = Seed(question=entry.text, answer=fields.get("answer", ""), lesson=entry.lesson)

        async def give() -> Saved:
            return await desk.add(entry.course, given, by=by, at=scene.at)

        first = await weighing.asked_first(
            services, scene, entry.course, give, payload=encode(payload), fields=fields
        )
        if first:
            return [first]
        saved = await give()
        return [await curating.shown(services, scene, saved.ref, "curate.edited", change=saved.change)]
    if not payload.revision:
        raise CoursebotError("curate-changed")
    seed = replace(
        curated.seed,
        question=fields.get("question", curated.seed.question),
        answer=fields.get("answer", curated.seed.answer),
        aliases=lines(fields["wordings"]) if "wordings" in fields else curated.seed.aliases,
    )

    async def change() -> Curated:
        return await desk.edit(payload.ref, seed, revision=payload.revision, by=by, at=scene.at)

    first = await weighing.asked_first(
        services, scene, entry.course, change, payload=encode(payload), fields=fields
    )
    if first:
        return [first]
    changed = await change()
    before = curated.seed.answer if changed.seed.answer != curated.seed.answer else ""
    return [
        await curating.shown(
            services, scene, changed.ref, "curate.edited", change=changed.change, before=before
        )
    ]
