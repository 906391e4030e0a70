"""What Discord refuses: https://discord.com/developers/docs/resources/message#create-message and its neighbours."""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile(r"[-_'\w]{1,32}")


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: int, message: str, *, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


def _need(condition: object, what: str) -> None:
    if not condition:
        raise RefusedError(400, 50035, f"Invalid Form Body: {what}")


def check_message(data: dict[str, Any]) -> None:
    """Refuse a message that Discord would refuse."""
    content = data.get("content") or ""
    embeds = data.get("embeds") or []
    files = data.get("attachments") or []
    if not content.strip() and not embeds and not files and "components" not in data:
        raise RefusedError(400, 50006, "Cannot send an empty message")
    _need(len(content) <= 2000, "content longer than 2000")
    _need(len(embeds) <= 10, "more than 10 embeds")
    _need(len(files) <= 10, "more than 10 files")
    for each in files:
        _need(len(each.get("description") or "") <= 1024, "attachment description longer than 1024")
        if len(each["content"]) > 10 << 20:
            raise RefusedError(413, 40005, "Request entity too large")
    for embed in embeds:
        shown = embed.get("image", {}).get("url", "")
        named = {f"attachment://{each['filename']}" for each in files}
        _need(
            not shown.startswith("attachment://") or shown in named, "an embed shows a file that is not there"
        )
    for embed in embeds:
        _need(len(embed.get("description", "")) <= 4096, "description longer than 4096")
    _need(sum(len(each.get("description", "")) for each in embeds) <= 6000, "embeds longer than 6000")
    _need(len(str(data.get("nonce", ""))) <= 25, "nonce longer than 25")
    rows = data.get("components") or []
    _need(len(rows) <= 5, "more than 5 rows")
    seen: set[str] = set()
    for row in rows:
        _need(1 <= len(row["components"]) <= 5, "a row of no or too many buttons")
        for button in row["components"]:
            _need(1 <= len(button["label"]) <= 80, "label length")
            _need(1 <= len(button["custom_id"]) <= 100, "custom_id length")
            _need(button["custom_id"] not in seen, "custom_id twice")
            seen.add(button["custom_id"])


def check_commands(commands: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Refuse commands that Discord would refuse; the commands."""
    for each in commands:
        menu = each["type"] != 1
        names = [each["name"], *(each.get("name_localizations") or {}).values()]
        _need(all(1 <= len(name) <= 32 for name in names), "command name length")
        if menu:
            continue
        _need(all(_NAME.fullmatch(name) and name == name.lower() for name in names), "command name")
        for described in (each, *each.get("options", [])):
            texts = [described["description"], *(described.get("description_localizations") or {}).values()]
            _need(all(1 <= len(text) <= 100 for text in texts), "description length")
            _need(_NAME.fullmatch(described["name"]), "option name")
    _need(len({(each["type"], each["name"]) for each in commands}) == len(commands), "a name twice")
    return commands
