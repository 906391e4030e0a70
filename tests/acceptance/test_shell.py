"""The command among other programs: pipes, encodings, completion, Ctrl-C, a terminal's progress bar."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from tests.acceptance.command import CHINESE, COURSES, ROOT, Coursebot
from tests.acceptance.test_chat import Screen

QUESTION = "镜像分层是什么？🐳"


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1", "utf-16"])
def test_json_is_json_in_any_encoding(shared: Coursebot, encoding: str) -> None:
    with shared.start("ask", QUESTION, "--json", PYTHONIOENCODING=encoding) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert json.loads(out.decode(encoding))["query"] == QUESTION


def test_people_are_told_in_any_encoding(shared: Coursebot) -> None:
    for arguments in (["courses"], ["lessons", "containers"], ["ask", QUESTION], ["chat"]):
        ran = Coursebot(data=shared.data, language=CHINESE)(*arguments, PYTHONIOENCODING="ascii")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out


def test_nobody_reads_the_output(shared: Coursebot) -> None:
    lines = f"{QUESTION}\n".encode() * 200
    for arguments in (["ask", "--stdin", "--json"], ["chat"]):
        with shared.start(*arguments) as process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdout.close()
            try:
                process.stdin.write(lines)
                process.stdin.close()
            except BrokenPipeError:
                pass
            assert process.stderr.read() == b""
            process.wait(60)


def test_ctrl_c_ends_without_a_word(shared: Coursebot) -> None:
    with shared.start("ask", "--stdin", "--json") as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{QUESTION}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdin.close()
        assert process.stderr
        assert b"Traceback" not in process.stderr.read()
        assert process.wait(60) in {0, 1, 130}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(empty: Coursebot, shell: str) -> None:
    source = empty(_COURSEBOT_COMPLETE=f"{shell}_source")
    assert (source.code, source.err) == (0, "")
    assert "coursebot" in source.out
    typed = {"COMP_WORDS": "coursebot im", "COMP_CWORD": "im" if shell == "fish" else "1"}
    assert "import" in empty(_COURSEBOT_COMPLETE=f"{shell}_complete", **typed).out
    typed = {"COMP_WORDS": "coursebot ask --js", "COMP_CWORD": "--js" if shell == "fish" else "2"}
    assert "--json" in empty(_COURSEBOT_COMPLETE=f"{shell}_complete", **typed).out


def test_an_import_shows_on_a_terminal_how_far_it_is(empty: Coursebot) -> None:
    terminal, inner = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "config", "import", COURSES / "git-basics"],
        cwd=ROOT,
        env=empty.environment(TERM="xterm"),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    os.close(inner)
    screen = Screen(terminal)
    try:
        screen.until("4/4")
        screen.until("courses 1")
        screen.to_the_end()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
