"""What the platform or the way to it does to a delivery: rows 7 to 14 and 24 to 27 of docs/delivery.md."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.telegram.outgoing import Part
from bot.daily.deliveries import Delivery, Holder, State
from bot.daily.subscriptions import SubscriberState
from bot.messages import Platform
from knowledge.errors import CoursebotError
from tests.adapters.sql.delivering import DAY, DUE, Post, chat
from tests.botapi.server import BotApi, Trouble
from tests.delivery.rig import Clock, Rig, digests, rig, sent, telegram

MANY = 12


async def many(post: Post, number: int = MANY) -> None:
    for each in range(1, number + 1):
        await post.subscribed(each)


async def test_row_07_a_429_stops_that_token_until_its_deadline_and_counts_as_nothing(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await many(post)
    wait = Trouble(code=429, description="Too Many Requests: retry after 7", parameters={"retry_after": 7})
    api.trouble("sendMessage", *[wait] * 3)
    await running.at(DUE)
    before = len(sent(api))
    assert before < MANY
    api._troubles["sendMessage"].clear()
    clock.forward(6)
    await running.tick()
    assert len(sent(api)) == before
    clock.forward(1.5)
    await running.tick(3)
    assert len(sent(api)) == MANY
    assert {each.attempt for each in await post.all()} == {0}
    # The longest due first, as before the pause: whoever was refused is not put behind the others.
    late = [number for number, _ in sent(api)[before:]]
    # A thousand a second overtake each other on the wire by a place or two.
    assert all(abs(place - sorted(late).index(number)) <= 3 for place, number in enumerate(late))


async def test_row_08_after_a_long_pause_whoever_asked_goes_first(
    running: Rig, api: BotApi, post: Post, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await many(post)
    long = Trouble(
        code=429, description="Too Many Requests: retry after 900", parameters={"retry_after": 900}
    )
    api.trouble("sendMessage", *[long] * 60)
    await running.at(DUE)
    api._troubles["sendMessage"].clear()
    assert "paused" in {getattr(each, "action", "") for each in caplog.records}
    assert State.QUEUED in (await post.desk.overview()).counts
    assert sent(api) == []
    messenger: Any = running.messenger
    answer = asyncio.create_task(messenger._sender.say(chat(99), Part("answer", "answer")))
    await asyncio.sleep(0.05)
    clock.forward(901)
    await running.tick(3)
    await answer
    assert sent(api)[0] == (1099, "answer")
    assert len(sent(api)) == MANY + 1


async def test_row_09_a_reader_who_blocked_the_bot_is_left_alone_until_they_are_back(
    running: Rig, api: BotApi, post: Post
) -> None:
    made = await post.subscribed(1)
    api.blocked.add(1001)
    await running.at(DUE)
    assert await running.states() == [State.BLOCKED]
    assert (await post.subscriber(made.id)).state is SubscriberState.BLOCKED
    api.blocked.clear()
    await running.at(DUE + 2 * DAY)
    assert sent(api) == []
    await post.subscriptions.returned(chat(1), at=DUE + 2 * DAY + timedelta(minutes=5))
    await running.at(DUE + 3 * DAY)
    assert sent(api) == [(1001, "digest 01")]


async def test_row_10_a_group_that_moved_gets_the_same_digest_at_its_new_address(
    running: Rig, api: BotApi, post: Post
) -> None:
    made = await post.subscribed(1)
    moved = Trouble(
        code=400,
        description="Bad Request: group chat was upgraded to a supergroup chat",
        parameters={"migrate_to_chat_id": -1009},
    )
    api.trouble("sendMessage", moved)
    await running.at(DUE)
    assert sent(api) == [(-1009, "digest 01")]
    assert (await post.subscriber(made.id)).chat.id == "-1009"
    await running.at(DUE + DAY)
    assert sent(api)[1:] == [(-1009, "digest 02")]


async def test_row_11_refused_markup_goes_out_as_plain_text_and_then_fails_for_good(
    running: Rig, api: BotApi, post: Post
) -> None:
    await post.subscribed(1)
    await post.subscribed(2)
    bad = Trouble(code=400, description="Bad Request: can't parse entities: whatever")
    api.trouble("sendMessage", bad)
    await running.at(DUE)
    assert sorted(sent(api)) == [(1001, "digest 01"), (1002, "digest 01")]
    api.trouble("sendMessage", *[bad] * 4)
    await running.at(DUE + DAY)
    await running.tick(3)
    assert sorted(await running.states()) == [State.FAILED] * 2 + [State.SENT] * 2
    assert running.told == ["delivery-failed"] * 2
    assert len(sent(api)) == 2


async def test_row_12_without_a_connection_it_certainly_is_unsent_and_tried_again(
    post: Post, clock: Clock
) -> None:
    await many(post, 3)
    async with BotApi() as api:
        port = int(api.base_url.rsplit(":", 1)[1])
        made = rig(post, telegram(post, api, clock), clock=clock)
        await made.lead()
        await api.__aexit__()
        await made.at(DUE)
        found = await post.all()
        assert {each.state for each in found} == {State.QUEUED}
        assert {each.unknown_count for each in found} == {0}
        assert max(each.attempt for each in found) == 1
        again = BotApi()
        await again.__aenter__(port)
        try:
            for _ in range(5):
                clock.forward(60)
                await made.tick()
            assert sorted(sent(again)) == [(1001 + each, "digest 01") for each in range(3)]
        finally:
            await made.retire()
            await again.__aexit__()


@pytest.mark.parametrize(
    "trouble",
    [Trouble(drop="after"), Trouble(code=502, description="Bad Gateway")],
    ids=["reply lost", "server error"],
)
async def test_row_13_when_nobody_knows_it_is_sent_once_more_and_no_more(
    trouble: Trouble, running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await post.subscribed(1)
    api.trouble("sendMessage", trouble, trouble, trouble)
    await running.at(DUE)
    for _ in range(10):
        clock.forward(60)
        await running.tick()
    (one,) = await post.all()
    assert (one.state, one.unknown_count) == (State.UNKNOWN, 2)
    assert len(api._troubles["sendMessage"]) == 1
    assert running.told == ["delivery-unknown"]
    # The lesson is not lost: it comes with the next day.
    api._troubles["sendMessage"].clear()
    await running.at(DUE + DAY)
    assert sent(api)[-1] == (1001, "digest 01")


async def test_row_13_copies_of_a_digest_carry_one_number(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await post.subscribed(1)
    api.trouble("sendMessage", Trouble(drop="after"))
    await running.at(DUE)
    clock.forward(60)
    await running.tick()
    first, second = digests(api)
    assert first.buttons == second.buttons
    assert await running.states() == [State.SENT]


async def test_row_13_the_operator_may_have_it_held_instead(post: Post, api: BotApi, clock: Clock) -> None:
    made = rig(post, telegram(post, api, clock), clock=clock, resend=False)
    await made.lead()
    await post.subscribed(1)
    api.trouble("sendMessage", Trouble(drop="after"))
    await made.at(DUE)
    clock.forward(600)
    await made.tick(3)
    assert await made.states() == [State.HELD]
    assert len(sent(api)) == 1
    await made.retire()


async def test_row_14_a_token_that_is_refused_stops_the_platform_and_burns_nothing(
    running: Rig, api: BotApi, post: Post
) -> None:
    await many(post)
    api.trouble("sendMessage", *[Trouble(code=401, description="Unauthorized")] * 60)
    await running.at(DUE)
    assert running.leading is not None
    with pytest.raises(CoursebotError, match="telegram-token"):
        await asyncio.wait_for(running.leading, 10)
    found = await post.all()
    assert {(each.state, each.attempt, each.unknown_count) for each in found} == {(State.QUEUED, 0, 0)}
    assert "telegram-down" in running.alarms.red


class Locked:
    """The database is locked for the first so many records; the records themselves are the store's own."""

    def __init__(self, post: Post, method: str, times: int, key: str = "database-locked") -> None:
        self._real: Callable[..., Awaitable[Any]] = getattr(post.deliveries, method)
        self._times = times
        self._key = key
        setattr(post.deliveries, method, self)

    async def __call__(self, *args: Any, **more: Any) -> Any:
        if self._times:
            self._times -= 1
            raise CoursebotError(self._key, path="x")
        return await self._real(*args, **more)


