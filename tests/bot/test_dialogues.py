from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core import Core
from bot.messages import ButtonPress, Chat, Message, Person, Platform, Reply
from bot.preferences import SessionPreferences
from tests.bot.script import Dialogue, dialogues
from tests.bot.support import COURSE, SECOND_COURSE, Lookup, Shelf

CHAT = Chat(platform=Platform.TELEGRAM, id="1")


@pytest.mark.parametrize("dialogue", dialogues(), ids=lambda each: each.name)
async def test_the_core_holds_the_dialogue(dialogue: Dialogue) -> None:
    preferences = SessionPreferences()

    def started() -> Core:
        return Core(answering=Lookup(), courses=Shelf(COURSE, SECOND_COURSE), preferences=preferences)

    core = started()
    reader = Person(platform=Platform.TELEGRAM, id="7", language=dialogue.language)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    replies: list[Reply] = []
    for turn in dialogue.turns:
        now += timedelta(minutes=turn.wait, seconds=5)
        if turn.press:
            on_offer = {button.label: button for reply in replies for row in reply.buttons for button in row}
            payload = on_offer[turn.press].payload
            replies = await core.handle(
                ButtonPress(chat=CHAT, sender=reader, message_id="1", payload=payload, at=now)
            )
        else:
            replies = await core.handle(Message(chat=CHAT, sender=reader, id="1", text=turn.say, at=now))
        turn.check(
            "\n".join(reply.text for reply in replies),
            [button.label for reply in replies for row in reply.buttons for button in row],
        )
        if turn.restart:
            core = started()
