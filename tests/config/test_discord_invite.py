"""The link that invites the bot."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from config.cli.discord import application_id
from knowledge.errors import CoursebotError

ROOT = Path(__file__).parents[2]


def invite(tmp_path: Path, token: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "COURSEBOT_DATA": str(tmp_path),
        "COURSEBOT_DISCORD_TOKEN": token,
        "LANG": "en_US",
    }
    return subprocess.run(
        [sys.executable, "-m", "config", "discord", "invite"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_link_names_the_application_and_the_least_it_needs(tmp_path: Path) -> None:
    number = "123456789012345678"
    token = base64.urlsafe_b64encode(number.encode()).decode().rstrip("=") + ".abcdef.secret-part"
    ran = invite(tmp_path, token)
    query = parse_qs(urlsplit(ran.stdout.strip()).query)
    assert query["client_id"] == [number]
    assert set(query["scope"][0].split()) == {"bot", "applications.commands"}
    assert int(query["permissions"][0]) & (1 << 3) == 0  # never Administrator
    assert "secret-part" not in ran.stdout + ran.stderr


def test_without_a_token_it_says_what_to_set(tmp_path: Path) -> None:
    ran = invite(tmp_path, "")
    assert ran.returncode == 2
    assert "COURSEBOT_DISCORD_TOKEN" in ran.stderr


@pytest.mark.parametrize("token", ["x", "!!!.a.b", "aGVsbG8.a.b"])
def test_what_is_no_token_is_said(token: str) -> None:
    with pytest.raises(CoursebotError, match="discord-token"):
        application_id(token)
