"""Alarms told to the operators: once, where they are read, held back by nothing, and never about themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.sql.team.staff import SqlStaffStore
from bot.daily.composing import by_kind
from bot.daily.deliveries import ALERT, DIGEST, State
from bot.messages import Chat, Person, Platform
from bot.team.roles import Member, Role
from jobs.alerting import Alerts, alert
from jobs.engine import RESTORED
from knowledge.errors import CoursebotError
from tests.adapters.sql.delivering import DUE, Post
from tests.botapi.server import BotApi, Trouble
from tests.delivery.rig import Clock, Rig, rig, sent, telegram, words

TEAM = Chat(platform=Platform.TELEGRAM, id="-1009", private=False)
DM = Chat(platform=Platform.DISCORD, id="500")
COMPOSE = by_kind({DIGEST: words, ALERT: alert})


@dataclass
class Opens:
    """Discord's direct messages, which are there or not."""

    chats: dict[str, Chat] = field(default_factory=dict)

    async def direct(self, person: Person) -> Chat | None:
        return self.chats.get(person.id)


def alerts(post: Post, clock: Clock, *, team: Chat | None = TEAM, opens: Opens | None = None) -> Alerts:
    directs = {Platform.DISCORD: opens or Opens()}
    staff = SqlStaffStore(post.database)
    return Alerts(post.deliveries, staff, team=team, directs=directs, language="en", now=clock.now)


@pytest.fixture
async def running(post: Post, api: BotApi, clock: Clock, tmp_path: Path) -> AsyncIterator[Rig]:
    made = rig(post, telegram(post, api, clock), clock=clock, compose=COMPOSE, alert=alerts(post, clock))
    await made.lead()
    yield made
    await made.retire()


async def owners(post: Post, clock: Clock, *keys: str) -> None:
    for key in keys:
        platform, _, number = key.partition(":")
        member = Member(platform=Platform(platform), id=number, role=Role.OWNER)
        await SqlStaffStore(post.database).grant(member, by="operator", at=clock.now())


async def told(post: Post) -> list[tuple[str, str]]:
    found = [each for each in await post.all() if each.kind == ALERT]
    return [(each.chat.id, str(each.subject["alarm"])) for each in sorted(found, key=lambda each: each.id)]


async def test_what_holds_everything_does_not_hold_the_word_of_it(
    running: Rig, api: BotApi, post: Post
) -> None:
    await post.subscribed(1)
    await post.desk.hold_all(RESTORED)
    await running.alarms.tell(RESTORED, "a backup was put back")
    await running.at(DUE)
    ((chat, said),) = sent(api)
    assert chat == -1009
    assert "a backup was put back" in said
    assert "coursebot deliveries release" in said
    await post.desk.release_all()
    await running.tick()
    assert [chat for chat, _ in sent(api)] == [-1009, 1001]


async def test_a_chat_that_refuses_alerts_gets_no_alerts_about_that(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    await running.alarms.tell(RESTORED, "a backup was put back")
    api.trouble("sendMessage", *[Trouble(code=400, description="Bad Request: no rights")] * 4)
    await running.tick(2)
    assert await running.states() == [State.FAILED]
    assert running.told == [RESTORED]
    clock.forward(timedelta(hours=2))
    await running.tick(2)
    assert await told(post) == [("-1009", RESTORED)]


async def test_many_refused_messages_are_told_once_an_hour(
    running: Rig, api: BotApi, post: Post, clock: Clock
) -> None:
    for _ in range(5):
        await running.alarms.tell("delivery-failed", "refused")
    await running.tick()
    assert len(sent(api)) == 1
    clock.forward(timedelta(hours=1))
    await running.alarms.tell("delivery-failed", "refused")
    await running.tick()
    assert await told(post) == [("-1009", "delivery-failed")] * 2


async def test_without_a_chat_each_owner_who_can_be_reached_is_told_in_private(
    post: Post, clock: Clock
) -> None:
    await owners(post, clock, "telegram:42", "discord:99", "discord:100")
    tells = alerts(post, clock, team=None, opens=Opens({"99": DM}))
    await tells("clock", "")
    assert await told(post) == [("500", "clock"), ("42", "clock")]


async def test_when_the_teams_platform_is_down_owners_elsewhere_are_told_too(
    post: Post, clock: Clock
) -> None:
    await owners(post, clock, "discord:99")
    tells = alerts(post, clock, opens=Opens({"99": DM}))
    tells.note("telegram-down")
    await tells.flush(clock.now())
    assert await told(post) == [("-1009", "telegram-down"), ("500", "telegram-down")]


async def test_what_a_full_disk_does_not_take_is_told_when_there_is_room(
    post: Post, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tells = alerts(post, clock)

    async def full(*_: object, **__: object) -> int:
        raise CoursebotError("database-full")

    with monkeypatch.context() as patched:
        patched.setattr(post.deliveries, "notify", full)
        await tells("disk-full", "")
        await tells("disk-full", "")
    assert await told(post) == []
    clock.forward(timedelta(minutes=5))
    assert await tells.flush(clock.now()) == 1
    assert await tells.flush(clock.now()) == 0
    assert await told(post) == [("-1009", "disk-full")]


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("delivery-failed", "coursebot deliveries --state failed"),
        ("telegram-down", "Telegram 不再接受"),
        ("something-new", "something-new"),
    ],
)
async def test_an_alert_says_what_and_when(name: str, piece: str, post: Post, clock: Clock) -> None:
    await alerts(post, clock)(name, "")
    (delivery,) = await post.all()
    said = (await alert(replace(delivery, language="zh-Hans"))).text
    assert f"{clock.now():%Y-%m-%d %H:%M} UTC" in said
    assert piece in said
