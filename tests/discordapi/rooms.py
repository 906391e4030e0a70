"""What is said in the server's channels and to interactions, and how each request is answered."""

from __future__ import annotations

from typing import Any

from tests.discordapi import payloads
from tests.discordapi.limits import RefusedError, check_commands, check_message


class Rooms:
    """Each method answers the requests under one path: status and body, or None for what is not there."""

    def __init__(self) -> None:
        self.commands: list[Any] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.said: dict[str, dict[str, Any]] = {}
        self._nonces: dict[tuple[str, str], str] = {}

    def own(self, method: str, rest: list[str], data: Any) -> tuple[int, Any] | None:
        """What the bot is, and its commands."""
        match method, rest:
            case "GET", ["@me"]:
                return 200, payloads.BOT
            case "GET", ["applications", "@me"]:
                return 200, payloads.application()
            case "POST", ["@me", "channels"]:
                who = str(data["recipient_id"])
                return 200, {"id": f"{int(who) + 1}", "type": 1, "recipients": [{**payloads.ANN, "id": who}]}
            case "PUT", [_, "commands"]:
                self.commands.append(check_commands(data))
                return 200, [
                    {"id": payloads.snowflake(), "version": "1", **each} for each in payloads.told(data)
                ]
        return None

    def interaction(self, method: str, rest: list[str], data: Any) -> tuple[int, Any] | None:
        match method, rest:
            case "POST", [id_, _, "callback"]:
                return 200, {"interaction": {"id": id_, "type": 2, "response_message_loading": True}}
            case "POST", [_, _]:
                return 200, self._post("", data)
            case "PATCH", [_, _, "messages", "@original"]:
                check_message(data)
                return 200, payloads.message(author=payloads.BOT, **_kept(data))
            case "DELETE", [_, _, "messages", "@original"]:
                return 204, None
        return None

    def channel(self, method: str, rest: list[str], data: Any) -> tuple[int, Any] | None:
        match method, rest:
            case "POST", [_, "typing"]:
                return 204, None
            case "POST", [channel, "messages"]:
                return 200, self._post(channel, data)
            case "GET", [channel]:
                return 200, {"id": channel, "type": 1, "recipients": [payloads.ANN]}
            case "GET", [channel, "messages"]:
                after = int(data.get("after", 0))
                return 200, [each for each in self._history(channel) if int(each["id"]) > after]
            case "GET", [channel, "messages", id_]:
                found = [each for each in self._history(channel) if each["id"] == id_]
                if not found:
                    raise RefusedError(404, 10008, "Unknown Message")
                return 200, found[0]
            case "PATCH" | "DELETE", [_, "messages", id_]:
                if id_ not in self.messages:
                    raise RefusedError(404, 10008, "Unknown Message")
                if method == "DELETE":
                    del self.messages[id_]
                    return 204, None
                check_message(data)
                self.messages[id_] |= _kept(data)
                return 200, self.messages[id_]
        return None

    def forget(self) -> None:
        """Let some minutes pass after which Discord no longer knows what was sent twice."""
        self._nonces.clear()

    def _history(self, channel: str) -> list[dict[str, Any]]:
        """What was said in a channel, the newest first."""
        both = (*self.said.values(), *self.messages.values())
        return sorted((each for each in both if each["channel_id"] == channel), key=_age)

    def _post(self, channel: str, data: dict[str, Any]) -> dict[str, Any]:
        check_message(data)
        name = (channel, str(data.get("nonce", "")))
        if data.get("enforce_nonce") and name in self._nonces and self._nonces[name] in self.messages:
            return self.messages[self._nonces[name]]
        made = payloads.message(author=payloads.BOT, channel_id=channel or payloads.CHANNEL, **_kept(data))
        self.messages[made["id"]] = made
        self._nonces[name] = made["id"]
        return made


def _age(message: dict[str, Any]) -> int:
    return -int(message["id"])


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "content": data.get("content") or "",
        "embeds": [{"type": "rich", **each} for each in data.get("embeds") or []],
        "components": data.get("components") or [],
        "attachments": [
            {
                "id": payloads.snowflake(),
                "filename": each["filename"],
                "size": len(each["content"]),
                "url": f"https://cdn.example/{each['filename']}",
                "proxy_url": "",
            }
            for each in data.get("attachments") or []
        ],
        "flags": data.get("flags") or 0,
    }
