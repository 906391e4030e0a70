"""`coursebot chat`, piped and at a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys

from tests.acceptance.command import CHINESE, ROOT, Coursebot

PATIENCE = 30
END_OF_INPUT = b"\x04"


def test_a_conversation_through_a_pipe(shared: Coursebot) -> None:
    ran = shared("chat", stdin="镜像分层是什么？\n1\n/lessons containers\n/help\n/quit\n")
    assert (ran.code, ran.err) == (0, "")
    assert "📘" in ran.out
    assert "👍" in ran.out
    assert "/ask" in ran.out
    assert "\x1b" not in ran.out


def test_a_pipe_that_ends_or_holds_no_text(shared: Coursebot) -> None:
    for given in (b"", b"\n\n", b"\xff\xfe\x00\x1b[2J\n", "🐳" * 3_000):
        assert shared("chat", stdin=given, PYTHONIOENCODING="utf-8:strict").code == 0


def test_the_samples_are_imported_for_a_newcomer(empty: Coursebot) -> None:
    ran = Coursebot(data=empty.data, language=CHINESE)("chat", "--sample", stdin="")
    assert (ran.code, ran.err) == (0, "")
    assert "👋" in ran.out


def test_a_conversation_at_a_terminal(bot: Coursebot) -> None:
    terminal, inner = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "config", "chat"],
        cwd=ROOT,
        env=bot.environment(TERM="xterm"),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    os.close(inner)
    screen = Screen(terminal)
    try:
        screen.until("Ctrl-D")  # stands in the empty prompt
        os.write(terminal, "镜像分层是什么？\r".encode())
        screen.until("[1]")
        screen.until("Ctrl-D")
        os.write(terminal, END_OF_INPUT)
        screen.to_the_end()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


class Screen:
    """What a terminal shows, read as far as was waited for."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self._waiting = b""

    def until(self, wanted: str) -> None:
        """Read up to `wanted`; what stands behind it is left for the next call."""
        while wanted.encode() not in self._waiting:
            assert self._more(), self._waiting.decode(errors="replace")
        _, _, self._waiting = self._waiting.partition(wanted.encode())

    def to_the_end(self) -> None:
        """Read until nobody writes there any more."""
        while self._more():
            pass

    def _more(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], PATIENCE)
        assert ready, self._waiting.decode(errors="replace")
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # Linux's way to say that the other side is closed
            data = b""
        if b"\x1b[6n" in data:
            os.write(self._terminal, b"\x1b[1;1R")  # a terminal answers where its cursor is
        self._waiting += data
        return bool(data)
