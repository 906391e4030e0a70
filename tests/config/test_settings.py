"""Settings: which source goes before which, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

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
        {"COURSEBOT_TELEGRAM_TOKEN": "not a token"},
        {"COURSEBOT_TELEGRAM_WEBHOOK_URL": "ftp://example.org"},
    ],
)
def test_what_cannot_be_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(CoursebotError, match="setting-bad"):
        load(environment, data=tmp_path)


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(CoursebotError) as caught:
        load({"COURSEBOT_TELEGRAM_TOKEN": "12345 hush"}, data=tmp_path)
    assert "hush" not in str(caught.value)
    settings = load({"COURSEBOT_TELEGRAM_TOKEN": "1:hush"}, data=tmp_path)
    assert "hush" not in repr(settings)
    assert settings.secrets == ("1:hush",)
