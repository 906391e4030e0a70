from __future__ import annotations

import asyncio
import io
import os
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from wcwidth import wcswidth

from adapters.console import Console
from adapters.console.clean import clean
from adapters.console.screen import lines, terminal_width, wants_color
from bot.core import Core
from bot.messages import Bold, Button, Code, Incoming, Link, Message, Quote, Reply, Text
from tests.bot.script import Dialogue, Turn, dialogues
from tests.bot.support import COURSE, SECOND_COURSE, Lookup, Shelf

WIDE = 10_000


def now() -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC)


def core() -> Core:
    return Core(answering=Lookup(), courses=Shelf(COURSE, SECOND_COURSE))


async def talk(typed: str, *, width: int | None = None, greet: bool = False, language: str = "") -> str:
    stdout = io.StringIO()
    console = Console(
        now=now,
        stdin=io.StringIO(typed),
        stdout=stdout,
        width=width,
        greet=greet,
        language=language,
        environ={},
    )
    await console.run(core().handle)
    return stdout.getvalue()


class Reader(io.StringIO):
    """A reader who follows a dialogue: looks at what the console printed, and types the number of a button."""

    def __init__(self, dialogue: Dialogue, screen: io.StringIO) -> None:
        super().__init__()
        self._waiting = list(dialogue.turns)
        self._answered: Turn | None = None
        self._screen = screen
        self._seen = 0

    def readline(self, size: int | None = -1, /) -> str:
        shown = self._screen.getvalue()[self._seen :]
        self._seen += len(shown)
        found = re.search(r"\n\n((?:\[\d+\].*\n)+)", shown)
        buttons = dict(re.findall(r"\[(\d+)\](?: (.+?))?(?=  \[|\n)", found[1])) if found else {}
        labels = {label or number: number for number, label in buttons.items()}
        if self._answered:
            text = shown.partition("\n\n")[2].removesuffix("\n\n")
            text = text[: found.start() - len(shown.partition("\n\n")[0]) - 2] if found else text
            self._answered.check(plain(text), list(labels))
        if not self._waiting:
            return ""
        self._answered = self._waiting.pop(0)
        return f"{labels[self._answered.press] if self._answered.press else self._answered.say}\n"


def plain(text: str) -> str:
    """The words of a reply, without what the console adds."""
    return re.sub(
        r"^▎ ", "", re.sub(r"^    (?=\$)", "", text, flags=re.MULTILINE), flags=re.MULTILINE
    ).replace("看原文 https://example.org/containers/01", "看原文")


@pytest.mark.parametrize(
    "dialogue", [each for each in dialogues() if not each.restarts], ids=lambda each: each.name
)
async def test_the_console_holds_the_dialogue(dialogue: Dialogue) -> None:
    stdout = io.StringIO()
    console = Console(
        now=now,
        stdin=Reader(dialogue, stdout),
        stdout=stdout,
        width=WIDE,
        greet=False,
        language=dialogue.language,
        environ={},
    )
    await console.run(core().handle)
    assert len(re.findall("^› ", stdout.getvalue(), flags=re.MULTILINE)) == len(dialogue.turns)


async def test_a_conversation_reads_as_one() -> None:
    assert (
        await talk("区别\n［２］\n")
        == """› 区别

🤔 你想问的是？

1. ✍️ 那虚拟机和容器最本质的区别是什么？（01 容器到底是什么）
2. ✍️ unshare 和 nsenter 有什么区别？（01 容器到底是什么）

选一个数字，或者换个说法再问一次。

[1]  [2]

› ［２］

✍️ 作者回复 · 顾北舟
▎ 西二旗摸鱼人：unshare 和 nsenter 有什么区别？

unshare 是新建，nsenter 是加入。排查用 nsenter -t PID。

📘 容器十讲 › 01 容器到底是什么 · 👍 63
🔗 看原文 https://example.org/containers/01

[1] 为什么


再见！

"""
    )


@pytest.mark.parametrize("typed", ["", "\n\n  \n", "/quit\n区别\n", "／退出\n区别\n", "/quit"])
async def test_it_ends_with_the_input_or_when_told(typed: str) -> None:
    shown = await talk(typed)
    assert shown.endswith("\n再见！\n\n")
    assert "你想问的是" not in shown


