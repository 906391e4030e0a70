"""Which handler a pressed button belongs to."""

from __future__ import annotations

from bot import payloads
from bot.handlers import courses, lessons, privacy, recall, settings, teacher, votes
from bot.handlers.scene import Scene, Services
from bot.replies import Reply


async def press(services: Services, scene: Scene, payload: payloads.Payload) -> list[Reply]:
    """What pressing a button does; a button that runs a command is the core's."""
    match payload:
        case payloads.More() | payloads.Choose() | payloads.Why() | payloads.Others():
            return await recall.press(services, scene, payload)
        case payloads.Rate():
            return await votes.press(services, scene, payload)
        case payloads.AskTeacher():
            return await teacher.press(services, scene, payload)
        case payloads.Language():
            return await settings.press(services, scene, payload)
        case payloads.Unasked():
            return await settings.speak_up(services, scene, payload)
        case payloads.PickCourse():
            return await courses.press(services, scene, payload)
        case payloads.Lessons():
            return await lessons.press(services, scene, payload)
        case payloads.Erase():
            return await privacy.press(services, scene, payload)
        case payloads.Run():
            return []
