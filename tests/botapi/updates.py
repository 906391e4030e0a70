"""Raw updates as Telegram sends them, for tests to push."""

from __future__ import annotations

from itertools import count
from typing import Any

_numbers = count(1)

READER = 7
GROUP = -1001


def person(number: int = READER, language: str = "zh-hans") -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "Reader", "language_code": language}


def chat(number: int) -> dict[str, Any]:
    if number > 0:
        return {"id": number, "type": "private", "first_name": "Reader"}
    return {"id": number, "type": "supergroup", "title": "G"}


def message(
    text: str,
    *,
    sender: int = READER,
    to: int | None = None,
    number: int | None = None,
    language: str = "zh-hans",
    kind: str = "message",
    **more: Any,
) -> dict[str, Any]:
    """An update with a text message; `kind` edited_message for a new wording of message `number`."""
    said: dict[str, Any] = {
        "message_id": number or next(_numbers),
        "date": 1_760_000_000,
        "from": person(sender, language),
        "chat": chat(sender if to is None else to),
        "text": text,
        **more,
    }
    if kind == "edited_message":
        said["edit_date"] = 1_760_000_060
    if text.startswith("/"):
        length = len(text.split(maxsplit=1)[0])
        said["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return {kind: said}


def press(
    payload: str, under: int, *, sender: int = READER, to: int | None = None, language: str = "zh-hans"
) -> dict[str, Any]:
    """An update with a pressed button of message `under`."""
    number = next(_numbers)
    where = chat(sender if to is None else to)
    return {
        "callback_query": {
            "id": f"cb{number}",
            "from": person(sender, language),
            "chat_instance": "1",
            "data": payload,
            "message": {"message_id": under, "date": 1_760_000_000, "chat": where, "text": "…"},
        }
    }


def inline(text: str, *, sender: int = READER) -> dict[str, Any]:
    return {
        "inline_query": {"id": f"iq{next(_numbers)}", "from": person(sender), "query": text, "offset": ""}
    }
