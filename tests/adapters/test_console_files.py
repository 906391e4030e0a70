from __future__ import annotations

import io
import os
import shlex
from pathlib import Path

import pytest

from adapters.console import Console
from bot.messages import Attachment, Incoming, Message
from bot.ports import LARGEST_FILE
from bot.replies import Document, Reply, Text
from knowledge.errors import CoursebotError
from tests.adapters.test_console import now


class Talk:
    """A conversation of one line with a core that listens."""

    def __init__(self, tmp_path: Path, *replies: Reply) -> None:
        self.heard: list[Message] = []
        self.fetched: list[bytes] = []
        self.saves = tmp_path / "files"
        self._replies = list(replies)

    async def say(self, line: str) -> str:
        stdout = io.StringIO()
        console = Console(
            now=now,
            stdin=io.StringIO(line + "\n"),
            stdout=stdout,
            greet=False,
            language="en",
            saves=self.saves,
            environ={},
            width=1000,
        )

        async def listen(incoming: Incoming) -> list[Reply]:
            if not isinstance(incoming, Message):
                return []
            self.heard.append(incoming)
            self.fetched.extend([await console.fetch(each) for each in incoming.files])
            return self._replies

        await console.run(listen)
        return stdout.getvalue()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "my 答案.csv"
    path.write_bytes(b"abc")
    return path


@pytest.mark.parametrize(
    "written",
    [
        "/upload {path}",
        "／上传 {path}",
        "/upload '{path}'",
        "/upload {quoted}",
        "{path}",
        "'{path}'",
        '"{path}"',
        "{escaped}",
        "{address}",
        "  {path}  ",
    ],
)
async def test_a_path_is_a_file_however_the_terminal_writes_it(
    tmp_path: Path, table: Path, written: str
) -> None:
    talk = Talk(tmp_path)
    await talk.say(
        written.format(
            path=table,
            quoted=shlex.quote(str(table)),
            escaped=str(table).replace(" ", r"\ "),
            address=table.as_uri(),
        )
    )
    (heard,) = talk.heard
    assert heard.text == ""
    assert [(each.name, each.size) for each in heard.files] == [("my 答案.csv", 3)]
    assert talk.fetched == [b"abc"]


async def test_words_after_the_path_are_words(tmp_path: Path, table: Path) -> None:
    talk = Talk(tmp_path)
    await talk.say(f"/upload {shlex.quote(str(table))} containers")
    assert talk.heard[0].text == "containers"
    assert talk.fetched == [b"abc"]


@pytest.mark.parametrize(
    "line", ["/etc/passwd 是什么", "/etc/passwd", "~/nothing.csv", "/proc", "what is ./configure?", "a.csv"]
)
async def test_a_question_about_a_path_stays_a_question(tmp_path: Path, line: str) -> None:
    talk = Talk(tmp_path)
    await talk.say(line)
    assert [(each.text, each.files) for each in talk.heard] == [(line, ())]


async def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    console = Console(now=now, stdin=io.StringIO(), stdout=io.StringIO())
    for path in (tmp_path, pipe, tmp_path / "none.csv", Path("/dev/zero")):
        with pytest.raises(CoursebotError, match="path-missing"):
            await console.fetch(Attachment(id=str(path), name=path.name, size=0))


async def test_a_file_that_grew_beyond_the_limit_is_too_big(tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    big.write_bytes(bytes(LARGEST_FILE + 1))
    console = Console(now=now, stdin=io.StringIO(), stdout=io.StringIO())
    for size in (0, LARGEST_FILE + 1):
        with pytest.raises(CoursebotError, match="upload-too-big"):
            await console.fetch(Attachment(id=str(big), name=big.name, size=size))


async def test_a_document_is_saved_under_a_free_name_and_its_place_is_said(tmp_path: Path) -> None:
    given = Document(name="../../答案.csv", content=b"abc", alt="Three letters")
    talk = Talk(tmp_path, Reply(spans=(Text("here"),), document=given))
    first, second = await talk.say("export"), await talk.say("export")
    saved = sorted(talk.saves.iterdir())
    assert [each.parent for each in saved] == [talk.saves] * 2
    assert all(each.read_bytes() == b"abc" for each in saved)
    assert str(saved[1]) in first or str(saved[0]) in first
    assert {str(each) for each in saved} == {
        line.removeprefix("The file is here: ")
        for line in (first + second).splitlines()
        if line.startswith("The file is here: ")
    }
    assert "Three letters" in first


async def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    talk = Talk(tmp_path, Reply(spans=(Text("here"),), document=Document(name="a.csv", content=b"abc")))
    talk.saves.write_text("in the way")
    shown = await talk.say("export")
    assert f"{talk.saves} cannot be written" in shown
