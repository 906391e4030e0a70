"""What goes wrong between us and Telegram, and what comes of it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

from adapters.sql.inbox import SqlInbox
from adapters.telegram import adapter as adapter_module
from adapters.telegram.adapter import Telegram
from adapters.telegram.limiter import Limiter
from bot.errors import Failure, SendError
from bot.messages import Chat, Incoming, Message, Platform
from bot.replies import Reply, Text
from knowledge.errors import CoursebotError
from tests.adapters.telegram_.conftest import Running, echo, now
from tests.botapi.server import TOKEN, BotApi, Trouble
from tests.botapi.updates import READER, message

CHAT = Chat(platform=Platform.TELEGRAM, id=str(READER))
HELLO = Reply(spans=(Text("hello"),))
ACCOUNT = "telegram:424242"


async def test_told_to_slow_down_everything_waits_that_long(api: BotApi, running: Running) -> None:
    api.trouble("sendMessage", Trouble(429, "Too Many Requests: retry after 1", {"retry_after": 1}))
    async with running():
        start = time.monotonic()
        api.push(message("a", sender=1))
        await asyncio.sleep(0.3)
        api.push(message("b", sender=2))
        await api.call("sendMessage", 2)
    assert [call.at - start >= 1.0 for call in api.made("sendMessage")] == [True, True]
    assert [call.words for call in api.made("sendMessage")] == ["heard: a", "heard: b"]


@pytest.mark.parametrize(
    ("trouble", "copies"),
    [
        (Trouble(drop="before"), 1),
        (Trouble(502, "Bad Gateway"), 1),
        # Telegram has it and we cannot know: rather twice than never.
        (Trouble(drop="after"), 2),
    ],
)
async def test_an_answer_that_may_be_lost_is_sent_once_more(
    api: BotApi, running: Running, trouble: Trouble, copies: int
) -> None:
    api.trouble("sendMessage", trouble)
    async with running():
        api.push(message("q"))
        await api.call("sendMessage", copies)
        await asyncio.sleep(0.2)
    assert len(api.made("sendMessage")) == copies


async def test_of_a_message_nobody_asked_for_every_failure_is_reported(api: BotApi, running: Running) -> None:
    cases = [
        (Trouble(drop="after"), Failure.UNKNOWN),
        (Trouble(502, "Bad Gateway"), Failure.UNKNOWN),
        (Trouble(403, "Forbidden: bot was blocked by the user"), Failure.BLOCKED),
        (Trouble(400, "Bad Request: chat not found"), Failure.BLOCKED),
        (Trouble(429, "Too Many Requests", {"retry_after": 2}), Failure.UNSENT),
    ]
    async with running() as adapter:
        for trouble, failure in cases:
            api.trouble("sendMessage", trouble)
            with pytest.raises(SendError) as caught:
                await adapter.send(CHAT, HELLO)
            assert caught.value.failure is failure
            assert caught.value.retry_after == (2 if failure is Failure.UNSENT else 0)
        start = time.monotonic()
        await adapter.send(CHAT, HELLO)
        assert time.monotonic() - start > 1.5


async def test_of_a_long_message_that_was_cut_short_nobody_knows(api: BotApi, running: Running) -> None:
    long = Reply(spans=(Text("长。" * 3000),))
    api.trouble("sendMessage", Trouble(), Trouble(429, "Too Many Requests", {"retry_after": 1}))
    async with running() as adapter:
        with pytest.raises(SendError) as caught:
            await adapter.send(CHAT, long)
        assert caught.value.failure is Failure.UNKNOWN
        with pytest.raises(SendError) as caught:
            await adapter.send(CHAT, Reply(spans=()))
        assert caught.value.failure is Failure.REFUSED
    with pytest.raises(SendError) as caught:
        await adapter.send(CHAT, HELLO)
    assert caught.value.failure is Failure.UNSENT


async def test_without_a_connection_it_certainly_was_not_sent(
    api: BotApi, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running() as adapter:
        await api.__aexit__()
        with pytest.raises(SendError) as caught:
            await adapter.send(CHAT, HELLO)
        assert caught.value.failure is Failure.UNSENT


async def test_markup_that_telegram_refuses_is_sent_once_more_as_plain_text(
    api: BotApi, running: Running
) -> None:
    api.trouble("sendMessage", Trouble(400, "Bad Request: can't parse entities: whatever"))
    async with running():
        api.push(message("a < b"))
        call = await api.call("sendMessage")
    assert "parse_mode" not in call.data
    assert call.data["text"] == "heard: a < b"


async def test_what_is_refused_as_plain_text_too_is_given_up_and_the_next_is_answered(
    api: BotApi, running: Running, inbox: SqlInbox
) -> None:
    refused = Trouble(400, "Bad Request: whatever")
    api.trouble("sendMessage", refused, refused)
    async with running():
        api.push(message("a"))
        api.push(message("b"))
        assert (await api.call("sendMessage")).words == "heard: b"
        await asyncio.sleep(0.2)
        assert await inbox.waiting(ACCOUNT) == []


async def test_a_reader_who_blocked_us_is_left_alone(api: BotApi, running: Running, inbox: SqlInbox) -> None:
    api.blocked.add(1)
    async with running():
        api.push(message("a", sender=1))
        api.push(message("b", sender=2))
        await api.call("sendMessage")
        await asyncio.sleep(0.2)
        assert await inbox.waiting(ACCOUNT) == []


class Moves:
    def __init__(self) -> None:
        self.seen: list[tuple[Platform, str, str]] = []

    async def moved(self, platform: Platform, old: str, new: str) -> None:
        self.seen.append((platform, old, new))


async def test_a_group_that_became_a_supergroup_is_followed(api: BotApi, running: Running) -> None:
    moves = Moves()
    api.trouble(
        "sendMessage", Trouble(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -1002})
    )
    async with running(moves=moves):
        api.push(message("/ask x", to=-5))
        assert (await api.call("sendMessage")).data["chat_id"] == "-1002"
        api.push(message("/ask y", to=-5))
        assert (await api.call("sendMessage", 2)).data["chat_id"] == "-1002"
    assert moves.seen == [(Platform.TELEGRAM, "-5", "-1002")]


async def test_a_group_tells_that_it_moved(api: BotApi, running: Running) -> None:
    moves = Moves()
    service: dict[str, Any] = message("", to=-5, migrate_to_chat_id=-1003)
    del service["message"]["text"]
    async with running(moves=moves):
        api.push(service)
        api.push(message("q"))
        await api.call("sendMessage")
        await asyncio.sleep(0.1)
    assert moves.seen == [(Platform.TELEGRAM, "-5", "-1003")]


@pytest.mark.parametrize("token", ["1:wrong", "no token", "令牌", "1:../x", ":", "1:a\nb"])
async def test_a_wrong_token_is_one_sentence(api: BotApi, running: Running, token: str) -> None:
    with pytest.raises(CoursebotError) as caught:
        async with running(token=token):
            pass
    assert caught.value.key == "telegram-token"
    assert caught.value.__cause__ is None
    assert "wrong" not in str(caught.value)


async def ended(adapter: Telegram) -> CoursebotError:
    """What a running adapter ends of."""
    assert adapter._failed
    async with asyncio.timeout(8):
        return await asyncio.shield(adapter._failed)


async def test_a_token_that_is_withdrawn_ends_it(api: BotApi, running: Running) -> None:
    async with running() as adapter:
        await api.polled()
        api.token = "other"
        api.push(message("q"))
        assert (await ended(adapter)).key == "telegram-token"


async def test_a_second_program_with_the_token_ends_it(api: BotApi, running: Running) -> None:
    conflict = Trouble(409, "Conflict: terminated by other getUpdates request")
    api.trouble("getUpdates", conflict, conflict, conflict)
    async with running() as adapter:
        assert (await ended(adapter)).key == "telegram-conflict"


async def test_one_conflict_is_only_the_last_run_that_still_hangs_on(api: BotApi, running: Running) -> None:
    api.trouble("getUpdates", Trouble(409, "Conflict: terminated by other getUpdates request"))
    async with running():
        api.push(message("q"))
        await api.call("sendMessage")


async def test_telegram_may_come_up_later_than_we_do(
    api: BotApi, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter_module, "_FIRST_WAIT", 0.05)
    api.trouble("getMe", Trouble(502, "Bad Gateway"), Trouble(drop="before"), Trouble(502, "Bad Gateway"))
    async with running():
        api.push(message("q"))
        await api.call("sendMessage")


async def test_an_update_is_kept_before_it_is_confirmed_and_asked_for_again_when_that_fails(
    api: BotApi, running: Running, inbox: SqlInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, failures = inbox.keep, iter([True, False, False])

    async def fails_once(*args: Any, **options: Any) -> Any:
        if next(failures):
            raise CoursebotError("database-locked", path="x")
        return await keep(*args, **options)

    monkeypatch.setattr(inbox, "keep", fails_once)
    async with running():
        number = api.push(message("q"))
        await api.call("sendMessage")
        await api.confirmed(number)
    assert len(api.made("sendMessage")) == 1


async def test_what_was_not_answered_is_answered_after_the_next_start_once(
    api: BotApi, running: Running, inbox: SqlInbox
) -> None:
    stuck = asyncio.Event()

    async def hang(_: Incoming) -> list[Reply]:
        stuck.set()
        await asyncio.sleep(60)
        return []

    async with running(hang):
        number = api.push(message("q"))
        await stuck.wait()
        await api.confirmed(number)
    async with running():
        await api.call("sendMessage")
        await asyncio.sleep(0.2)
    async with running():
        await api.polled()
        await asyncio.sleep(0.2)
    assert len(api.made("sendMessage")) == 1


async def test_of_an_answer_that_was_cut_short_the_rest_is_sent_after_the_next_start(
    api: BotApi, running: Running
) -> None:
    async def long(_: Incoming) -> list[Reply]:
        return [Reply(spans=(Text("长。" * 5000),))]

    # At this rate the second of three parts would come too late for the end of the program.
    async with running(long, limiter=Limiter(chat_spacing=10)):
        api.push(message("q"))
        await api.call("sendMessage")
    async with running(long):
        await api.call("sendMessage", 3)
        await asyncio.sleep(0.2)
    assert "".join(call.words for call in api.made("sendMessage")) == "长。" * 5000


async def test_an_update_that_keeps_killing_the_program_is_given_up(
    api: BotApi, running: Running, inbox: SqlInbox
) -> None:
    raw = '{"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "x", "from": {"id": 7, "is_bot": false, "first_name": "R"}}}'  # noqa: E501
    await inbox.keep(ACCOUNT, [(1, raw)], at=now())
    for _ in range(10):
        await inbox.begun(ACCOUNT, 1)
    async with running():
        await api.polled()
        await asyncio.sleep(0.2)
    assert not api.made("sendMessage")
    assert await inbox.waiting(ACCOUNT) == []


async def test_a_fault_in_one_chat_does_not_stop_it(
    api: BotApi, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    async def faulty(incoming: Incoming) -> list[Reply]:
        if isinstance(incoming, Message) and incoming.text == "secret words":
            raise ValueError(incoming.text)
        return await echo(incoming)

    async with running(faulty):
        api.push(message("secret words"))
        api.push(message("q"))
        await api.call("sendMessage")
    assert "ValueError" in caplog.text
    assert "secret words" not in caplog.text


async def test_it_ends_in_time_although_nothing_answers(api: BotApi, running: Running) -> None:
    api.trouble("sendMessage", *[Trouble(delay=30)] * 20)
    async with running():
        for sender in range(1, 20):
            api.push(message("q", sender=sender))
        await api.call("sendMessage", 5)
        start = time.monotonic()
    assert time.monotonic() - start < 4.5


async def test_the_token_is_in_no_log(
    api: BotApi, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    # What reaches handlers is hidden by the formatter (`config.logs`); here: what we say ourselves.
    caplog.set_level(logging.DEBUG, logger="coursebot")
    api.trouble(
        "sendMessage", Trouble(502, "x"), Trouble(drop="before"), Trouble(400, f"Bad Request: {TOKEN}")
    )
    async with running():
        api.push(message("q"))
        await asyncio.sleep(0.5)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("coursebot")]
    assert ours
    assert not any(TOKEN in line for line in ours)