async def test_it_greets_and_speaks_the_systems_language() -> None:
    shown = await talk("/qwzx\n", greet=True, language="en_US.UTF-8")
    assert shown.startswith("\n👋 Hello!")
    assert "There is no command /qwzx." in shown
    assert shown.endswith("Bye!\n\n")


async def test_an_opening_question_is_asked_first() -> None:
    stdout = io.StringIO()
    console = Console(now=now, stdin=io.StringIO(), stdout=stdout, greet=False, opening="区别", environ={})
    await console.run(core().handle)
    assert stdout.getvalue().startswith("› 区别\n\n🤔 你想问的是？")


async def test_a_number_without_its_button_is_a_message() -> None:
    heard: list[Incoming] = []

    async def handle(incoming: Incoming) -> list[Reply]:
        heard.append(incoming)
        return [Reply(spans=(Text("?"),), buttons=((Button("更多", "m:c1:"),),))]

    console = Console(now=now, stdin=io.StringIO("1\n2\n1\n"), stdout=io.StringIO(), greet=False, environ={})
    await console.run(handle)
    assert [type(each).__name__ for each in heard] == ["Message", "Message", "ButtonPress", "Command"]
    assert isinstance(heard[0], Message)
    assert heard[0].at == now()


async def test_broken_bytes_cost_a_character_only() -> None:
    stdin = io.TextIOWrapper(io.BytesIO("区".encode() + b"\xff\n" + "区别\n".encode()), encoding="utf-8")
    stdout = io.TextIOWrapper(raw := io.BytesIO(), encoding="ascii")
    await Console(now=now, stdin=stdin, stdout=stdout, greet=False, environ={}).run(core().handle)
    stdout.flush()
    assert raw.getvalue().count(b"unshare") == 1


async def test_an_endless_line_is_cut() -> None:
    shown = await talk("区" * 1_000_000 + "\n区别\n")
    assert "只看了前 2000 个字" in shown
    assert "你想问的是？" in shown


async def test_nobody_listening_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stdout:  # noqa: ASYNC230, PTH123 - a descriptor
        await Console(now=now, stdin=io.StringIO("区别\n"), stdout=stdout, environ={}).run(core().handle)


async def test_it_can_be_cancelled_while_it_waits_for_a_line() -> None:
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as stdin, open(writing, "w", encoding="utf-8"):  # noqa: ASYNC230, PTH123
        console = Console(now=now, stdin=stdin, stdout=io.StringIO(), environ={})
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(console.run(core().handle), 0.2)
        assert time.monotonic() - started < 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("keys", "asked"), [("区别\r\x04", True), ("\x03", False), ("/qui\t\r区别\r\x04", None)]
)
async def test_a_terminal_has_editing_and_ends_at_ctrl_d_and_ctrl_c(
    keys: str, asked: bool | None, tmp_path: Path
) -> None:
    stdout = Terminal()
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text(keys)
        console = Console(
            now=now, stdin=Terminal(), stdout=stdout, greet=False, history=tmp_path / "history", environ={}
        )
        await asyncio.wait_for(console.run(core().handle), 20)
    shown = stdout.getvalue()
    assert "再见！" in shown
    if asked is not None:
        assert ("你想问的是" in shown) == asked
        assert "› 区别" not in shown
    assert (tmp_path / "history").exists() == bool(asked or asked is None)


