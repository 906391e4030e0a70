"""The reader's language."""

from __future__ import annotations

from dataclasses import replace

from bot.catalog import LANGUAGES, catalog
from bot.handlers.scene import Scene, Services
from bot.messages import Bold, Button, Reply, Text
from bot.payloads import Language, encode
from bot.spans import joined

NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
"""The languages by their own names, which are the same in every language."""


async def settings(_services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """What can be set."""
    words = scene.words
    row = tuple(Button(NAMES[each], encode(Language(each))) for each in LANGUAGES)
    auto = Button(words.text("settings.auto"), encode(Language("")))
    title = (Bold(f"⚙️ {words.text('settings.title')}"),)
    now = (
        Text(f"{words.text('settings.now', language=NAMES[words.language])}\n{words.text('settings.pick')}"),
    )
    return [Reply(spans=joined((title, now)), buttons=(row, (auto,)), private=True)]


async def press(services: Services, scene: Scene, payload: Language) -> list[Reply]:
    """A language was picked: say so in that language."""
    if payload.tag and payload.tag not in LANGUAGES:
        return [scene.say("answer.old-button")]
    await services.preferences.save(scene.sender, replace(scene.preference, language=payload.tag))
    if not payload.tag:
        return [scene.say("settings.saved-auto")]
    return [replace(scene, words=catalog(payload.tag)).say("settings.saved", language=NAMES[payload.tag])]
