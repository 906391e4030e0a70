from __future__ import annotations

import asyncio
import io
import os
import re
import select
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.console import Console
from bot.core import Core
from bot.messages import Incoming, Message, Quoted
from bot.replies import Button, Reply, Text
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
    """A reader who follows a dialogue: looks at what is printed, and types the number of a button."""

    def __init__(self, dialogue: Dialogue, screen: io.StringIO) -> None:
        super().__init__()
        self._waiting = list(dialogue.turns)
        self._answered: Turn | None = None
        self._screen = screen
        self._seen = 0

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        del size
        shown = self._screen.getvalue()[self._seen :]
        self._seen += len(shown)
        answer = shown.partition("\n\n")[2].removesuffix("\n\n")
        text, gap, row = answer.rpartition("\n\n")
        buttons = re.findall(r"\[(\d+)\](?: (\S.*?))?(?=  \[|$)", row if row.startswith("[1]") else "")
        labels = {label or number: number for number, label in buttons}
        if self._answered:
            self._answered.check(plain(text if buttons and gap else answer), list(labels))
        if not self._waiting:
            return ""
        self._answered = self._waiting.pop(0)
        return f"{labels[self._answered.press] if self._answered.press else self._answered.say}\n"


def plain(text: str) -> str:
    """The words of a reply, without what the console adds."""
    bare = re.sub(r"^(?:▎ |    (?=\$))", "", text, flags=re.MULTILINE)
    return bare.replace("看原文 https://example.org/containers/01", "看原文")


@pytest.mark.parametrize(
    "dialogue", [each for each in dialogues() if each.everywhere], ids=lambda each: each.name
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

[1]  [2]  [3] 问老师

› ［２］

✍️ 作者回复 · 顾北舟
▎ 西二旗摸鱼人：unshare 和 nsenter 有什么区别？

unshare 是新建，nsenter 是加入。排查用 nsenter -t PID。

📘 容器十讲 › 01 容器到底是什么
👍 63 · 🔗 看原文 https://example.org/containers/01

[1] 为什么  [2] 👍  [3] 👎


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
    assert shown.count("› ") == 2
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
        # A thread that is no daemon would keep the program from ending until the next line.
        assert all(thread.daemon for thread in threading.enumerate() if thread.name == "console-input")


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


async def test_escapes_in_course_text_and_questions_reach_no_terminal() -> None:
    shown = await talk("\x1b[2J区别\x1b]0;x\x07\n")
    assert "\x1b" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
async def test_a_real_terminal_shows_styles_and_takes_numbers(tmp_path: Path) -> None:
    program = tmp_path / "chat.py"
    program.write_text(
        "import asyncio\n"
        "from datetime import UTC, datetime\n"
        "from adapters.console import Console\n"
        "from bot.core import Core\n"
        "from tests.bot.support import COURSE, Lookup, Shelf\n"
        "core = Core(answering=Lookup(), courses=Shelf(COURSE))\n"
        "asyncio.run(Console(now=lambda: datetime.now(UTC)).run(core.handle))\n"
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

    def until(*words: str) -> None:
        """Read until these words were seen after what was seen before."""
        nonlocal shown
        deadline = time.monotonic() + 60
        for each in words:
            while each not in shown:
                assert time.monotonic() < deadline, shown
                if not select.select([primary], [], [], 1)[0]:
                    continue
                shown += os.read(primary, 65536).decode(errors="replace")
                if "\x1b[6n" in shown:
                    # The terminal is asked where its cursor is.
                    os.write(primary, b"\x1b[1;1R")
                    shown = shown.replace("\x1b[6n", "")
            shown = shown.partition(each)[2]

    # What is typed before the prompt is there would go to the terminal's own line editing.
    prompt = "打字提问"
    await asyncio.to_thread(until, prompt)
    os.write(primary, "区别\r".encode())
    await asyncio.to_thread(until, "\x1b[1;32m[2]\x1b[0m", prompt)
    os.write(primary, b"2\r")
    await asyncio.to_thread(until, "\x1b[36mnsenter -t PID\x1b[0m", prompt)
    os.write(primary, b"\x04")
    await asyncio.to_thread(until, "再见！")
    assert await asyncio.wait_for(process.wait(), 10) == 0
    os.close(primary)


async def test_a_command_is_about_what_was_shown_last_and_so_is_a_line_after_two_arrows() -> None:
    heard: list[Incoming] = []

    async def handle(incoming: Incoming) -> list[Reply]:
        heard.append(incoming)
        return [Reply(spans=(Text("卡片"),), buttons=((Button("更多", "m:c1:t"),),))]

    typed = "容器是什么\n/curate\n>> 就是这条\n一个问题\n"
    console = Console(now=now, stdin=io.StringIO(typed), stdout=io.StringIO(), greet=False, environ={})
    await console.run(handle)
    said = [each for each in heard if isinstance(each, Message)]
    card = Quoted(text="卡片", ours=True, payloads=("m:c1:t",))
    assert [(each.text, each.quoted) for each in said] == [
        ("容器是什么", None),
        ("/curate", card),
        ("就是这条", card),
        ("一个问题", None),
    ]
