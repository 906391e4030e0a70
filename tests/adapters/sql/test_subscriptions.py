from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from adapters.sql.database import Database
from bot.daily.deliveries import FINISHED, Notice, State
from bot.daily.schedule import Due, Schedule
from bot.daily.subscriptions import EnrolmentState, Reading, SubscriberState
from bot.messages import Platform
from bot.readers import ReaderStores
from knowledge.errors import CoursebotError
from tests.adapters.sql.delivering import DAY, DUE, SHANGHAI, START, Post, chat, course, person


@pytest.fixture
async def post(database: Database) -> Post:
    post = Post.of(database)
    await post.courses.save(course(), at=START)
    await post.courses.save(course(2, "go"), at=START)
    return post


async def test_a_subscriber_has_a_schedule_and_begins_with_the_first_lesson(post: Post) -> None:
    made = await post.subscribed(1, "k8s", "go")
    assert made.state is SubscriberState.ACTIVE
    assert made.next == Due(date(2026, 3, 2), DUE)
    assert [(each.course, each.position, each.state) for each in made.reading] == [
        ("k8s", 0, EnrolmentState.ACTIVE),
        ("go", 0, EnrolmentState.ACTIVE),
    ]
    assert await post.subscriptions.of(made.chat) == made
    assert await post.subscriptions.of(replace(made.chat, thread="7")) is None


async def test_each_has_a_place_of_their_own(post: Post) -> None:
    holder = await post.holder(START)
    await post.subscribed(1)
    for day in range(3):
        await post.send(holder, DUE + DAY * day)
    # What others were sent is nobody else's.
    await post.subscribed(2, at=DUE + DAY * 2 + timedelta(hours=1))
    sent = await post.send(holder, DUE + DAY * 3)
    assert [(each.chat.id, each.lesson) for each in sent] == [("1001", "04"), ("1002", "01")]


async def test_the_language_of_what_is_sent_is_chosen(post: Post) -> None:
    made = await post.subscribed()
    other = await post.subscribed(2)
    await post.subscriptions.speak(made.chat, "zh-Hant")
    await post.subscriptions.speak(chat(3), "zh-Hant")
    assert (await post.subscriber(made.id)).language == "zh-Hant"
    assert (await post.subscriber(other.id)).language == "en"


