"""What every store of deliveries keeps, whatever process uses it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from adapters.sql.database import Database
from bot.daily.deliveries import Notice, Planned, State
from bot.messages import Platform
from tests.adapters.sql.delivering import DAY, DUE, SHANGHAI, START, Post, chat, course, person

SOON = timedelta(seconds=1)


@pytest.fixture
async def post(database: Database) -> Post:
    post = Post.of(database)
    await post.courses.save(course(), at=START)
    await post.courses.save(course(2, "go"), at=START)
    return post


async def test_a_day_is_planned_once_and_the_next_one_is_known(post: Post) -> None:
    made = await post.subscribed(1, "k8s", "go")
    assert await post.deliveries.plan(at=DUE - SOON) == Planned()
    assert await post.deliveries.plan(at=DUE) == Planned(subscribers=1, queued=2)
    assert await post.deliveries.plan(at=DUE) == Planned()
    after = await post.subscriber(made.id)
    assert after.last_on == date(2026, 3, 2)
    assert after.next is not None
    assert after.next.at == DUE + DAY


async def test_planning_goes_by_batches_the_longest_due_first(post: Post) -> None:
    for number in range(5):
        later = replace(SHANGHAI, at=(DUE.replace(tzinfo=None) + timedelta(hours=8, minutes=-number)).time())
        await post.subscribed(number, schedule=later)
    planned = [await post.deliveries.plan(at=DUE, limit=2) for _ in range(4)]
    assert [each.subscribers for each in planned] == [2, 2, 1, 0]
    holder = await post.holder(START)
    assert [each.subscriber for each in await post.claim(holder, DUE)] == [5, 4, 3, 2, 1]


async def test_row_17_two_planners_at_once_plan_a_day_once(post: Post, url: str) -> None:
    for number in range(20):
        await post.subscribed(number)
    other = Database(url)
    try:
        both = [post.deliveries, Post.of(other).deliveries]
        await asyncio.gather(*(store.plan(at=DUE, limit=20) for store in both * 3))
    finally:
        await other.dispose()
    found = await post.all()
    assert sorted(each.subscriber or 0 for each in found) == list(range(1, 21))


async def test_row_17_two_claimers_at_once_share_what_there_is(post: Post, url: str) -> None:
    for number in range(20):
        await post.subscribed(number)
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    other = Database(url)
    try:
        both = [post, Post.of(other)]
        taken = await asyncio.gather(*(each.claim(holder, DUE, 7) for each in both * 3))
    finally:
        await other.dispose()
    ids = [each.id for some in taken for each in some]
    assert len(ids) == len(set(ids)) == 20


async def test_only_the_holder_of_the_lease_claims_and_arms(post: Post) -> None:
    await post.subscribed()
    old = await post.holder(START, "old")
    await post.deliveries.plan(at=DUE)
    (taken,) = await post.claim(old, DUE)
    new = await post.holder(DUE, "new")
    assert new.epoch == old.epoch + 1
    assert not await post.deliveries.arm(old, taken, at=DUE)
    assert await post.claim(old, DUE) == []
    assert await post.deliveries.recover(new, resend=True, at=DUE) == 1
    (again,) = await post.claim(new, DUE)
    assert (again.id, again.unknown_count) == (taken.id, 0)
    assert await post.deliveries.arm(new, again, at=DUE)


async def test_a_lease_is_waited_for_renewed_and_given_back(post: Post) -> None:
    take = post.leases.acquire
    until = START + 30 * SOON
    first = await take(Platform.TELEGRAM, "a", at=START, until=until)
    assert first is not None
    assert await take(Platform.TELEGRAM, "b", at=START, until=until) is None
    assert await take(Platform.DISCORD, "b", at=START, until=until) is not None
    assert await take(Platform.TELEGRAM, "a", at=START + SOON, until=until + SOON) == first
    assert await take(Platform.TELEGRAM, "b", at=until, until=until + DAY) is None
    second = await take(Platform.TELEGRAM, "b", at=until + SOON, until=until + DAY)
    assert second is not None
    assert second.epoch == first.epoch + 1
    await post.leases.release(first, at=until + SOON)
    assert await take(Platform.TELEGRAM, "a", at=until + SOON, until=until + DAY) is None
    await post.leases.release(second, at=until + SOON)
    third = await take(Platform.TELEGRAM, "a", at=until + SOON, until=until + DAY)
    assert third is not None
    assert third.epoch == second.epoch + 1


async def test_a_lease_that_was_made_while_a_clock_was_ahead_keeps_nobody_out(post: Post) -> None:
    take = post.leases.acquire
    ahead = START + 30 * DAY
    await take(Platform.TELEGRAM, "a", at=ahead, until=ahead + 30 * SOON)
    assert await take(Platform.TELEGRAM, "b", at=START, until=START + 30 * SOON) is not None


async def test_whoever_asks_for_a_lease_at_once_one_gets_it(post: Post, url: str) -> None:
    other = Database(url)
    try:
        leases = [post.leases, Post.of(other).leases] * 4
        got = await asyncio.gather(
            *(
                each.acquire(Platform.TELEGRAM, f"owner {number}", at=START, until=START + DAY)
                for number, each in enumerate(leases)
            )
        )
    finally:
        await other.dispose()
    assert len([each for each in got if each]) == 1


async def test_an_armed_delivery_is_armed_once(post: Post) -> None:
    await post.subscribed()
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    (taken,) = await post.claim(holder, DUE)
    armed = await asyncio.gather(*(post.deliveries.arm(holder, taken, at=DUE) for _ in range(4)))
    assert sorted(armed) == [False, False, False, True]


async def test_what_was_left_in_the_middle_of_sending_is_sent_once_more_at_most(post: Post) -> None:
    await post.subscribed()
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    for boot, expected in (("b", State.QUEUED), ("c", State.UNKNOWN)):
        (taken,) = await post.claim(holder, DUE)
        assert await post.deliveries.arm(holder, taken, at=DUE)
        holder = await post.holder(DUE, boot)
        assert await post.deliveries.recover(holder, resend=True, at=DUE) == 1
        assert [each.state for each in await post.all()] == [expected]
    assert await post.claim(holder, DUE) == []


async def test_what_was_left_in_the_middle_of_sending_is_held_where_the_operator_wants_that(
    post: Post,
) -> None:
    made = await post.subscribed()
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    (taken,) = await post.claim(holder, DUE)
    await post.deliveries.arm(holder, taken, at=DUE)
    holder = await post.holder(DUE, "b")
    await post.deliveries.recover(holder, resend=False, at=DUE)
    # Neither is it sent again, nor is the next lesson sent in its place.
    assert await post.send(holder, DUE + DAY) == []
    assert [each.state for each in await post.all()] == [State.HELD]
    assert await post.desk.settle([taken.id], at=DUE + DAY) == [taken.id]
    assert (await post.subscriber(made.id)).reading[0].position == 2
    assert [each.lesson for each in await post.send(holder, DUE + 2 * DAY)] == ["02"]


async def test_what_is_in_somebodys_hands_is_not_recovered(post: Post) -> None:
    await post.subscribed(1)
    await post.subscribed(2)
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    mine, lost = await post.claim(holder, DUE)
    assert await post.deliveries.recover(holder, busy=[mine.id], resend=True, at=DUE) == 1
    assert {each.id: each.state for each in await post.all()} == {
        mine.id: State.CLAIMED,
        lost.id: State.QUEUED,
    }


async def test_the_record_and_the_place_are_one(post: Post) -> None:
    made = await post.subscribed()
    holder = await post.holder(START)
    (sent,) = await post.send(holder, DUE)
    (kept,) = await post.all()
    assert (kept.state, kept.message_id) == (State.SENT, f"m{sent.id}")
    assert (await post.subscriber(made.id)).reading[0].position == 2
    # Recording it again, as after a time-out of the database, changes nothing.
    await post.deliveries.sent(sent, "other", at=DUE)
    assert await post.all() == [kept]


async def test_a_sending_that_another_process_took_up_again_is_sent_when_it_is_known_to_be(
    post: Post,
) -> None:
    made = await post.subscribed()
    old = await post.holder(START, "old")
    await post.deliveries.plan(at=DUE)
    (slow,) = await post.claim(old, DUE)
    await post.deliveries.arm(old, slow, at=DUE)
    new = await post.holder(DUE, "new")
    await post.deliveries.recover(new, resend=True, at=DUE)
    (again,) = await post.claim(new, DUE)
    await post.deliveries.sent(slow, "m", at=DUE)
    assert not await post.deliveries.arm(new, again, at=DUE)
    assert (await post.subscriber(made.id)).reading[0].position == 2


async def test_an_unsent_message_waits_for_its_time_and_counts_only_where_it_should(post: Post) -> None:
    await post.subscribed()
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    at = DUE
    for counted, attempts in ((False, 0), (True, 1)):
        (taken,) = await post.claim(holder, at)
        await post.deliveries.arm(holder, taken, at=at)
        later = at + 60 * SOON
        await post.deliveries.unsent(holder, taken, "no", counted=counted, retry_at=later, at=at)
        assert await post.claim(holder, later - SOON) == []
        (again,) = await post.claim(holder, later)
        assert again.attempt == attempts
        await post.deliveries.unclaim(holder, [again], at=later)
        at = later


async def test_whoever_pauses_or_leaves_gets_nothing_that_waits(post: Post) -> None:
    paused, left = await post.subscribed(1), await post.subscribed(2)
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    taken = await post.claim(holder, DUE)
    await post.subscriptions.pause(paused.id, until=None, at=DUE)
    await post.subscriptions.leave(left.reading[0].id, at=DUE)
    assert [await post.deliveries.arm(holder, each, at=DUE) for each in taken] == [False, False]
    assert {each.state for each in await post.all()} == {State.EXPIRED}


async def test_a_failure_of_someone_who_left_meanwhile_is_not_tried_for_ever(post: Post) -> None:
    made = await post.subscribed()
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    (taken,) = await post.claim(holder, DUE)
    await post.deliveries.arm(holder, taken, at=DUE)
    await post.subscriptions.leave(made.reading[0].id, at=DUE)
    await post.deliveries.unsent(holder, taken, "no", counted=True, retry_at=DUE, at=DUE)
    (again,) = await post.claim(holder, DUE)
    assert not await post.deliveries.arm(holder, again, at=DUE)
    await post.deliveries.unclaim(holder, [again], at=DUE)
    assert [each.state for each in await post.all()] == [State.EXPIRED]


async def test_a_later_day_takes_the_place_of_one_that_waits(post: Post) -> None:
    await post.subscribed()
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    assert await post.deliveries.plan(at=DUE + DAY) == Planned(subscribers=1, queued=1, expired=1)
    (sent,) = await post.send(holder, DUE + DAY)
    assert (sent.on, sent.lesson) == (date(2026, 3, 3), "01")


async def test_a_later_day_waits_for_what_is_being_sent(post: Post) -> None:
    await post.subscribed()
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    (taken,) = await post.claim(holder, DUE)
    await post.deliveries.arm(holder, taken, at=DUE)
    assert await post.deliveries.plan(at=DUE + DAY) == Planned()
    await post.deliveries.sent(taken, "m", at=DUE + DAY)
    (sent,) = await post.send(holder, DUE + DAY)
    assert (sent.on, sent.lesson) == (date(2026, 3, 3), "02")


async def test_a_notice_is_told_once_for_all_time(post: Post) -> None:
    notice = Notice(
        key="case:1", kind="case", chat=chat(1), language="en", subject={"case": 1, "why": "你好"}
    )
    other = replace(notice, key="case:2")
    assert await post.deliveries.notify([notice], at=DUE) == 1
    assert await post.deliveries.notify([notice, other], at=DUE) == 1
    holder = await post.holder(START)
    sent = await post.send(holder, DUE)
    assert [dict(each.subject) for each in sent] == [{"case": 1, "why": "你好"}] * 2
    assert await post.deliveries.notify([notice, other], at=DUE + DAY) == 0
    assert await post.send(holder, DUE + DAY) == []


async def test_what_could_not_be_sent_for_long_is_expired(post: Post) -> None:
    await post.deliveries.notify([Notice(key="a", kind="test", chat=chat(1), language="en")], at=DUE)
    assert await post.deliveries.expire(before=DUE, at=DUE + DAY) == 0
    assert await post.deliveries.expire(before=DUE + SOON, at=DUE + DAY) == 1
    assert await post.send(await post.holder(START), DUE + DAY) == []


async def test_of_an_old_notice_only_its_key_is_kept(post: Post) -> None:
    notice = Notice(
        key="case:1", kind="case", chat=chat(1), language="en", subject={"case": 1}, person=person(1)
    )
    await post.deliveries.notify([notice], at=DUE)
    await post.send(await post.holder(START), DUE)
    await post.deliveries.expire(before=DUE, at=DUE + DAY)
    assert (await post.all())[0].chat == chat(1)
    await post.deliveries.expire(before=DUE + SOON, at=DUE + DAY)
    (kept,) = await post.all()
    assert (kept.chat.id, dict(kept.subject)) == ("", {})
    assert await post.deliveries.notify([notice], at=DUE + DAY) == 0


async def test_while_all_is_held_nothing_is_planned_claimed_or_armed(post: Post) -> None:
    await post.subscribed(1)
    await post.subscribed(2)
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE, limit=1)
    (taken,) = await post.claim(holder, DUE)
    await post.desk.hold_all("operator")
    assert await post.deliveries.plan(at=DUE) == Planned()
    assert not await post.deliveries.arm(holder, taken, at=DUE)
    await post.deliveries.unclaim(holder, [taken], at=DUE)
    assert await post.claim(holder, DUE) == []
    assert (await post.desk.overview()).hold == "operator"
    assert await post.desk.release_all() == "operator"
    assert len(await post.send(holder, DUE)) == 2


async def test_an_operator_holds_releases_and_retries_single_deliveries(post: Post) -> None:
    for number in range(1, 4):
        await post.subscribed(number)
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    first, second, third = await post.claim(holder, DUE)
    assert await post.desk.hold([first.id, 999], at=DUE) == [first.id]
    assert not await post.deliveries.arm(holder, first, at=DUE)
    assert await post.desk.release([first.id, second.id], at=DUE) == [first.id]
    await post.deliveries.arm(holder, second, at=DUE)
    await post.deliveries.failed(holder, second, "no", at=DUE)
    await post.deliveries.arm(holder, third, at=DUE)
    await post.deliveries.sent(third, "m", at=DUE)
    assert await post.desk.retry([first.id, second.id, third.id], at=DUE) == [second.id]
    assert [each.id for each in await post.send(holder, DUE)] == [first.id, second.id]
    overview = await post.desk.overview()
    assert overview.counts == {State.SENT: 3}
    assert [each.id for each in await post.desk.deliveries([State.SENT], limit=2)] == [third.id, second.id]


async def test_a_lesson_that_went_out_meanwhile_is_not_retried(post: Post) -> None:
    await post.subscribed()
    holder = await post.holder(START)
    await post.deliveries.plan(at=DUE)
    (taken,) = await post.claim(holder, DUE)
    await post.deliveries.arm(holder, taken, at=DUE)
    await post.deliveries.failed(holder, taken, "no", at=DUE)
    (sent,) = await post.send(holder, DUE + DAY)
    assert sent.lesson == "01"
    assert await post.desk.retry([taken.id], at=DUE + DAY) == []


async def test_each_claim_raises_the_number_by_which_a_backup_is_told(post: Post) -> None:
    await post.subscribed()
    holder = await post.holder(START)
    name, before = await post.desk.beat()
    await post.send(holder, DUE)
    again, after = await post.desk.beat()
    assert (again, after) == (name, before + 1)
    await post.desk.release_all(beat=50)
    assert (await post.desk.beat())[1] == 50


async def test_what_would_be_planned_can_be_seen_before_it_is(post: Post) -> None:
    await post.subscribed(1, "k8s", "go")
    assert await post.subscriptions.due(at=DUE - SOON) == []
    seen = await post.subscriptions.due(at=DUE)
    assert [(each.course, each.lesson, each.on) for each in seen] == [
        ("k8s", "01", date(2026, 3, 2)),
        ("go", "01", date(2026, 3, 2)),
    ]
    assert await post.all() == []
    await post.deliveries.plan(at=DUE)
    assert [(each.course, each.lesson) for each in await post.all()] == [("k8s", "01"), ("go", "01")]
