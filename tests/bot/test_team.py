"""Who is in the team, who may change that, and the audit log of it; with the real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.sql.database import Database
from adapters.sql.team.auditing import SqlAuditLog
from adapters.sql.team.staff import SqlStaffStore
from bot.catalog import catalog
from bot.core import Core
from bot.messages import ButtonPress, Chat, Command, Person, Platform, Quoted
from bot.replies import Reply
from bot.team.audit import Action
from bot.team.claims import TRIES, Claims
from bot.team.roles import Member, Role, anonymous, parse_people, parse_person
from tests.bot.support import COURSE, SECOND_COURSE, Lookup, Shelf

AT = datetime(2026, 1, 1, tzinfo=UTC)
PRIVATE = Chat(platform=Platform.TELEGRAM, id="1")
GROUP = Chat(platform=Platform.TELEGRAM, id="-1", private=False)
REFUSED = "只有课程团队能这样做"


def person(number: str, platform: Platform = Platform.TELEGRAM, name: str = "") -> Person:
    return Person(platform=platform, id=number, name=name, language="zh-CN")


def member(number: str, role: Role, course: str = "") -> Member:
    return Member(platform=Platform.TELEGRAM, id=number, role=role, course=course)


class Team:
    """The bot with a team: 1 owns it, 2 is an admin, 3 an admin of one course, 4 an editor, 9 a reader."""

    def __init__(self, database: Database) -> None:
        self.store = SqlStaffStore(database)
        self.audit = SqlAuditLog(database)
        self.claims = Claims()
        self.now = AT
        self.core = Core(
            answering=Lookup(), courses=Shelf(COURSE, SECOND_COURSE), staff=self.store, claims=self.claims
        )

    async def found(self) -> None:
        for each in (
            member("1", Role.OWNER),
            member("2", Role.ADMIN),
            member("3", Role.ADMIN, "containers"),
            member("4", Role.EDITOR),
        ):
            await self.store.grant(each, by="operator", at=AT)

    async def replies(self, who: str | Person, name: str, arguments: str = "", **more: Any) -> list[Reply]:
        self.now += timedelta(minutes=1)
        command = Command(
            chat=more.pop("chat", PRIVATE),
            sender=person(who) if isinstance(who, str) else who,
            id="c",
            name=name,
            arguments=arguments,
            at=self.now,
            **more,
        )
        return await self.core.handle(command)

    async def say(self, who: str | Person, name: str, arguments: str = "", **more: Any) -> str:
        return "\n".join(each.text for each in await self.replies(who, name, arguments, **more))

    async def press(self, who: str, payload: str) -> str:
        self.now += timedelta(minutes=1)
        pressed = ButtonPress(chat=PRIVATE, sender=person(who), message_id="m", payload=payload, at=self.now)
        return "\n".join(each.text for each in await self.core.handle(pressed))

    async def roles(self) -> set[tuple[str, str, str]]:
        return {(each.id, each.role.value, each.course) for each in await self.store.all()}


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    database = Database(tmp_path / "coursebot.sqlite")
    await database.migrate()
    yield Team(database)
    await database.dispose()


async def test_the_list_says_who_where_and_since_when(team: Team) -> None:
    await team.found()
    said = await team.say("1", "admins")
    assert said.startswith(
        "👥 课程团队\ntelegram:1 · 所有者 · 全部课程 · 2026-01-01\n"
        "telegram:2 · 管理员 · 全部课程 · 2026-01-01\n"
        "telegram:3 · 管理员 · 容器十讲 · 2026-01-01\n"
    )


@pytest.mark.parametrize("who", ["4", "9"])
async def test_others_do_not_see_it(team: Team, who: str) -> None:
    await team.found()
    assert REFUSED in await team.say(who, "admins")
    assert REFUSED in await team.say(who, "admins", "add telegram:9 editor")
    assert ("9", "editor", "") not in await team.roles()


@pytest.mark.parametrize(
    ("who", "arguments", "allowed"),
    [
        ("1", "add telegram:9 owner", True),
        ("1", "添加 telegram:9 管理员", True),
        ("2", "add telegram:9 editor", True),
        ("2", "add telegram:9 editor 容器十讲", True),
        ("2", "add telegram:9 admin", False),
        ("2", "add telegram:1 editor", False),
        ("3", "add telegram:9 editor containers", True),
        ("3", "add telegram:9 editor", False),
        ("2", "remove telegram:4", True),
        ("2", "remove telegram:3", False),
        ("3", "remove telegram:4", False),
        ("1", "remove telegram:3 containers", True),
    ],
)
async def test_nobody_gives_or_takes_what_is_above_them(
    team: Team, who: str, arguments: str, allowed: bool
) -> None:
    await team.found()
    before = await team.roles()
    said = await team.say(who, "admins", arguments)
    assert (await team.roles() != before) is allowed, said
    assert ("加好了" in said or "移除了" in said) is allowed
    assert len(await team.audit.recent()) == 4 + allowed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("add", "没看出是谁"),
        ("add @xiaolin editor", "用户名谁都能改，所以不认"),
        ("add telegram:1087968824 editor", "看不出是谁"),
        ("add telegram:9", "加人："),
        ("add telegram:9 boss", "角色有 owner、admin、editor"),
        ("add telegram:9 editor 烹饪", "没有叫“烹饪”的课程。用 /course 看有哪些。"),
        ("add telegram:9 owner containers", "所有者管全部课程"),
        ("add telegram:4 editor", "本来就是：telegram:4"),
        ("remove telegram:9", "telegram:9 不在团队里"),
        ("remove telegram:4 containers", "没有改动。现在是：telegram:4 · 编辑"),
        ("remove telegram:1", "这是最后一位所有者"),
        ("add telegram:1 editor", "这是最后一位所有者"),
        ("whatever", "加人："),
    ],
)
async def test_what_cannot_be_done_is_said(team: Team, arguments: str, sentence: str) -> None:
    await team.found()
    before = await team.roles()
    assert sentence in await team.say("1", "admins", arguments)
    assert await team.roles() == before


async def test_somebody_is_added_by_replying_to_them(team: Team) -> None:
    await team.found()
    theirs = Quoted(text="大家好", author=person("9", name="小林"))
    said = await team.say("1", "admins", "add editor", chat=GROUP, quoted=theirs)
    assert said == "加好了：小林（telegram:9） · 编辑 · 全部课程"
    nobody = Quoted(text="大家好")
    assert "没看出是谁" in await team.say("1", "admins", "add editor", chat=GROUP, quoted=nobody)
    group = Quoted(text="大家好", author=person("-100", name="群"))
    assert "匿名发的" in await team.say("1", "admins", "add editor", chat=GROUP, quoted=group)


async def test_a_mention_on_discord_is_an_id(team: Team) -> None:
    owner = Member(platform=Platform.DISCORD, id="1", role=Role.OWNER)
    await team.store.grant(owner, by="operator", at=AT)
    chat, who = Chat(platform=Platform.DISCORD, id="5"), person("1", Platform.DISCORD)
    assert "discord:77" in await team.say(who, "admins", "add <@77> editor", chat=chat)


async def test_a_role_on_one_platform_is_none_on_another(team: Team) -> None:
    await team.found()
    chat = Chat(platform=Platform.DISCORD, id="5")
    assert REFUSED in await team.say(person("1", Platform.DISCORD), "admins", chat=chat)


@pytest.mark.parametrize("number", ["-1001500200", "1087968824", "136817688"])
async def test_who_speaks_in_a_groups_name_is_asked_to_write_in_private(team: Team, number: str) -> None:
    await team.store.grant(member("1", Role.OWNER), by="operator", at=AT)
    # Even if such an id got a role somehow, nobody in particular would have it.
    await team.store.grant(member(number, Role.OWNER), by="operator", at=AT)
    for name in ("admins", "claim"):
        assert "请用自己的身份私聊我" in await team.say(person(number, name="群"), name, "x", chat=GROUP)


async def test_the_terminal_is_the_owners(team: Team) -> None:
    chat, who = Chat(platform=Platform.CONSOLE, id="console"), person("reader", Platform.CONSOLE)
    assert "还没有人" in await team.say(who, "admins", chat=chat)
    assert "加好了" in await team.say(who, "admins", "add telegram:42 owner", chat=chat)
    assert [(each.by, each.subject) for each in await team.audit.recent()] == [("operator", "telegram:42")]


async def test_rights_that_were_taken_are_gone_at_the_next_press(team: Team) -> None:
    await team.found()
    (shown,) = await team.replies("2", "admins")
    (button,) = [each for row in shown.buttons for each in row]
    assert button.label == "移除 telegram:4"
    await team.store.revoke(person("2"), "", by="telegram:1", at=AT)
    assert REFUSED in await team.press("2", button.payload)
    assert ("4", "editor", "") in await team.roles()
    assert "移除了：telegram:4" in await team.press("1", button.payload)
    assert "失效" in await team.press("1", button.payload)


async def test_every_change_is_in_the_log(team: Team) -> None:
    await team.found()
    await team.say("1", "admins", "add telegram:4 admin")
    await team.say("1", "admins", "remove telegram:4")
    taken, raised = (await team.audit.recent())[:2]
    assert (raised.by, raised.action, raised.subject) == ("telegram:1", "grant", "telegram:4")
    assert (raised.before, raised.after) == ({"role": "editor", "name": ""}, {"role": "admin", "name": ""})
    assert (taken.action, taken.before, taken.after) == ("revoke", {"role": "admin", "name": ""}, None)
    assert taken.at > raised.at


async def test_help_shows_the_team_its_commands(team: Team) -> None:
    await team.found()
    assert "/admins" not in await team.say("9", "help")
    assert "课程团队\n/admins" in await team.say("2", "help")


# The first owner ------------------------------------------------------------------------------------------------


async def test_the_code_makes_the_first_owner_once(team: Team) -> None:
    code = team.claims.offer()
    assert "口令不对" in await team.say("9", "claim", "WRONG")
    assert "你现在是所有者了" in await team.say("9", "claim", f" {code.lower()} ")
    assert await team.roles() == {("9", "owner", "")}
    assert "没有可以用的口令" in await team.say("8", "claim", code)
    assert [each.by for each in await team.audit.recent()] == ["telegram:9"]


async def test_the_code_is_no_good_where_others_read_it(team: Team) -> None:
    code = team.claims.offer()
    assert "已经作废" in await team.say("9", "claim", code, chat=GROUP)
    assert "没有可以用的口令" in await team.say("9", "claim", code)
    assert await team.roles() == set()


async def test_a_code_cannot_be_guessed(team: Team) -> None:
    code = team.claims.offer()
    for _ in range(TRIES):
        await team.say("9", "claim", "A" * 10)
    assert "没有可以用的口令" in await team.say("9", "claim", code)
    # Others are not kept out by one who guesses.
    assert "所有者了" in await team.say("8", "claim", code)


async def test_without_an_offer_or_with_an_owner_there_is_no_code(team: Team) -> None:
    assert "没有可以用的口令" in await team.say("9", "claim", "A" * 10)
    await team.store.grant(member("1", Role.OWNER), by="operator", at=AT)
    code = team.claims.offer()
    assert "没有可以用的口令" in await team.say("9", "claim", code)
    assert await team.roles() == {("1", "owner", "")}


def test_people_are_told_by_number() -> None:
    assert parse_people("telegram:42， discord:99") == [
        Person(platform=Platform.TELEGRAM, id="42"),
        Person(platform=Platform.DISCORD, id="99"),
    ]
    for name in (
        "@xiaolin",
        "telegram:",
        "telegram:@x",
        "telegram:-100",
        "console:reader",
        "telegram:012",
        "42",
    ):
        assert parse_person(name) is None
    assert not anonymous(person("42"))
    assert anonymous(replace(person("42"), id="-100"))


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_change_and_every_role_has_words(language: str) -> None:
    for key in (*(f"action.{each.value}" for each in Action), *(f"role.{each.value}" for each in Role)):
        assert catalog(language).text(key)
