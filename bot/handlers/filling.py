"""Filling in a form in the chat: ask for a field, take what is typed, ask for the next, hand over the whole."""

from __future__ import annotations

from dataclasses import replace

from bot.buttons.forms import FormStep, Step
from bot.buttons.payloads import encode
from bot.forms import KEPT, PATIENCE, REST, SURE, FormAsked, may_ask
from bot.handlers.scene import Scene, Services
from bot.messages import Incoming, Platform, Submission
from bot.rendering.excerpt import excerpt, utf16_length
from bot.rendering.spans import joined, marked
from bot.replies import Bold, Button, Field, Form, Quote, Reply, Span, Text

CANCELS = frozenset({"取消", "cancel"})
"""Words that put a form away, also without a slash."""
_SHOWN = 3000
"""Characters that are shown of what stands in a field."""

Filled = list[Reply] | Submission
"""What to say, or the whole form."""


async def shown(services: Services, scene: Scene, incoming: Incoming, replies: list[Reply]) -> list[Reply]:
    """The replies, with each form begun in the chat unless the platform can open it as the answer."""
    if scene.chat.platform is Platform.DISCORD and may_ask(incoming):
        return replies
    return [await _begun(services, scene, each, each.form) if each.form else each for each in replies]


async def _begun(services: Services, scene: Scene, reply: Reply, form: Form) -> Reply:
    asked = FormAsked(form=form, expires_at=scene.at + PATIENCE)
    kept = await services.readers.forms.save(asked, person=scene.sender, chat=scene.chat) or asked
    asking = _question(scene, kept, form.fields[0])
    spans = joined((reply.spans, asking.spans), "\n\n")
    return replace(reply, spans=spans, buttons=(*reply.buttons, *asking.buttons), form=None, private=False)


async def waiting(services: Services, scene: Scene) -> FormAsked | None:
    """The form that the sender was asked to fill in here; done or expired ones for a day too."""
    asked = await services.readers.forms.of(scene.sender, scene.chat)
    return asked if asked and scene.at - asked.expires_at <= KEPT else None


async def take(services: Services, scene: Scene, asked: FormAsked, said: str) -> Filled | None:
    """What comes of words typed while a form waits; None when they are none of its business."""
    before = asked.given_by(scene.message)
    if not asked.open:
        if not before:
            return None
        return [scene.say("form.done-edited" if scene.edited else "form.done")]
    if before:
        # The same message once more: a new wording of it, or an update that a restart brought back.
        return await _reworded(services, scene, asked, before, said)
    if scene.edited:
        return None
    if scene.at > asked.expires_at:
        return None
    if said.strip().casefold() in CANCELS:
        return await cancel(services, scene, "")
    field = asked.current
    if field is None:
        # It only waits to be handed in; one that was shown with its impact keeps nobody from asking.
        return None if SURE in asked.answers else [_ready(scene, asked)]
    if asked.too_long_at and scene.at - asked.too_long_at <= REST:
        return []
    complaint = await _refused(services, scene, asked, field, said)
    if complaint:
        return complaint
    return await _next(services, scene, asked.answered(field.name, said, scene.message))


async def press(services: Services, scene: Scene, payload: FormStep) -> Filled:
    """A button under a question: leave the field as it is, leave it empty, put the form away, take it up again."""
    asked = await waiting(services, scene)
    if asked is None or not asked.open or asked.version != payload.version:
        return [scene.say("form.old")]
    field = asked.current
    match payload.step:
        case Step.CANCEL:
            return await cancel(services, scene, "")
        case Step.RESUME if field:
            return await _next(services, scene, asked)
        case Step.RESUME:
            return [_ready(scene, asked)]
        case Step.SUBMIT if field is None:
            return _whole(scene, asked)
        case Step.KEEP if field and field.value:
            return await _next(services, scene, asked.answered(field.name, field.value))
        case Step.SKIP if field and not field.required:
            return await _next(services, scene, asked.answered(field.name, ""))
    return [scene.say("form.old")]


