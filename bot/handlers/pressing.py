"""Which handler a pressed button belongs to; a button that runs a command is the core's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.buttons import curating as kinds
from bot.buttons import payloads
from bot.buttons import subscriptions as subscription_payloads
from bot.buttons.cases import AnswerCase, MoreCases, OnCase
from bot.buttons.digests import AnswerExercise, Digest, Exercise
from bot.buttons.staff import TakeRole
from bot.buttons.uploads import Import
from bot.handlers import courses, lessons, privacy, recall, rights, settings, teacher, votes
from bot.handlers.daily import digests, enrolments, exercises, subscribing
from bot.handlers.scene import Scene, Services
from bot.handlers.team import (
    adding,
    admins,
    cases,
    curating,
    editing,
    history,
    queue,
    removing,
    ruling,
    uploads,
)
from bot.replies import Reply

Press = Callable[[Services, Scene, Any], Awaitable[list[Reply]]]

PRESSED: dict[type, Press] = {
    payloads.More: recall.press,
    payloads.Choose: recall.press,
    payloads.Why: recall.press,
    payloads.Others: recall.press,
    payloads.Rate: votes.press,
    payloads.AskTeacher: teacher.press,
    payloads.Language: settings.press,
    payloads.Unasked: settings.speak_up,
    payloads.PickCourse: courses.press,
    payloads.Lessons: lessons.press,
    payloads.Erase: privacy.press,
    TakeRole: admins.press,
    kinds.AddAnswer: adding.begin,
    kinds.EditAnswer: editing.ask,
    kinds.AddWordings: editing.ask_wordings,
    kinds.DropAnswer: removing.drop,
    kinds.MergeAnswers: removing.unite,
    kinds.Pin: ruling.press_pin,
    kinds.Bar: ruling.press_bar,
    kinds.Lift: ruling.lift,
    kinds.UndoChange: history.back,
    kinds.ShowHistory: history.press,
    kinds.Curate: curating.press,
    Digest: digests.press,
    subscription_payloads.Draft: subscribing.press,
    subscription_payloads.TypeIn: subscribing.type_in,
    subscription_payloads.Manage: enrolments.manage,
    subscription_payloads.Leave: enrolments.leave,
    subscription_payloads.GoTo: enrolments.go,
    Exercise: exercises.press,
    AnswerExercise: exercises.ask,
    Import: uploads.press,
    AnswerCase: cases.press,
    OnCase: cases.step,
    MoreCases: queue.press,
}
"""What pressing a button of each kind does, with a payload of just that kind."""


async def press(services: Services, scene: Scene, payload: payloads.Payload) -> list[Reply]:
    """What pressing a button does; one that this version has no use for is told to be old."""
    role = payloads.needed(payload)
    if role:
        await rights.require(services, scene, role)
    do = PRESSED.get(type(payload))
    return await do(services, scene, payload) if do else [scene.say("answer.old-button")]