@pytest.mark.parametrize(
    ("environ", "color"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_styling_is_for_terminals_that_want_it(environ: dict[str, str], color: bool) -> None:
    assert wants_color(Terminal(), environ) == color
    assert not wants_color(io.StringIO(), environ)


def test_a_pipe_is_eighty_wide() -> None:
    assert terminal_width(io.StringIO()) == 80
    assert 20 <= terminal_width(Terminal()) <= 88


REPLY = Reply(
    spans=(
        Bold("标题"),
        Text("\n"),
        Quote("问\n题"),
        Text("\n正文 "),
        Code("ls"),
        Text("\n"),
        Code("$ a\n$ b"),
        Text("\n"),
        Link("原文", "https://example.org"),
    )
)


def test_each_kind_of_span_looks_its_own_way() -> None:
    assert lines(REPLY, width=80, color=False) == [
        "标题",
        "▎ 问",
        "▎ 题",
        "正文 ls",
        "    $ a",
        "    $ b",
        "原文 https://example.org",
    ]
    styled = lines(REPLY, width=80, color=True, buttons=[Button("更多", "x"), Button("2", "y")])
    assert styled[:2] == ["\x1b[1m标题\x1b[0m", "\x1b[2m▎ \x1b[0m\x1b[2m问\x1b[0m"]
    assert styled[-1] == "\x1b[1;32m[1]\x1b[0m 更多  \x1b[1;32m[2]\x1b[0m"


def wrapped(text: str, width: int) -> list[str]:
    return lines(Reply(spans=(Text(text),)), width=width, color=False)


def test_lines_break_where_they_may() -> None:
    assert wrapped("一二三四五六七八九十，下一句", 20) == ["一二三四五六七八九", "十，下一句"]
    assert wrapped("一二三四五六七八九（十）", 20) == ["一二三四五六七八九", "（十）"]
    assert wrapped("the quick brown namespace jumps", 20) == ["the quick brown", "namespace jumps"]
    assert wrapped("x" * 45, 20) == ["x" * 20, "x" * 20, "x" * 5]


@given(st.text(), st.integers(20, 60))
def test_no_line_is_wider_than_the_terminal_and_no_word_is_lost(text: str, width: int) -> None:
    shown = wrapped(text, width)
    assert all(wcswidth(line) <= width for line in shown)
    assert "".join("".join(shown).split()) == "".join(clean(text).split())


@given(st.text(alphabet=st.characters(min_codepoint=0, max_codepoint=0x2100)) | st.text())
def test_nothing_cleaned_can_paint_the_terminal(text: str) -> None:
    cleaned = clean(text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", cleaned)
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\label\x1b]8;;\x1b\\", "label"),
        ("\x9b2Jgone", "gone"),
        ("a\x1b", "a"),
        ("\x1b[2", "2"),
        ("a\rb\r\nc\x85d\u2028e", "a\nb\nc\nd\ne"),
        ("user\u202egpj.exe", "usergpj.exe"),
        ("\ud83d", "\ufffd"),
        ("👨\u200d👩\u200d👧 ok", "👨\u200d👩\u200d👧 ok"),
    ],
)
def test_escape_sequences_are_taken_out_whole(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


async def test_escapes_in_course_text_and_questions_reach_no_terminal() -> None:
    shown = await talk("\x1b[2J区别\x1b]0;x\x07\n")
    assert "\x1b" not in shown


def test_cleaning_takes_time_in_proportion() -> None:
    def seconds(work: Callable[[], object]) -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    for hostile in ("\x1b]" * 100_000, "\x9d" * 200_000, "\x1b[1" * 100_000, "\x1b" * 200_000):
        assert seconds(lambda text=hostile: clean(text)) < 2  # type: ignore[misc]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
async def test_a_real_terminal_shows_styles_and_takes_numbers(tmp_path: Path) -> None:
    program = tmp_path / "chat.py"
    program.write_text(
        "import asyncio\n"
        "from datetime import UTC, datetime\n"
        "from adapters.console import Console\n"
        "from tests.adapters.test_console import core\n"
        "asyncio.run(Console(now=lambda: datetime.now(UTC)).run(core().handle))\n"
    )
    primary, secondary = os.openpty()
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        env={**os.environ, "PYTHONPATH": str(root), "TERM": "xterm", "NO_COLOR": ""},
        start_new_session=True,
    )
    os.close(secondary)
    shown = ""

    def until(words: str) -> None:
        nonlocal shown
        deadline = time.monotonic() + 30
        while words not in shown.replace("\r\n", "\n"):
            assert time.monotonic() < deadline, shown
            shown += os.read(primary, 65536).decode(errors="replace")
            if "\x1b[6n" in shown:
                # The terminal is asked where its cursor is.
                os.write(primary, b"\x1b[1;1R")
                shown = shown.replace("\x1b[6n", "")

    await asyncio.to_thread(until, "› ")
    os.write(primary, "区别\r".encode())
    await asyncio.to_thread(until, "\x1b[1;32m[2]\x1b[0m")
    os.write(primary, b"2\r")
    await asyncio.to_thread(until, "\x1b[36mnsenter -t PID\x1b[0m")
    os.write(primary, b"\x04")
    await asyncio.to_thread(until, "再见！")
    assert await asyncio.wait_for(process.wait(), 10) == 0
    os.close(primary)
