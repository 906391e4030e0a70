"""Files tried and imported by the real command, in a terminal and by a bot that is killed in between."""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path

import pytest

from knowledge.seeds import parse_seeds
from tests.acceptance.command import COURSES, Coursebot
from tests.acceptance.serving import command
from tests.adapters.telegram_.test_files import document
from tests.botapi.server import TOKEN, BotApi
from tests.botapi.updates import READER, press

TABLE = "问题,答案,别名\n谁给这门课答疑？,课程组，每周三。,找谁答疑\n".replace("组，", "组、")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "answers.csv"
    file.write_bytes(TABLE.encode("gbk"))
    return file


def test_a_dry_run_writes_nothing_and_its_impact_comes_true(bot: Coursebot, table: Path) -> None:
    question = "谁给这门课答疑？"
    bot("chat", stdin=f"{question}\n")
    tried = bot("seed", "import", table, "--course", "containers", "--dry-run")
    assert (tried.code, "would add 1" in tried.out) == (0, True)
    assert "in GBK and was converted" in tried.err
    assert "Of 1 past question, 1" in tried.out
    assert "added 1" in bot("seed", "import", table, "--course", "containers").out
    assert bot.asked(question)[0]["answer"] == "课程组、每周三。"


def test_excel_comes_back_to_the_letter(bot: Coursebot, table: Path, tmp_path: Path) -> None:
    bot("seed", "import", table, "--course", "containers")
    bot.succeeds("seed", "export", tmp_path / "out.xlsx")
    assert parse_seeds("out.xlsx", (tmp_path / "out.xlsx").read_bytes()).rows[0].course == "containers"
    again = bot.succeeds("seed", "import", tmp_path / "out.xlsx", "--dry-run")
    assert "would add 0 · update 0 · unchanged 1" in again.out


def test_a_course_is_tried_before_it_is_imported_again(bot: Coursebot, tmp_path: Path) -> None:
    folder = shutil.copytree(COURSES / "git-basics", tmp_path / "git-basics")
    same = bot("import", folder, "--dry-run")
    assert (same.code, "nothing to import" in same.out) == (0, True)
    max(folder.rglob("[0-9]*.md")).unlink()
    tried = bot("import", folder, "--dry-run")
    assert "gone 1" in tried.out
    assert len(bot("lessons", "git-basics").out.splitlines()) >= 4


def test_a_terminal_tries_and_imports_a_file_by_its_path(bot: Coursebot, table: Path) -> None:
    ran = bot("chat", stdin=f"/upload '{table}' containers\n1\n/export containers csv\n谁给这门课答疑？\n")
    assert "nothing is written yet" in ran.out
    assert "answers.csv was imported" in ran.out
    assert "课程组、每周三。" in ran.out
    (saved,) = re.findall(r"The file is here: (.+)", ran.out)
    assert "课程组、每周三。" in Path(saved).read_text("utf-8-sig")


async def test_after_a_kill_between_the_dry_run_and_the_yes_nothing_is_lost(
    bot: Coursebot, table: Path
) -> None:
    settings = {"COURSEBOT_TELEGRAM_TOKEN": TOKEN, "COURSEBOT_OWNERS": f"telegram:{READER}"}
    async with BotApi() as api:
        settings["COURSEBOT_TELEGRAM_BASE_URL"] = api.base_url
        api.files["F1"] = table.read_bytes()
        first = await command("run", data=bot.data, **settings)
        await api.polled(within=30)
        api.push(document("answers.csv", size=len(api.files["F1"]), caption="containers"))
        tried = await api.call("sendMessage", within=30)
        assert "试导入 answers.csv" in tried.words
        first.send_signal(signal.SIGKILL)
        await first.communicate()
        del api.files["F1"]

        second = await command("run", data=bot.data, **settings)
        await api.polled(within=30)
        (yes,) = [each["callback_data"] for each in tried.buttons if each["text"] == "导入"]
        api.push(press(yes, tried.message_id))
        done = await api.call("editMessageText", within=30)
        assert "已导入 answers.csv" in done.words
        second.send_signal(signal.SIGTERM)
        _, complaints = await second.communicate()
        assert TOKEN not in complaints.decode()
    assert bot.asked("谁给这门课答疑？")[0]["answer"] == "课程组、每周三。"
