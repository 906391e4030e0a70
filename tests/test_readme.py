"""The README and the documents say what is so today."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from bot.messages import ButtonPress, Chat, Message, Person, Platform
from bot.replies import Reply
from config.cli.app import app
from config.settings import Settings
from config.wiring import application
from tests.acceptance.command import CHINESE, COURSES, ROOT, Coursebot
from tests.adapters.sql.delivering import Post

README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def steady(text: str) -> list[str]:
    """The lines without what may differ: probabilities in percent, and white space at ends."""
    return [re.sub(r"\d+%", "N%", line.rstrip()) for line in text.strip().split("\n")]


def test_the_conversation_is_a_real_one(tmp_path: Path) -> None:
    found = re.search(r"```text\n(.*?)\n```", README, re.DOTALL)
    assert found is not None
    # The first question is asked by the bot itself, to show how it works.
    _, *typed = [line.removeprefix("› ") for line in found[1].split("\n") if line.startswith("› ")]
    assert len(typed) >= 3
    bot = Coursebot(data=tmp_path / "data", language=CHINESE)
    ran = bot("chat", "--sample", stdin="\n".join(typed) + "\n", COLUMNS="80")
    assert steady(ran.out) == steady(found[1])


async def test_the_daily_lesson_is_a_real_one(tmp_path: Path) -> None:
    told = README.split("## Daily lessons")[1]
    found = re.search(r"```text\n(.*?)\n```", told, re.DOTALL)
    assert found is not None
    data = tmp_path / "data"
    assert Coursebot(data=data, language=CHINESE)("import", str(COURSES / "containers")).code == 0
    reader = Person(platform=Platform.TELEGRAM, id="7", language="zh-hans")
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    heard: dict[str, Any] = {"chat": Chat(platform=Platform.TELEGRAM, id="7"), "sender": reader}
    async with application(Settings(data=data)) as bot:
        core = await bot.core()
        post = Post.of(await bot.database())
        typed = re.search("^› (/.*)$", found[1], re.MULTILINE)
        assert typed
        shown: list[Reply | str] = [f"› {typed[1]}"]
        shown += await core.handle(Message(**heard, id="1", text=typed[1], at=at))
        at += timedelta(hours=12)
        compose = await bot.compose()
        arrived = [await compose(each) for each in await post.send(await post.holder(at), at)]
        lesson = next(each for each in arrived if each)
        read = lesson.buttons[0][0]
        pressed = ButtonPress(**heard, message_id="2", payload=read.payload, at=at)
        shown += [lesson, f"› [{read.label}]", *await core.handle(pressed)]
    assert "\n\n".join(map(as_text, shown)) == found[1]


def as_text(said: Reply | str) -> str:
    """What is said with its buttons, as in the README."""
    if isinstance(said, str):
        return said
    labels = "  ".join(f"[{button.label}]" for row in said.buttons for button in row)
    return f"{said.text}\n{labels}".rstrip("\n")


def named_commands() -> list[tuple[str, str]]:
    """Each `coursebot …` in code, with the document that names it."""
    found = set()
    for file in DOCUMENTS:
        text = file.read_text("utf-8")
        fenced = re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
        lines = [line.strip() for block in fenced for line in block.split("\n")]
        spans = re.findall(
            r"`(?:\.venv/bin/)?(coursebot [^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        )
        lines += spans
        found |= {(file.name, line) for line in lines if line.startswith("coursebot ")}
    return sorted(found)


@pytest.mark.parametrize(("document", "line"), named_commands())
def test_every_command_exists(document: str, line: str) -> None:
    words = re.sub(r"\s+#.*", "", line).split()[1:]
    command: click.Command = app
    with click.Context(app) as context:
        while isinstance(command, click.Group) and words:
            below = command.get_command(context, words.pop(0))
            assert below is not None, f"{document}: {line}"
            command = below
        options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options | {"--help"}


def test_the_table_of_commands_is_complete() -> None:
    with click.Context(app) as context:
        for name in app.list_commands(context):
            assert f"| `coursebot {name}" in README


def test_the_table_of_settings_is_complete() -> None:
    table = README.split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == {each.name for each in fields(Settings)}


def test_what_the_documents_link_to_is_there() -> None:
    for file in DOCUMENTS:
        text = re.sub(r"```.*?```", "", file.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" not in target and not target.startswith("#"):
                assert (file.parent / target.split("#")[0]).exists(), f"{file.name}: {target}"


def test_completion_in_a_shell(tmp_path: Path) -> None:
    typed = {"COMP_WORDS": "coursebot im", "COMP_CWORD": "1"}
    ran = Coursebot(data=tmp_path)("", _COURSEBOT_COMPLETE="bash_complete", **typed)
    assert ran.out.split() == ["plain,import"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a checkout knows which files are its own")
def test_no_file_names_a_machine_or_a_registry() -> None:
    # The courses teach containers, in which /root is a folder like another.
    listed = subprocess.run(
        ["git", "ls-files", "-z", ":!courses"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    # Put together here, so that this file does not name them either.
    places = "|".join(rf"(?<![\w.~/-])/{place}/" for place in ("work", "root", "home"))
    hosts = "|".join(
        rf"{re.escape(host)}" for host in ("pypi" + ".org", "python" + "hosted.org", "artifact" + "ory")
    )
    forbidden = re.compile(f"{places}|{hosts}|--index-" + "url|--extra-index-" + "url", re.IGNORECASE)
    named = []
    for name in filter(None, listed.decode().split("\0")):
        file = ROOT / name
        data = file.read_bytes() if file.is_file() else b""
        if b"\0" not in data[:8000]:
            found = forbidden.search(data.decode("utf-8", "replace"))
            named += [f"{name}: {found[0]}"] if found else []
    assert named == []
