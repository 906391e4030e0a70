"""Answers handed out as a file, and the way back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from knowledge.model import Seed
from knowledge.seeds import parse_seeds
from tests.adapters.sql.samples import COURSE
from tests.bot.uploading import NOW, Bot, with_team


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with with_team(tmp_path) as made:
        yield made


@pytest.mark.parametrize("kind", ["", "csv", "jsonl", "xlsx"])
async def test_what_is_exported_comes_back_unchanged(bot: Bot, kind: str) -> None:
    seeds = [
        Seed(question="=1+1?", answer="2\r\n\n三", aliases=("a|b", "[c]"), lesson="01-pods", author="@Eve"),
        Seed(question="When is the exam?", answer="'-never"),
    ]
    await bot.seeds.save("k8s", seeds, at=NOW)
    (handed,) = await bot.command("export", f"k8s {kind}".strip())
    assert handed.document is not None
    assert handed.document.name == f"k8s.{kind or 'xlsx'}"
    assert [row.seed for row in parse_seeds(handed.document.name, handed.document.content).rows] == seeds
    (again,) = await bot.send(handed.document.name, handed.document.content)
    assert "there already 2" in again.text
    assert again.buttons == ()


async def test_all_courses_come_back_each_to_its_own(bot: Bot) -> None:
    await bot.courses.save(type(COURSE)(slug="go", title="Go", lessons=COURSE.lessons), at=NOW)
    for slug in ("go", "k8s"):
        await bot.seeds.save(slug, [Seed(question="When?", answer=f"Never, {slug}.")], at=NOW)
    (handed,) = await bot.command("export", "csv")
    assert handed.document is not None
    (again,) = await bot.send("all.csv", handed.document.content)
    assert again.text.count("there already 1") == 2
    (mine,) = await bot.command("export", "csv", who="2")
    assert mine.document is not None
    assert (mine.document.name, mine.document.content.count(b"Never")) == ("k8s.csv", 1)


async def test_nothing_to_export_and_no_right_to(bot: Bot) -> None:
    (said,) = await bot.command("export")
    assert said.text == "There are no answers of the team to export yet."
    (refused,) = await bot.command("export", "k8s", who="3")
    assert refused.document is None
    (close,) = (await bot.command("export", "kubernets"))[:1]
    assert re.search("Kubernetes", close.text)
