"""Settings: which source goes before which, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog import LANGUAGES, catalog
from config.settings import load
from knowledge.errors import CoursebotError


def test_the_environment_goes_before_the_file_in_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "coursebot.toml").write_text('excerpt = 100\nlanguage = "en"\n')
    settings = load({"COURSEBOT_EXCERPT": "200"}, data=tmp_path)
    assert (settings.excerpt, settings.language, settings.data) == (200, "en", tmp_path)


def test_the_option_goes_before_the_environment(tmp_path: Path) -> None:
    assert load({"COURSEBOT_DATA": "/elsewhere"}, data=tmp_path).data == tmp_path
    assert load({"COURSEBOT_DATA": str(tmp_path)}).data == tmp_path


@pytest.mark.parametrize(
    "environment",
    [
        {"COURSEBOT_EXCERPT": "many"},
        {"COURSEBOT_EXCERPT": "49"},
        {"COURSEBOT_TELEGRAM_WEBHOOK_URL": "ftp://example.org"},
    ],
)
def test_what_cannot_be_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(CoursebotError, match="setting-bad"):
        load(environment, data=tmp_path)


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    settings = load({"COURSEBOT_TELEGRAM_TOKEN": "1:hush"}, data=tmp_path)
    assert "hush" not in repr(settings)
    assert settings.secrets == ("1:hush",)
    with pytest.raises(CoursebotError) as caught:
        load({"COURSEBOT_TELEGRAM_WEBHOOK_SECRET": "hush"}, data=tmp_path)
    assert "hush" not in str(caught.value)
    (tmp_path / "coursebot.toml").write_text('telegram_tokn = "1:hush"\n')
    with pytest.raises(CoursebotError, match="meant=telegram_token") as caught:
        load({}, data=tmp_path)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"excerpt = 100\nlanguage = en\n",
            "cannot be read: line 2 is not TOML. Correct it, then start again.",
        ),
        (b"excerpt", "cannot be read: it is not TOML; something is left open at its end. Correct it, then"),
        (b'language = "\xff"', "cannot be read: it is not UTF-8. Correct it, then start again."),
        (
            b"excerp = 100",
            "sets excerp, which is no setting. If excerpt is meant, correct it, then start again.",
        ),
        (b"zzz = 1", "sets zzz, which is no setting. Remove it, then start again"),
        (b"excerpt = 49", "The setting excerpt cannot be “49”: it must be a number from 50 to 4000."),
        (b"language = 3", "The setting language cannot be “3”: it must be text in quotation marks."),
        (b"found = 2", "The setting found cannot be “2”: it must be a number from 0 to 1."),
    ],
)
def test_a_settings_file_that_cannot_be_is_told_in_a_sentence(
    tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "coursebot.toml"
    file.write_bytes(content)
    with pytest.raises(CoursebotError) as caught:
        load({}, data=tmp_path)
    for language in LANGUAGES:
        assert "“”" not in catalog(language).say(caught.value)
    assert told in catalog("en").say(caught.value)


def test_a_settings_file_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "coursebot.toml").mkdir()
    assert load({}, data=tmp_path).excerpt == 300
