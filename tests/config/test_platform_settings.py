from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalog import catalog
from config.settings import Settings, load
from knowledge.errors import CoursebotError

TOKEN = "123456:AAexample"


def test_tokens_come_from_the_environment_or_the_file(tmp_path: Path) -> None:
    file = tmp_path / "coursebot.toml"
    file.write_text(f'telegram_token = "{TOKEN}"\ndiscord_token = "x.y.z"\n', "utf-8")
    settings = load({"COURSEBOT_DATA": str(tmp_path), "COURSEBOT_DISCORD_TOKEN": " other "})
    assert settings.telegram_token == TOKEN
    assert settings.discord_token == "other"


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path, telegram_token=TOKEN, discord_token="d", telegram_webhook_secret="w" * 20
    )
    assert settings.secrets == (TOKEN, "w" * 20, "d")
    assert not any(secret in repr(settings) for secret in (TOKEN, "w" * 20))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BASE_URL", "localhost:8081"),
        ("TELEGRAM_BASE_URL", "https://user:password@host/"),
        ("TELEGRAM_WEBHOOK_LISTEN", "8443"),
        ("TELEGRAM_WEBHOOK_SECRET", "short"),
        ("DISCORD_GATEWAY_URL", "https://x.y"),
        ("DISCORD_MESSAGE_CONTENT", "perhaps"),
    ],
)
def test_what_cannot_be_is_refused_without_showing_secrets(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(CoursebotError) as caught:
        load({"COURSEBOT_DATA": str(tmp_path), f"COURSEBOT_{name}": value})
    assert caught.value.key == "setting-bad"
    assert caught.value.values["name"] == name.lower()
    told = catalog("en").say(caught.value)
    assert "short" not in told
    assert "password@" not in told
    assert not set("\\[]*+") & set(told)  # words, not a pattern


@pytest.mark.parametrize("token", ["no token", "令牌", "12345:../x", "MTEw.wrong"])
def test_a_malformed_token_is_left_to_its_platform(tmp_path: Path, token: str) -> None:
    """So that the other platform, and every other command, works all the same."""
    settings = load({"COURSEBOT_DATA": str(tmp_path), "COURSEBOT_TELEGRAM_TOKEN": token})
    assert settings.telegram_token == token
    assert token in settings.secrets


@pytest.mark.parametrize(("value", "granted"), [("yes", True), ("0", False), ("TRUE", True)])
def test_yes_or_no(tmp_path: Path, value: str, granted: bool) -> None:
    environment = {"COURSEBOT_DATA": str(tmp_path), "COURSEBOT_DISCORD_MESSAGE_CONTENT": value}
    assert load(environment).discord_message_content is granted


def test_a_switch_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "coursebot.toml").write_text("discord_message_content = true\n", "utf-8")
    assert load({"COURSEBOT_DATA": str(tmp_path)}).discord_message_content is True
