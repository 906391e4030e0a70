"""What is true of all commands: help, version, settings, wrong names, folders that cannot be used."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.acceptance.command import CHINESE, ROOT, Coursebot


def test_version_and_help(empty: Coursebot) -> None:
    assert empty("--version").out.startswith("coursebot ")
    shown = empty("--help")
    assert shown.code == 0
    for command in ("ask", "chat", "courses", "import", "index", "lessons", "run", "seed"):
        assert f"  {command} " in shown.out
    assert not empty.data.exists()


@pytest.mark.parametrize(("typed", "meant"), [("improt", "import"), ("lesons", "lessons"), ("xyzzy", "")])
def test_a_wrong_command_suggests_the_right_one(empty: Coursebot, typed: str, meant: str) -> None:
    ran = empty(typed)
    assert (ran.code, ran.out) == (2, "")
    assert (f"Did you mean '{meant}'" in ran.err) == bool(meant)


def test_courses_and_lessons(shared: Coursebot) -> None:
    listed = shared("courses")
    assert listed.code == 0
    assert "git-basics" in listed.out
    lessons = shared("lessons", "containers", "--json").json
    assert lessons[0]["slug"].startswith("开篇词")
    assert lessons[-1]["slug"].startswith("结束语")
    assert [lesson["position"] for lesson in lessons] == list(range(1, len(lessons) + 1))
    unknown = shared("lessons", "nope")
    assert (unknown.code, unknown.out, unknown.err.count("\n")) == (2, "", 1)


def test_the_option_goes_before_the_variable(bot: Coursebot, tmp_path: Path) -> None:
    ran = bot("--data", tmp_path / "other", "courses", "--json")
    assert (ran.code, ran.json) == (0, [])
    assert (tmp_path / "other" / "coursebot.sqlite").is_file()


def test_a_settings_file(bot: Coursebot, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'data = {json.dumps(str(bot.data))}\nlanguage = "zh-Hans"\nexcerpt = 60\n', "utf-8")
    elsewhere = Coursebot(data=tmp_path / "unused")
    ran = elsewhere("--config", file, "courses", "--json", COURSEBOT_DATA="")
    assert len(ran.json) == 2
    assert elsewhere("--config", file, "lessons", "nope").err.startswith("没有")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("excerpt = 3", "excerpt"),
        ("excerpts = 300", "excerpts"),
        ("excerpt = [", "bad.toml"),
        ("\udcff", "bad.toml"),
    ],
)
def test_a_bad_setting_is_named(empty: Coursebot, tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "bad.toml").write_text(content, "utf-8", errors="surrogateescape")
    ran = empty("--config", tmp_path / "bad.toml", "courses")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert says in ran.err
    assert not empty.data.exists()


def test_a_settings_file_that_is_not_there(empty: Coursebot, tmp_path: Path) -> None:
    ran = empty("courses", COURSEBOT_CONFIG=str(tmp_path / "none.toml"))
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "none.toml" in ran.err


@pytest.mark.parametrize("arguments", [("courses",), ("ask", "什么是容器")], ids=["courses", "ask"])
def test_a_data_folder_that_cannot_be_made(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("")
    ran = Coursebot(data=tmp_path / "file" / "data", language=CHINESE)(*arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert str(tmp_path / "file") in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_may_only_be_read(bot: Coursebot) -> None:
    for path in (bot.data, *bot.data.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert bot.asked("镜像分层是什么")
        ran = bot("import", ROOT / "courses" / "git-basics")
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    finally:
        for path in (bot.data, *bot.data.rglob("*")):
            path.chmod(0o700)


def test_a_database_that_is_none(bot: Coursebot) -> None:
    bot.database.write_bytes(b"this is no database, " * 1_000)
    shutil.rmtree(bot.index)
    for arguments in (("courses",), ("ask", "什么是容器")):
        ran = bot(*arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert "coursebot.sqlite" in ran.err
