"""What is kept of a reader, and erasing it."""

from __future__ import annotations

from dataclasses import replace

from bot.buttons.payloads import Erase, encode
from bot.handlers.scene import Scene, Services
from bot.readers import Holdings
from bot.rendering.spans import joined, marked
from bot.replies import Bold, Button, Reply, Text

_DELETE = {"delete", "erase", "删除", "刪除", "清除"}


async def privacy(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """What is kept and how much of it is this reader's; with `delete`, erase it."""
    if arguments.casefold() in _DELETE:
        return [await _erased(services, scene)]
    words = scene.words
    held = await services.readers.personal.of(scene.sender)
    title = (Bold(f"🔒 {words.text('privacy.title')}"),)
    now = words.text("privacy.nothing")
    buttons: tuple[tuple[Button, ...], ...] = ()
    if held.total:
        now = words.text("privacy.held", **_numbers(held))
        buttons = ((Button(words.text("button.erase"), encode(Erase(sure=False))),),)
    parts = (title, marked(words.text("privacy.kept", days=services.question_days)), (Text(now),))
    return [Reply(spans=joined(parts, "\n\n"), buttons=buttons, private=True)]


async def press(services: Services, scene: Scene, payload: Erase) -> list[Reply]:
    """Ask once more, or erase."""
    if payload.sure:
        return [replace(await _erased(services, scene), replaces=True)]
    sure = Button(scene.words.text("button.erase-sure"), encode(Erase(sure=True)))
    return [replace(scene.say("privacy.sure"), buttons=((sure,),), replaces=True)]


async def _erased(services: Services, scene: Scene) -> Reply:
    held = await services.readers.personal.erase(scene.sender)
    services.conversations.forget(scene.sender)
    services.recent.forget(scene.sender)
    return scene.say("privacy.erased", **_numbers(held)) if held.total else scene.say("privacy.nothing")


def _numbers(held: Holdings) -> dict[str, object]:
    return {
        "preferences": held.preferences,
        "questions": held.questions,
        "votes": held.votes,
        "requests": held.requests,
        "exercises": held.exercises,
        "subscriptions": held.subscriptions,
    }