async def cancel(services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """Put the form away."""
    asked = await waiting(services, scene)
    if asked is None or not asked.open:
        return [scene.say("form.nothing")]
    await services.readers.forms.drop(scene.sender, scene.chat)
    return [replace(scene.say("form.cancelled", title=asked.form.title), private=False)]


async def leave(services: Services, scene: Scene, asked: FormAsked) -> list[Reply]:
    """Put an open form away because something else was asked for; nothing is said of one that is long over."""
    if not asked.open:
        return []
    await services.readers.forms.drop(scene.sender, scene.chat)
    return [scene.say("form.left", title=asked.form.title)] if scene.at <= asked.expires_at else []


async def expired(services: Services, scene: Scene, asked: FormAsked) -> list[Reply]:
    """That nothing is waited for any more, with a way back; once, for it comes with an answer to something else."""
    if not asked.open or asked.told or scene.edited or scene.at <= asked.expires_at:
        return []
    told = await services.readers.forms.save(replace(asked, told=True), person=scene.sender, chat=scene.chat)
    asked = told or asked
    minutes = int(PATIENCE.total_seconds() // 60)
    note = scene.say("form.expired", title=asked.form.title, minutes=minutes)
    resume = Button(scene.words.text("form.resume"), encode(FormStep(Step.RESUME, asked.version)))
    return [replace(note, buttons=((resume, _cancel(scene, asked)),), private=False)]


async def finished(services: Services, scene: Scene) -> None:
    """Note that the form was handed over; its words are forgotten, the messages' ids are kept for a while."""
    asked = await waiting(services, scene)
    if asked is None or not asked.open or asked.current:
        return  # what the form did began another one
    done = replace(asked, open=False, answers={}, expires_at=scene.at + PATIENCE)
    await services.readers.forms.save(done, person=scene.sender, chat=scene.chat)


async def _reworded(services: Services, scene: Scene, asked: FormAsked, name: str, said: str) -> Filled:
    if not scene.edited or asked.answers.get(name) == said:
        return _asking(scene, asked)
    field = next(each for each in asked.form.fields if each.name == name)
    complaint = await _refused(services, scene, asked, field, said)
    if complaint:
        return complaint
    changed = await _next(services, scene, asked.answered(name, said, scene.message))
    if isinstance(changed, list) and changed:
        note = Text(scene.words.text("form.changed", label=field.label) + "\n\n")
        changed[0] = replace(changed[0], spans=(note, *changed[0].spans))
    return changed


async def _refused(
    services: Services, scene: Scene, asked: FormAsked, field: Field, said: str
) -> list[Reply]:
    """Why an answer cannot be taken, if it cannot: one sentence; the question still stands."""
    if not said.strip():
        if field.required:
            return [_again(scene, asked, scene.words.text("form.empty", label=field.label))]
        return []
    # Discord counts UTF-16 units in its fields, and so does whoever is told a limit there.
    if max(len(said), utf16_length(said)) <= field.limit:
        return []
    late = replace(asked, too_long_at=scene.at, expires_at=scene.at + PATIENCE)
    kept = await services.readers.forms.save(late, person=scene.sender, chat=scene.chat)
    why = scene.words.text("form.too-long", label=field.label, limit=field.limit, length=len(said))
    return [_again(scene, kept or asked, why)]


async def _next(services: Services, scene: Scene, asked: FormAsked) -> Filled:
    """Keep an answer; the next question, or the whole."""
    renewed = replace(asked, too_long_at=None, told=False, expires_at=scene.at + PATIENCE)
    kept = await services.readers.forms.save(renewed, person=scene.sender, chat=scene.chat)
    if kept is None:
        # Another answer came at the same moment and was first; this one was not read.
        return [scene.say("form.both")]
    return _asking(scene, kept)


def _asking(scene: Scene, asked: FormAsked) -> Filled:
    """The next question, or the whole when there is none left."""
    field = asked.current
    return [_question(scene, asked, field)] if field else _whole(scene, asked)


def _whole(scene: Scene, asked: FormAsked) -> Submission:
    return Submission(
        chat=scene.chat,
        sender=scene.sender,
        id=scene.message,
        payload=asked.form.payload,
        fields=dict(asked.answers),
        at=scene.at,
        by_manager=scene.by_manager,
    )


def _ready(scene: Scene, asked: FormAsked) -> Reply:
    """That all is filled in, and whether to hand it in."""
    hand_in = Button(scene.words.text("form.hand-in"), encode(FormStep(Step.SUBMIT, asked.version)))
    said = scene.words.text("form.ready", title=asked.form.title)
    return Reply(spans=(Text(said),), buttons=((hand_in, _cancel(scene, asked)),))


def _again(scene: Scene, asked: FormAsked, why: str) -> Reply:
    return Reply(spans=(Text(why),), buttons=_buttons(scene, asked))


def _question(scene: Scene, asked: FormAsked, field: Field) -> Reply:
    """What is to be typed now."""
    form = asked.form
    words = scene.words
    number, count = form.fields.index(field) + 1, len(form.fields)
    place = f" ({number}/{count})" if count > 1 else ""
    lines: list[Span] = [
        Bold(f"✏️ {form.title}{place}"),
        Text(f"\n{words.text('form.ask', label=field.label)}"),
    ]
    if field.value:
        lines += [Text(f"\n{words.text('form.now')}\n"), Quote(excerpt(field.value, _SHOWN).text)]
    hint = words.text("form.hint" if scene.chat.private else "form.hint-group")
    return Reply(spans=joined((lines, marked(hint)), "\n\n"), buttons=_buttons(scene, asked))


def _buttons(scene: Scene, asked: FormAsked) -> tuple[tuple[Button, ...], ...]:
    field = asked.current
    row: list[Button] = []
    if field and field.value:
        row.append(Button(scene.words.text("form.keep"), encode(FormStep(Step.KEEP, asked.version))))
    if field and not field.required:
        row.append(Button(scene.words.text("form.skip"), encode(FormStep(Step.SKIP, asked.version))))
    return ((*row, _cancel(scene, asked)),)


def _cancel(scene: Scene, asked: FormAsked) -> Button:
    return Button(scene.words.text("form.cancel"), encode(FormStep(Step.CANCEL, asked.version)))
