from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.discord.adapter import Discord
from bot.errors import Failure, SendError
from bot.messages import Person, Platform
from bot.replies import Reply, Text
from tests.adapters.discord_.wire import CHAT, Running, sendable
from tests.discordapi.server import DiscordApi
from tests.discordapi.troubles import Trouble


async def test_a_closed_conversation_is_never_tried_again(api: DiscordApi, running: Running) -> None:
    api.fail(Trouble(status=403, code=50007, times=5))
    async with running() as made:
        await sendable(made)
        with pytest.raises(SendError) as caught:
            await made.send(CHAT, Reply(spans=(Text("今日一讲"),)))
    assert caught.value.failure is Failure.BLOCKED
    assert len([each for each in api.calls if each.path.endswith("/messages")]) == 1


@pytest.mark.parametrize(
    ("trouble", "failure"),
    [
        (Trouble(status=503), Failure.UNKNOWN),
        (Trouble(drop=True), Failure.UNKNOWN),
        (Trouble(status=404, code=10003), Failure.BLOCKED),
        (Trouble(status=403, code=50013), Failure.BLOCKED),
        (Trouble(status=400, code=50035), Failure.REFUSED),
        (Trouble(status=401), Failure.DOWN),
    ],
)
async def test_what_is_known_about_something_that_was_not_sent(
    api: DiscordApi, running: Running, trouble: Trouble, failure: Failure
) -> None:
    async with running() as made:
        await sendable(made)
        api.fail(trouble)
        with pytest.raises(SendError) as caught:
            await made.send(CHAT, Reply(spans=(Text("今日一讲"),)))
    assert caught.value.failure is failure
    assert "今日" not in str(caught.value)


async def test_a_colleague_is_told_in_direct_messages_that_can_be_opened(
    api: DiscordApi, running: Running
) -> None:
    colleague = Person(platform=Platform.DISCORD, id="99")
    async with running() as made:
        await sendable(made)
        chat = await made.direct(colleague)
        assert chat is not None
        assert chat.private
        await made.send(chat, Reply(spans=(Text("交给你了"),)))
        (said,) = await api.call("POST", f"/channels/{chat.id}/messages")
        assert said.data["content"] == "交给你了"
        api.fail(Trouble(path="/users/@me/channels", status=400, code=50007))
        assert await made.direct(Person(platform=Platform.DISCORD, id="98")) is None
    assert await made.direct(colleague) is None


async def test_the_same_words_are_not_sent_twice_by_a_second_try(api: DiscordApi, running: Running) -> None:
    async with running() as made:
        await sendable(made)
        first = await made.send(CHAT, Reply(spans=(Text("今日一讲"),)))
        again = await made.send(CHAT, Reply(spans=(Text("今日一讲"),)))
        other = await made.send(CHAT, Reply(spans=(Text("明日一讲"),)))
    assert first == again
    assert other != first
    assert len(api.messages) == 2


async def test_nothing_can_be_sent_while_it_does_not_run(adapter: Callable[..., Discord]) -> None:
    with pytest.raises(SendError) as caught:
        await adapter().send(CHAT, Reply(spans=(Text("今日一讲"),)))
    assert caught.value.failure is Failure.UNSENT
