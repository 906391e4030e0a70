"""Whatever is typed or pressed around a subscription, forged buttons included, gets a sentence and no fault."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.buttons.digests import Digest, DigestAction
from bot.buttons.payloads import Run, course_key, encode
from bot.buttons.subscriptions import Draft, GoTo, Leave, Manage, Step, TypeIn
from bot.core import Core
from bot.daily.schedule import weekdays_text
from bot.messages import ButtonPress, Chat, Incoming, Message, Person, Platform, Submission
from tests.bot.daily import daily
from tests.bot.support import COURSE, SECOND_COURSE, Lookup, Shelf

CHATS = [
    Chat(platform=Platform.TELEGRAM, id="7"),
    Chat(platform=Platform.TELEGRAM, id="-5", thread="3", private=False),
]
READER = Person(platform=Platform.TELEGRAM, id="7", language="zh-hans")
KEYS = st.sampled_from([course_key(COURSE.slug), course_key(SECOND_COURSE.slug), "0" * 12])
DRAFTS = st.builds(
    Draft,
    st.just("") | KEYS,
    st.just("") | st.times().map(lambda at: f"{at:%H%M}"),
    st.frozensets(st.integers(1, 7)).map(weekdays_text),
    st.sampled_from(["", "Asia/Shanghai", "UTC+05:45", "UTC+99:00", "Nowhere/City", "America"]),
)
LESSONS = st.sampled_from([course_key(each.slug) for each in COURSE.lessons[:3]] + ["f" * 12])
PRESSED = st.one_of(
    DRAFTS,
    DRAFTS.map(TypeIn),
    st.builds(Manage, st.sampled_from(Step)),
    st.builds(Leave, st.just("") | KEYS),
    st.builds(GoTo, KEYS, LESSONS),
    st.builds(Digest, st.sampled_from(DigestAction), st.integers(1, 9)),
    st.just(Run("progress")),
).map(encode)
TYPED = st.sampled_from(
    [
        "/subscribe 容器 8点 每天 上海",
        "/subscribe 8am Nowhere",
        "/subscribe",
        "/goto 3",
        "/goto second 1",
        "/digest",
        "/progress",
        "/unsubscribe",
        "/unsubscribe 全部",
        "美国",
        "/cancel",
    ]
)
LINES = TYPED | st.text(max_size=30).map(lambda words: f"/subscribe {words}")


def heard(kind: str, what: str, chat: Chat, at: datetime, number: int) -> Incoming:
    if kind == "press":
        return ButtonPress(
            chat=chat, sender=READER, message_id="1", payload=what, at=at, by_manager=bool(number % 3)
        )
    if kind == "submit":
        fields = {"words": "8点 每天 上海"}
        return Submission(
            chat=chat, sender=READER, id="1", payload=what, fields=fields, at=at, by_manager=True
        )
    return Message(chat=chat, sender=READER, id=str(number), text=what, at=at)


STEPS = st.one_of(
    st.tuples(st.just("press"), PRESSED),
    st.tuples(st.just("submit"), DRAFTS.map(TypeIn).map(encode)),
    st.tuples(st.just("say"), LINES),
    st.just(("send", "")),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(STEPS, st.sampled_from(CHATS), st.integers(0, 40)), min_size=3, max_size=12))
def test_nothing_that_is_said_or_pressed_is_a_fault(steps: list[tuple[tuple[str, str], Chat, int]]) -> None:
    async def play() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with daily(Path(folder)) as lessons:
                faults: list[str] = []

                def incident() -> str:
                    faults.append("fault")
                    return "fault"

                core = Core(
                    answering=Lookup(),
                    courses=Shelf(COURSE, SECOND_COURSE),
                    subscriptions=lessons.post.subscriptions,
                    compose=lessons.compose,
                    new_incident=incident,
                )
                at = datetime(2026, 3, 27, tzinfo=UTC)
                for number, ((kind, what), chat, hours) in enumerate(steps):
                    at += timedelta(hours=hours, seconds=10)
                    if kind == "send":
                        await lessons.sent(at)
                        continue
                    assert await core.handle(heard(kind, what, chat, at, number))
                    assert not faults, (kind, what)

    asyncio.run(play())