async def test_row_24_the_record_is_tried_again_and_the_sending_is_not(
    running: Rig, api: BotApi, post: Post
) -> None:
    await post.subscribed(1)
    Locked(post, "sent", 4)
    await running.at(DUE)
    assert sent(api) == [(1001, "digest 01")]
    assert await running.states() == [State.SENT]
    assert running.told == ["database-trouble"]
    assert running.alarms.red == set()


async def test_row_25_with_a_full_disk_nothing_is_armed_and_health_is_red(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await many(post, 3)
    Locked(post, "arm", 3, "database-full")
    await running.at(DUE)
    assert sent(api) == []
    assert running.alarms.red == {"disk-full"}
    for _ in range(6):
        clock.forward(60)
        await running.tick()
        await running.pump.recover()
    assert sorted(sent(api)) == [(1001 + each, "digest 01") for each in range(3)]
    assert running.alarms.red == set()
    assert running.told == ["disk-full"]


async def test_row_26_whoever_pauses_or_leaves_at_the_last_moment_gets_nothing(
    post: Post, api: BotApi, clock: Clock
) -> None:
    paused, left = await post.subscribed(1), await post.subscribed(2)

    async def change(place: str) -> None:
        if place == "claimed":
            await post.subscriptions.pause(paused.id, until=None, at=clock.now())
            await post.subscriptions.leave(left.reading[0].id, at=clock.now())

    made = rig(post, telegram(post, api, clock), clock=clock, checkpoint=change)
    await made.lead()
    await made.at(DUE)
    assert sent(api) == []
    assert set(await made.states()) == {State.EXPIRED}
    assert (await post.subscriber(paused.id)).reading[0].position == 0
    await made.retire()


async def test_an_end_in_the_middle_of_a_tick_is_no_error(
    post: Post, api: BotApi, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ticking = asyncio.Event()

    async def wait(_: str) -> None:
        ticking.set()
        await asyncio.sleep(60)

    made = rig(post, telegram(post, api, clock), clock=clock, checkpoint=wait)
    await post.subscribed(1)
    clock.to(DUE)
    running = asyncio.create_task(made.engine.run())
    async with asyncio.timeout(10):
        await ticking.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0.1)
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_row_27_at_the_end_what_is_on_the_wire_is_recorded_and_the_rest_given_back(
    post: Post, api: BotApi, clock: Clock
) -> None:
    made = rig(post, telegram(post, api, clock, per_second=20), clock=clock)
    await made.lead()
    await many(post, 80)
    api.trouble("sendMessage", *[Trouble(delay=0.1)] * 80)
    clock.to(DUE)
    await made.engine.tick()
    await api.until(lambda: len(sent(api)) >= 5)
    await made.retire()
    found = await post.all()
    assert {each.state for each in found} == {State.SENT, State.QUEUED}
    arrived = sorted(number for number, _ in sent(api))
    assert sorted(int(each.chat.id) for each in found if each.state is State.SENT) == arrived
    # And the next one takes the lease over at once.
    assert await post.leases.acquire(Platform.TELEGRAM, "two", at=DUE, until=DUE + DAY) is not None


async def test_what_cannot_be_composed_is_tried_some_times_and_told(
    post: Post, api: BotApi, clock: Clock
) -> None:
    async def broken(_: Delivery) -> None:
        raise ValueError("the words of a reader")

    made = rig(post, telegram(post, api, clock), clock=clock, compose=broken)
    await made.lead()
    await post.subscribed(1)
    await made.at(DUE)
    for _ in range(5):
        clock.forward(600)
        await made.tick()
    (one,) = await post.all()
    assert (one.state, one.attempt) == (State.FAILED, 2)
    assert made.told == ["delivery-failed"]
    await made.retire()


async def test_a_delivery_with_nothing_to_say_any_more_is_over(post: Post, api: BotApi, clock: Clock) -> None:
    async def silent(_: Delivery) -> None:
        return None

    made = rig(post, telegram(post, api, clock), clock=clock, compose=silent)
    await made.lead()
    await post.subscribed(1)
    await made.at(DUE)
    assert await made.states() == [State.EXPIRED]
    await made.retire()


async def test_a_claim_of_ours_that_was_lost_sight_of_is_taken_up_again(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await post.subscribed(1)
    clock.to(DUE)
    await post.deliveries.plan(at=DUE)
    holder = running.pump._holder
    assert isinstance(holder, Holder)
    await post.claim(holder, DUE)
    await running.pump.recover()
    await running.tick()
    assert sent(api) == [(1001, "digest 01")]
