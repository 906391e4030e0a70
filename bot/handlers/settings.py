"""The reader's language, and what the managers of a group choose for it."""

from __future__ import annotations

from dataclasses import replace

from bot.buttons.payloads import Language, Unasked, encode
from bot.catalog import LANGUAGES, catalog, negotiate
from bot.handlers.scene import Scene, Services
from bot.readers import HOURLY
from bot.rendering.spans import joined
from bot.replies import Bold, Button, Reply, Text

NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
"""The languages by their own names, which are the same in every language."""

CAPS = (3, HOURLY, 12)
"""Unasked answers an hour that managers choose from."""


async def settings(_services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """What can be set: the language, and in a group by a manager also whether to speak up there."""
    words = scene.words
    row = tuple(Button(NAMES[each], encode(Language(each))) for each in LANGUAGES)
    rows = [row, (Button(words.text("settings.auto"), encode(Language(""))),)]
    title = (Bold(f"⚙️ {words.text('settings.title')}"),)
    now = (
        Text(f"{words.text('settings.now', language=NAMES[words.language])}\n{words.text('settings.pick')}"),
    )
    parts = [joined((title, now))]
    if _manages(scene):
        parts.append((Bold(f"💬 {words.text('settings.unasked')}"), Text(f"\n{_spoken(scene)}")))
        rows.append(_switches(scene))
    elif not scene.chat.private:
        parts.append((Text(f"💬 {_spoken(scene)}\n{words.text('settings.managers')}"),))
    return [Reply(spans=joined(parts, "\n\n"), buttons=tuple(rows), private=True)]


async def press(services: Services, scene: Scene, payload: Language) -> list[Reply]:
    """A language was picked: say so in that language."""
    if payload.tag and payload.tag not in LANGUAGES:
        return [scene.say("answer.old-button")]
    await services.readers.preferences.save(scene.sender, replace(scene.preference, language=payload.tag))
    if services.subscriptions and scene.chat.private:
        # What comes by itself speaks it too.
        language = payload.tag or (
            negotiate(scene.sender.language) if scene.sender.language else scene.words.language
        )
        await services.subscriptions.speak(scene.chat, language)
    if not payload.tag:
        return [scene.say("settings.saved-auto")]
    return [replace(scene, words=catalog(payload.tag)).say("settings.saved", language=NAMES[payload.tag])]


async def speak_up(services: Services, scene: Scene, payload: Unasked) -> list[Reply]:
    """A manager switched unasked answers on or off."""
    if scene.chat.private or (payload.hourly and payload.hourly not in CAPS):
        return [scene.say("answer.old-button")]
    if not _manages(scene):
        return [scene.say("settings.managers")]
    on = payload.hourly > 0
    chosen = replace(scene.setting, unasked=on, hourly=payload.hourly or scene.setting.hourly)
    await services.readers.chats.save(scene.chat, chosen)
    # Everyone in the chat should know when the bot begins to listen, and when it stops.
    return [Reply(spans=(Text(_spoken(replace(scene, setting=chosen))),))]


def _manages(scene: Scene) -> bool:
    return scene.by_manager and not scene.chat.private


def _spoken(scene: Scene) -> str:
    """Whether the bot speaks up in this chat."""
    if scene.setting.unasked:
        return scene.words.text("settings.unasked-on", hourly=scene.setting.hourly)
    return scene.words.text("settings.unasked-off")


def _switches(scene: Scene) -> tuple[Button, ...]:
    words = scene.words
    caps = tuple(
        Button(words.text("settings.hourly", hourly=each), encode(Unasked(each)))
        for each in CAPS
        if not scene.setting.unasked or each != scene.setting.hourly
    )
    off = (Button(words.text("settings.off"), encode(Unasked(0))),)
    return (*off, *caps) if scene.setting.unasked else caps