async def test_the_days_on_which_lessons_came(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed(1, "k8s", "go")
    other = await post.subscribed(2, at=DUE + timedelta(hours=1))
    assert await post.subscriptions.sent_on(made.id) == []
    for day in range(4):
        await post.send(holder, DUE + DAY * day)
    # The word that "go" is finished is no lesson; a digest that did not go out is none either.
    await post.deliveries.plan(at=DUE + DAY * 4)
    assert await post.subscriptions.sent_on(made.id) == [date(2026, 3, 2) + DAY * day for day in range(4)]
    assert await post.subscriptions.sent_on(other.id) == [date(2026, 3, 3) + DAY * day for day in range(3)]


async def test_a_course_that_is_not_there_is_refused(post: Post) -> None:
    made = await post.subscribed()
    with pytest.raises(CoursebotError, match="course-unknown"):
        await post.subscriptions.enrol(made.id, "rust", at=START)


async def test_subscribing_again_changes_the_schedule_and_keeps_the_place(post: Post) -> None:
    holder = await post.holder(START)
    await post.subscribed()
    await post.send(holder, DUE)
    evening = Schedule(at=time(20, 0), zone="Asia/Shanghai")
    again = await post.subscribed(schedule=evening, at=DUE + timedelta(hours=1))
    # Today's digest is out, so the new time counts from tomorrow on.
    assert again.next == Due(date(2026, 3, 3), datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert [each.position for each in again.reading] == [2]


async def test_whoever_leaves_the_last_course_is_gone_and_comes_back_to_their_place(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed(1, "k8s", "go")
    await post.send(holder, DUE)
    first, second = made.reading
    await post.subscriptions.leave(first.id, at=DUE)
    assert (await post.subscriber(made.id)).state is SubscriberState.ACTIVE
    await post.subscriptions.leave(second.id, at=DUE)
    gone = await post.subscriber(made.id)
    assert (gone.state, gone.next, gone.reading) == (SubscriberState.GONE, None, ())
    back = await post.subscribed(1, "k8s", at=DUE + DAY / 2)
    assert [(each.course, each.position) for each in back.reading] == [("k8s", 2)]


async def test_a_pause_ends_by_itself(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed()
    await post.subscriptions.pause(made.id, until=date(2026, 3, 9), at=START)
    assert (await post.subscriber(made.id)).state is SubscriberState.PAUSED
    for day in range(7):
        assert await post.send(holder, DUE + day * DAY) == []
    assert [each.on for each in await post.send(holder, DUE + 7 * DAY)] == [date(2026, 3, 9)]
    after = await post.subscriber(made.id)
    assert (after.state, after.paused_until) == (SubscriberState.ACTIVE, None)


async def test_a_pause_without_an_end_is_ended_by_the_reader(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed()
    await post.subscriptions.pause(made.id, until=None, at=START)
    assert await post.send(holder, DUE + 30 * DAY) == []
    await post.subscriptions.resume(made.id, at=DUE + 30 * DAY + timedelta(hours=1))
    assert [each.on for each in await post.send(holder, DUE + 31 * DAY)] == [date(2026, 4, 2)]


async def test_a_move_changes_the_digest_that_waits(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed()
    await post.deliveries.plan(at=DUE)
    (stale,) = await post.claim(holder, DUE)
    await post.subscriptions.move(made.reading[0].id, 4, at=DUE)
    assert not await post.deliveries.arm(holder, stale, at=DUE)
    (fresh,) = await post.send(holder, DUE)
    assert (fresh.id, fresh.lesson, fresh.on) == (stale.id, "04", stale.on)
    # And back: a lesson that was sent before is sent again when it is asked for.
    await post.subscriptions.move(made.reading[0].id, 4, at=DUE)
    assert [each.lesson for each in await post.send(holder, DUE + DAY)] == ["04"]
    assert [each.lesson for each in await post.send(holder, DUE + 2 * DAY)] == ["05"]


async def test_a_move_while_a_digest_is_sent_counts_and_the_digest_too(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed()
    await post.deliveries.plan(at=DUE)
    (sending,) = await post.claim(holder, DUE)
    assert await post.deliveries.arm(holder, sending, at=DUE)
    await post.subscriptions.move(made.reading[0].id, 4, at=DUE)
    await post.deliveries.sent(sending, "m", at=DUE)
    assert [each.lesson for each in await post.send(holder, DUE + DAY)] == ["04"]


async def test_the_end_of_a_course_is_told_once_and_it_goes_on_when_it_grows(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed(1, "go")
    sent = [each for day in range(5) for each in await post.send(holder, DUE + day * DAY)]
    assert [(each.kind, each.lesson) for each in sent] == [
        ("digest", "01"),
        ("digest", "02"),
        (FINISHED, ""),
    ]
    assert (await post.subscriber(made.id)).reading[0].state is EnrolmentState.FINISHED
    await post.courses.save(course(3, "go"), at=DUE)
    assert [each.lesson for each in await post.send(holder, DUE + 5 * DAY)] == ["03"]
    assert [each.kind for each in await post.send(holder, DUE + 6 * DAY)] == [FINISHED]


async def test_lessons_put_in_before_the_place_do_not_repeat_what_was_sent(post: Post) -> None:
    holder = await post.holder(START)
    await post.subscribed()
    for day in range(2):
        await post.send(holder, DUE + day * DAY)
    grown = course()
    new = replace(grown.lessons[0], slug="00", title="Foreword")
    lessons = tuple(
        replace(each, position=place) for place, each in enumerate((new, *grown.lessons), start=1)
    )
    await post.courses.save(replace(grown, lessons=lessons), at=DUE)
    assert [each.lesson for each in await post.send(holder, DUE + 2 * DAY)] == ["03"]


async def test_a_digest_that_was_asked_for_is_not_sent_again(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed()
    place = made.reading[0].id
    taken = await post.subscriptions.take(place, on=date(2026, 3, 2), at=START + timedelta(hours=5))
    assert taken is not None
    assert (taken.lesson, taken.state) == ("01", State.SENT)
    assert await post.send(holder, DUE) == []
    again = await post.subscriptions.take(place, on=date(2026, 3, 2), at=DUE)
    assert again == taken
    assert [each.lesson for each in await post.send(holder, DUE + DAY)] == ["02"]


async def test_asking_for_a_digest_that_waits_takes_it(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed()
    await post.deliveries.plan(at=DUE)
    (claimed,) = await post.claim(holder, DUE)
    taken = await post.subscriptions.take(made.reading[0].id, on=date(2026, 3, 2), at=DUE)
    assert taken is not None
    assert taken.id == claimed.id
    assert not await post.deliveries.arm(holder, claimed, at=DUE)
    assert (await post.subscriber(made.id)).reading[0].position == 2


async def test_a_digest_cannot_be_taken_while_it_is_sent_or_when_the_course_is_over(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed(1, "go")
    place = made.reading[0].id
    await post.deliveries.plan(at=DUE)
    (sending,) = await post.claim(holder, DUE)
    await post.deliveries.arm(holder, sending, at=DUE)
    assert await post.subscriptions.take(place, on=date(2026, 3, 2), at=DUE) is None
    await post.deliveries.sent(sending, "m", at=DUE)
    await post.send(holder, DUE + DAY)
    assert await post.subscriptions.take(place, on=date(2026, 3, 4), at=DUE + DAY) is None


async def test_two_copies_of_a_digest_count_as_one_lesson_read(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed()
    (sent,) = await post.send(holder, DUE)
    assert await post.subscriptions.mark(sent.id, Reading.DONE, on=date(2026, 3, 2), at=DUE)
    assert not await post.subscriptions.mark(sent.id, Reading.DONE, on=date(2026, 3, 2), at=DUE)
    assert not await post.subscriptions.mark(999, Reading.DONE, on=date(2026, 3, 2), at=DUE)
    (read,) = await post.subscriptions.read(made.reading[0].id)
    assert (read.lesson, read.reading, read.on) == ("01", Reading.DONE, date(2026, 3, 2))


async def test_the_number_of_a_delivery_says_nothing_in_another_chat(post: Post) -> None:
    await post.subscribed()
    (sent,) = await post.send(await post.holder(START), DUE)
    assert await post.subscriptions.delivery(sent.id, chat=chat(2)) is None
    found = await post.subscriptions.delivery(sent.id, chat=chat(1))
    assert found is not None
    assert (found.lesson, found.state, found.message_id) == ("01", State.SENT, f"m{sent.id}")


async def test_a_blocked_reader_is_left_alone_until_they_speak(post: Post) -> None:
    holder = await post.holder(START)
    made = await post.subscribed(1, "k8s", "go")
    await post.deliveries.notify([Notice(key="a", kind="test", chat=chat(1), language="en")], at=DUE)
    await post.deliveries.plan(at=DUE)
    first, *rest = await post.claim(holder, DUE)
    await post.deliveries.arm(holder, first, at=DUE)
    await post.deliveries.blocked(holder, first, "no", at=DUE)
    assert {each.state for each in await post.all()} == {State.BLOCKED}
    assert not await post.deliveries.arm(holder, rest[0], at=DUE)
    blocked = await post.subscriber(made.id)
    assert (blocked.state, blocked.next) == (SubscriberState.BLOCKED, None)
    assert await post.send(holder, DUE + 3 * DAY) == []
    assert not await post.subscriptions.returned(chat(2), at=DUE + 3 * DAY)
    assert await post.subscriptions.returned(chat(1), at=DUE + 3 * DAY + timedelta(hours=1))
    assert not await post.subscriptions.returned(chat(1), at=DUE + 3 * DAY + timedelta(hours=1))
    sent = await post.send(holder, DUE + 4 * DAY)
    assert [(each.kind, each.lesson) for each in sent] == [
        ("test", ""),
        ("digest", "01"),
        ("digest", "01"),
    ]


async def test_what_is_kept_names_nobody_but_the_address(post: Post) -> None:
    await post.subscriptions.subscribe(
        chat(1),
        person=replace(person(77), name="Ann"),
        language="en",
        schedule=Schedule(at=time(8), zone="UTC"),
        at=START,
    )
    assert await post.number("subscriber WHERE person = '1077' OR person LIKE '%Ann%'") == 0
    assert await post.number(f"subscriber WHERE platform = '{Platform.TELEGRAM}' AND chat = '1001'") == 1


async def test_a_person_learns_of_their_subscription_and_can_erase_it(
    post: Post, readers: ReaderStores
) -> None:
    holder = await post.holder(START)
    made = await post.subscribed(1, "k8s", "go")
    other = await post.subscribed(2)
    (sent, *_) = await post.send(holder, DUE)
    await post.subscriptions.mark(sent.id, Reading.DONE, on=date(2026, 3, 2), at=DUE)
    await post.deliveries.notify(
        [Notice(key="a", kind="test", chat=chat(1), language="en", person=person(1))], at=DUE
    )
    group = await post.subscriptions.subscribe(
        replace(chat(3), private=False), person=person(1), language="en", schedule=SHANGHAI, at=START
    )
    assert (await readers.personal.of(person(1))).subscriptions == 1
    assert (await readers.personal.erase(person(1))).subscriptions == 1
    assert (await readers.personal.of(person(1))).total == 0
    assert await post.subscriptions.get(made.id) is None
    assert await post.subscriptions.get(group.id) is not None
    assert [each.subscriber for each in await post.all()] == [other.id]


async def test_a_chat_that_moves_takes_its_subscription_along(post: Post, readers: ReaderStores) -> None:
    holder = await post.holder(START)
    made = await post.subscribed(1)
    topic = replace(chat(1), thread="5", private=False)
    for place in (topic, replace(topic, id="-100")):
        which = await post.subscriptions.subscribe(
            place, person=person(9), language="en", schedule=SHANGHAI, at=START
        )
        await post.subscriptions.enrol(which.id, "k8s", at=START)
    await post.deliveries.plan(at=DUE)
    await readers.chats.moved(Platform.TELEGRAM, "1001", "-100")
    await readers.chats.moved(Platform.TELEGRAM, "1001", "-100")
    assert (await post.subscriber(made.id)).chat == replace(chat(1), id="-100")
    old = await post.subscriptions.of(topic)
    assert old is not None
    assert old.state is SubscriberState.GONE
    assert sorted((each.chat.id, each.chat.thread) for each in await post.send(holder, DUE)) == [
        ("-100", ""),
        ("-100", "5"),
    ]
