from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot.catalog
from bot.buttons.digests import DigestAction
from bot.catalog import LANGUAGES, Catalog, Template, catalog, has_han, negotiate
from bot.commands import COMMANDS
from bot.team.audit import Action
from knowledge.entry import Source
from knowledge.errors import CoursebotError
from knowledge.problems import Problem

ROOT = Path(bot.catalog.__file__).parents[1]
FOLDERS = ("bot", "adapters", "knowledge", "jobs", "config")
SOURCES = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")]


def holes(template: Template) -> set[str]:
    texts = [template] if isinstance(template, str) else list(template.values())
    return {hole for text in texts for hole in re.findall(r"\{(\w+(?::\w+)?)\}", text)}


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                yield file, node


def literal(call: ast.Call, position: int = 0) -> str | None:
    value = call.args[position] if len(call.args) > position else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_catalogs_say_the_same_things_with_the_same_values(language: str) -> None:
    ours, simplified = catalog(language).templates, catalog("zh-Hans").templates
    assert ours.keys() == simplified.keys()
    differing = [key for key in ours if holes(ours[key]) - {"count"} != holes(simplified[key]) - {"count"}]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_filled(language: str) -> None:
    words = catalog(language)
    for key, template in words.templates.items():
        values = {hole.partition(":")[0]: 1 for hole in holes(template)} | {"count": 1}
        assert "{" not in words.text(key, **values)
        assert words.text(key, **{**values, "count": 2}).strip()


def test_every_error_that_is_raised_has_a_sentence_with_the_values_given() -> None:
    templates = catalog("en").templates
    missing: list[str] = []
    for name, position in (("CoursebotError", 0), ("Problem", 2)):
        for file, call in calls(name):
            key = literal(call, position)
            if key is None:
                continue
            place = f"{file.relative_to(ROOT)}:{call.lineno}: {key}"
            template = templates.get(f"error.{key}")
            if template is None:
                missing.append(place)
            elif name == "CoursebotError" and not any(keyword.arg is None for keyword in call.keywords):
                given = {keyword.arg for keyword in call.keywords}
                missing += [f"{place} lacks {hole}" for hole in holes(template) - given]
    assert missing == []


def test_every_key_that_is_looked_up_exists_and_every_sentence_is_used() -> None:
    templates = catalog("en").templates
    looked_up = [literal(call) for name in ("say", "text") for _, call in calls(name)]
    asked = {key for key in looked_up if key and re.fullmatch(r"[a-z]+\.[a-z-]+", key)}
    assert asked - templates.keys() == set()
    elsewhere = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    # Keys that are put together from an enumeration, an error or a row.
    made = (
        *(f"kind.{source.value}" for source in Source),
        *(f"digest.{action.value}" for action in DigestAction),
        "reason.",
        "queue.is-",
        "error.",
        "row.",
        "role.",
        "action.",
    )
    told = [key for key in templates if not key.startswith(made)]
    assert [key for key in told if not re.search(f"[\"']{key}[\"']", elsewhere)] == []


def test_whatever_is_logged_has_a_word() -> None:
    for action in Action:
        assert catalog("en").text(f"action.{action.value}")


def test_every_command_has_help() -> None:
    for spec in COMMANDS:
        assert catalog("en").text(spec.help)
        assert not spec.argument or catalog("en").text(spec.argument)


def test_a_missing_key_or_value_is_an_error() -> None:
    with pytest.raises(LookupError):
        catalog("en").text("no.such-key")
    with pytest.raises(LookupError):
        catalog("en").text("command.unknown")
    with pytest.raises(LookupError):
        catalog("fr")


def test_traditional_chinese_is_made_from_simplified() -> None:
    words = catalog("zh-Hant")
    assert words.text("card.reply-missing", count=3) == "這條留言有 3 條回覆，但回覆沒有隨課程匯出。"


def test_english_counts_have_plurals() -> None:
    words = catalog("en")
    assert "1 reply, but it was" in words.text("card.reply-missing", count=1)
    assert "0 replies, but they were" in words.text("card.reply-missing", count=0)


def test_values_are_never_templates() -> None:
    assert "{limit}" in catalog("en").text("course.no-such", wanted="{limit}")


@pytest.mark.parametrize(("score", "shown"), [(0.874, "87%"), (0.9999, "99%"), (1.0, "100%"), (0.0, "0%")])
def test_only_certainty_is_a_hundred_percent(score: float, shown: str) -> None:
    assert shown in catalog("en").text("why.score", score=score)


def test_errors_are_always_told() -> None:
    words = catalog("en")
    assert "no file or" not in words.say(CoursebotError("path-missing", path="/x"))
    assert "/x" in words.say(CoursebotError("path-missing", path=Path("/x")))
    assert "(made-up)" in words.say(CoursebotError("made-up"))
    assert "(path-missing)" in words.say(CoursebotError("path-missing"))
    why = CoursebotError("question-empty")
    assert "no question yet" in words.say(CoursebotError("seed-row-bad", row=3, why=why))


def test_problems_are_told_with_their_file() -> None:
    told = catalog("en").explain(Problem("a.md", 7, "comments-count", {"announced": 30, "read": 29}))
    assert told == "a.md announces 30 comments, but 29 were read. Check that the export is complete."


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        (("zh",), "zh-Hans"),
        (("zh-CN",), "zh-Hans"),
        (("zh-Hans",), "zh-Hans"),
        (("zh-SG",), "zh-Hans"),
        (("zh-TW",), "zh-Hant"),
        (("zh-HK",), "zh-Hant"),
        (("zh-hant",), "zh-Hant"),
        (("zh-Hans-HK",), "zh-Hans"),
        (("zh-Hant-CN",), "zh-Hant"),
        (("zh_TW.UTF-8",), "zh-Hant"),
        (("en-US",), "en"),
        (("fr",), "en"),
        (("fr", "zh-TW"), "zh-Hant"),
        (("", "zh"), "zh-Hans"),
        ((), "en"),
    ],
)
def test_languages_are_negotiated(tags: tuple[str, ...], language: str) -> None:
    assert negotiate(*tags) == language


def test_han_is_recognised() -> None:
    assert has_han("redis 是什么")
    assert has_han("𠮷")
    assert not has_han("redis, カナ")


def test_a_plain_number_needs_no_plural_form() -> None:
    assert Catalog("en", {"k": {"one": "a {count}", "other": "b {count}"}}).text("k", count=21) == "b 21"
