"""What happens to cases beside the conversation: after a kill, for the team, and when they are old."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.daily.deliveries import Delivery
from bot.messages import Chat, Person, Platform
from bot.team.cases import CaseState, Cause, Closing, Wish
from config.settings import Settings
from config.wiring import Application
from jobs.casework import TOGETHER, Casework, parse_quiet
from jobs.housekeeping import DAILY, housekeeping
from jobs.rounds import Job, Rounds
from knowledge.errors import CoursebotError
from tests.adapters.sql.samples import COURSE

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEAM = Chat(platform=Platform.TELEGRAM, id="-1001234", private=False)
WISH = Wish(
    question="pod 怎么调试？",
    course=COURSE.slug,
    language="zh-Hans",
    chat=Chat(platform=Platform.TELEGRAM, id="7"),
    person=Person(platform=Platform.TELEGRAM, id="7"),
    cause=Cause.NOT_FOUND,
    at=AT,
)
GROUP = Chat(platform=Platform.DISCORD, id="9", private=False)


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    made = Application(Settings(data=tmp_path, admins_chat="telegram:-1001234"))
    await (await made.courses()).save(COURSE, at=AT)
    yield made
    await made.close()


async def casework(application: Application, quiet: str = "") -> Casework:
    return Casework(
        await application.settling(),
        await application.deliveries(),
        team=application.team_chat,
        quiet=parse_quiet(quiet),
    )


async def queued(application: Application) -> list[Delivery]:
    found = await (await application.desk()).deliveries()
    return sorted(found, key=lambda each: each.id)


def wish(reader: str, **changes: object) -> Wish:
    person = Person(platform=Platform.TELEGRAM, id=reader)
    chat = Chat(platform=Platform.TELEGRAM, id=reader)
    return replace(WISH, person=person, chat=chat, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("point", ["closed", "saved", "queued"])
async def test_killed_between_the_answer_and_telling_readers_each_is_told_once(
    application: Application, point: str
) -> None:
    cases = await application.cases()
    for reader in ("7", "8"):
        await cases.report(wish(reader))
    for reader in ("5", "6"):
        await cases.report(replace(wish(reader), chat=GROUP))
    ran = await asyncio.to_thread(
        subprocess.run,
        [
            sys.executable,
            str(Path(__file__).with_name("answer_and_die.py")),
            str(application.settings.data),
            point,
        ],
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert ran.returncode == -9
    assert await cases.unsettled() == [1]
    work = await casework(application)
    later = AT + timedelta(days=2)
    assert await work.settle(later) == 1
    assert await work.settle(later) == 0
    told = await queued(application)
    assert sorted(each.chat.id for each in told) == ["7", "8", "9"]
    assert await cases.waiters(1) == []
    ((_, seed),) = await (await application.seeds()).all(COURSE.slug)
    assert (seed.question, seed.answer) == (WISH.question, "看日志。")
    compose = await application.compose()
    for delivery in told:
        reply = await compose(delivery)
        assert reply
        assert "看日志。" in reply.text
        assert WISH.question in reply.text


async def test_a_case_that_cannot_be_settled_keeps_no_other_from_it(application: Application) -> None:
    cases = await application.cases()
    await cases.report(wish("7", course="no-such-course"))
    await cases.report(wish("8"))
    answered = Closing(state=CaseState.ANSWERED, answer="看日志。", by="telegram:1")
    for number in (1, 2):
        await cases.close(number, answered, at=AT)
    work = await casework(application)
    assert await work.settle(AT) == 1
    assert await cases.unsettled() == [1]
    assert [each.chat.id for each in await queued(application)] == ["8"]


async def test_a_case_that_was_answered_twice_tells_the_latest(application: Application) -> None:
    cases = await application.cases()
    await cases.report(WISH)
    await cases.close(1, Closing(state=CaseState.ANSWERED, answer="旧的", by="telegram:1"), at=AT)
    work = await casework(application)
    await work.settle(AT)
    await cases.replace(1, Closing(state=CaseState.ANSWERED, answer="新的", by="telegram:2"), at=AT)
    await work.settle(AT)
    (delivery,) = await queued(application)
    reply = await (await application.compose())(delivery)
    assert reply
    assert "新的" in reply.text
    ((_, seed),) = await (await application.seeds()).all(COURSE.slug)
    assert seed.answer == "新的"


# The team ----------------------------------------------------------------------------------------------------


async def test_new_cases_reach_the_team_together_and_once(application: Application) -> None:
    cases = await application.cases()
    work = await casework(application)
    await cases.report(wish("7"))
    assert await work.tell_team(AT) == 0
    await cases.report(wish("8", question="为什么叫 pod？", at=AT + TOGETHER / 2))
    assert await work.tell_team(AT + TOGETHER) == 1
    assert await work.tell_team(AT + TOGETHER) == 0
    await cases.report(wish("9", question="node 怎么下线？", at=AT + timedelta(hours=1)))
    assert await work.tell_team(AT + timedelta(hours=2)) == 1
    first, second = await queued(application)
    assert (first.chat, first.kind) == (TEAM, "cases-new")
    compose = await application.compose()
    reply = await compose(first)
    assert reply
    assert "2 个新问题没有回答" in reply.text
    assert "#1 pod 怎么调试？（1 人想知道 · Kubernetes）" in reply.text
    assert [button.label for row in reply.buttons for button in row] == ["打开待答"]
    await cases.close(3, Closing(state=CaseState.IGNORED, by="telegram:1"), at=AT)
    assert await compose(second) is None


async def test_the_team_sleeps_undisturbed(application: Application) -> None:
    cases = await application.cases()
    await cases.report(WISH)
    work = await casework(application, "22:00-08:00 Asia/Shanghai")
    shanghai = ZoneInfo("Asia/Shanghai")
    for hour, sent in ((23, 0), (7, 0), (8, 1)):
        day = 2 if hour == 23 else 3
        assert await work.tell_team(datetime(2026, 3, day, hour, tzinfo=shanghai)) == sent


@pytest.mark.parametrize(
    ("text", "local", "quiet"),
    [
        ("12:00-13:30", "12:00", True),
        ("12:00-13:30", "13:30", False),
        ("22:00-08:00", "21:59", False),
        ("22:00-08:00", "00:00", True),
        ("9:00-9:00", "09:00", False),
    ],
)
def test_quiet_hours(text: str, local: str, quiet: bool) -> None:
    hours = parse_quiet(text)
    assert hours
    hour, minute = map(int, local.split(":"))
    assert hours.now(datetime(2026, 3, 1, hour, minute, tzinfo=UTC)) is quiet


@pytest.mark.parametrize("text", ["22-8", "25:00-08:00", "22:00-08:00 Mars/Olympus", "always"])
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.split(maxsplit=1)[0]):
        parse_quiet(text)


async def test_without_a_chat_the_team_is_told_nothing(tmp_path: Path) -> None:
    application = Application(Settings(data=tmp_path))
    await (await application.cases()).report(WISH)
    assert await (await casework(application)).tell_team(AT + timedelta(days=1)) == 0
    await application.close()


# Rounds ------------------------------------------------------------------------------------------------------


async def test_what_is_old_is_forgotten_each_day(application: Application) -> None:
    cases, readers = await application.cases(), await application.readers()
    await cases.report(WISH)
    now = AT
    rounds = Rounds([housekeeping(readers, cases, kept=timedelta(days=30))], now=lambda: now)
    for days, left in ((0, 1), (29, 1), (31, 0)):
        now = AT + timedelta(days=days)
        await rounds.round()
        assert len(await cases.open()) == left


async def test_jobs_are_done_when_due_and_none_stops_another() -> None:
    now, done = AT, []

    async def fails(at: datetime) -> None:
        done.append("fails")
        raise CoursebotError("database-locked") if len(done) % 2 else ValueError("reader's words")

    async def works(at: datetime) -> None:
        done.append("works")

    rounds = Rounds([Job("fails", DAILY, fails), Job("works", timedelta(minutes=1), works)], now=lambda: now)
    for minutes in (0, 0.5, 1, 2):
        now = AT + timedelta(minutes=minutes)
        await rounds.round()
    assert done == ["fails", "works", "works", "works"]
    now = AT - timedelta(days=1)
    await rounds.round()
    assert done[-2:] == ["fails", "works"]
