from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import COMMANDS, Audience, Called, Mistyped, menu, parse
from bot.handlers.commanding import HANDLERS
from bot.messages import Platform


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/ask 容器是什么", "ask", "容器是什么"),
        ("／ask 容器", "ask", "容器"),
        ("/ASK  x ", "ask", "x"),
        (" / help", "help", ""),
        ("/目录 容器", "lessons", "容器"),
        ("、帮助", "help", ""),
        ("/ask@course_bot 容器\n是什么", "ask", "容器\n是什么"),
        ("/？", "help", ""),
        ("/quit", "quit", ""),
    ],
)
def test_commands_are_parsed(text: str, name: str, arguments: str) -> None:
    command = parse(text, Platform.CONSOLE)
    assert isinstance(command, Called)
    assert (command.spec.name, command.arguments) == (name, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "容器是什么",
        "",
        "/",
        "/etc/passwd 是什么",
        "/proc 从哪里来",
        "、容器是什么",
        "/a.out 在哪",
        "1/2 是多少",
    ],
)
def test_questions_are_no_commands(text: str) -> None:
    assert parse(text, Platform.CONSOLE) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/leson", "lesson"),
        ("/lesosns", "lessons"),
        ("/hlep", "help"),
        ("/seting", "settings"),
        ("/qqqwwz", None),
    ],
)
def test_mistyped_commands_get_a_suggestion(text: str, meant: str | None) -> None:
    command = parse(text, Platform.TELEGRAM)
    assert isinstance(command, Mistyped)
    assert (command.meant and command.meant.name) == meant


@pytest.mark.parametrize(
    "text", ["/subscribe", "/subscribe 8点 每天", "/订阅 8点", "/goto 999", "/digest", "/progress"]
)
def test_what_other_platforms_have_is_no_question_on_the_console(text: str) -> None:
    command = parse(text, Platform.CONSOLE)
    assert isinstance(command, Mistyped)
    assert command.elsewhere
    assert isinstance(parse(text, Platform.TELEGRAM), Called)


def test_the_console_alone_can_be_left() -> None:
    assert isinstance(parse("/quit", Platform.DISCORD), Mistyped | None)


def test_names_suit_every_platform_and_mean_one_thing() -> None:
    names = [name for spec in COMMANDS for name in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", spec.name) for spec in COMMANDS)


def test_every_command_is_handled() -> None:
    assert {spec.name for spec in COMMANDS} == HANDLERS.keys()


@given(st.text())
def test_parsing_never_fails(text: str) -> None:
    parse(text, Platform.CONSOLE)
    parse(f"/{text}", Platform.TELEGRAM)


def test_each_menu_has_what_is_of_use_there() -> None:
    private, group, manager = (
        [spec.name for spec in menu(Platform.TELEGRAM, audience)]
        for audience in (Audience.PRIVATE, Audience.GROUP, Audience.MANAGER)
    )
    assert private == [
        "ask",
        "more",
        "why",
        "lessons",
        "lesson",
        "course",
        "subscribe",
        "unsubscribe",
        "digest",
        "goto",
        "progress",
        "settings",
        "privacy",
        "help",
        "start",
    ]
    assert group == ["ask", "more", "why", "lessons", "lesson", "progress", "help"]
    managed = ["course", "subscribe", "unsubscribe", "digest", "goto", "settings"]
    assert manager == [each for each in private if each in {*group, *managed}]
    console = [spec.name for spec in menu(Platform.CONSOLE, Audience.PRIVATE)]
    assert not {"subscribe", "digest", "progress"} & set(console)
    assert [spec.name for spec in menu(Platform.CONSOLE, Audience.PRIVATE)][-1] == "quit"
