"""What a change would do to past questions, said before it is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.buttons.forms import FormStep, Step
from bot.buttons.payloads import encode
from bot.forms import PATIENCE, SURE, FormAsked
from bot.handlers.scene import Scene, Services
from bot.rendering.impact import impact
from bot.replies import Button, Field, Form, Reply, Span
from bot.team.impact import Impact
from knowledge.comparison import Comparison
from knowledge.outcome import matches

Work = Callable[[], Awaitable[object]]


async def weighed(services: Services, course: str, work: Work) -> Impact:
    """What `work` would do to past questions; nothing of it is kept."""
    if services.impacts is None:
        return Impact()
    _, found = await services.impacts.of(course, work)
    return found


def _elsewhere(compared: Comparison) -> bool:
    """Whether a question would get another answer, and not the same one worded anew."""
    before, after = (matches(each)[0].entry for each in (compared.before, compared.after))
    return (before.ref, before.source) != (after.ref, after.source)


async def spoken(services: Services, scene: Scene, course: str, work: Work) -> tuple[Span, ...]:
    """The same in words, for whoever is asked anyway."""
    return impact(scene.words, await weighed(services, course, work))


async def asked_first(
    services: Services, scene: Scene, course: str, work: Work, *, payload: str, fields: Mapping[str, str]
) -> Reply | None:
    """Whether to go on, where past questions would get another answer or none any more; None to go on at once.

    The words wait as a form that is filled in and not handed in, so a restart costs nothing.
    """
    if fields.get(SURE):
        return None
    found = await weighed(services, course, work)
    if found.asked is not None and not (found.lost or any(map(_elsewhere, found.otherwise))):
        return None
    form = Form(
        payload=payload,
        title=scene.words.text("curate.confirm-title"),
        fields=tuple(Field(name=name, label=name) for name in fields),
    )
    asked = FormAsked(form=form, answers={**fields, SURE: "1"}, expires_at=scene.at + PATIENCE)
    kept = await services.readers.forms.save(asked, person=scene.sender, chat=scene.chat) or asked
    row = (
        Button(scene.words.text("form.hand-in"), encode(FormStep(Step.SUBMIT, kept.version))),
        Button(scene.words.text("form.cancel"), encode(FormStep(Step.CANCEL, kept.version))),
    )
    return Reply(spans=impact(scene.words, found), buttons=(row,), private=True)
