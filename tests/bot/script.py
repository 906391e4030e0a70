"""Dialogues as data: read from `dialogues/*.toml`, so that every platform is held to the same words.

In a group (`group = true`) what is said is put to the bot unless it is `overheard`, a command is a platform's command,
and a turn may be somebody else's (`who`), a `manager`'s, or an `edited` message. `silent` means no reply at all. A
dialogue may begin with the digest of a lesson (`digest` is its slug), and a message may be a reply to what was said
last but so many times (`answers`, from 1).

With `daily = true` lessons can be subscribed to. A turn with `arrive` says nothing: what is due then is sent, unless
the chat does not take it (`block`). What is sent is short, unless
digests are to be `whole`. With `forms = true` something is asked for in the chat that a modal asks elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dialogues"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    say: str = ""
    press: str = ""
    wait: int = 0
    restart: str = ""
    who: str = "7"
    manager: bool = False
    overheard: bool = False
    message: str = ""
    edited: bool = False
    silent: bool = False
    arrive: bool = False
    block: bool = False
    answers: int = 0
    reply: str | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = None

    def check(self, text: str, buttons: Sequence[str]) -> None:
        if self.reply is not None:
            assert text == self.reply.strip("\n")
        for piece in self.has:
            assert piece in text
        for piece in self.lacks:
            assert piece not in text
        if self.buttons is not None:
            assert tuple(buttons) == self.buttons


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    name: str
    turns: tuple[Turn, ...]
    language: str = ""
    group: bool = False
    daily: bool = False
    forms: bool = False
    whole: bool = False
    digest: str = ""

    @property
    def everywhere(self) -> bool:
        """Whether one person can hold it with one process, without a clock: on the console too."""
        return not (self.group or self.daily or self.digest) and not any(
            turn.restart or turn.wait or turn.edited or turn.silent for turn in self.turns
        )


def _turn(table: dict[str, Any]) -> Turn:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
    }
    return Turn(**dict[str, Any](values))


def dialogues() -> list[Dialogue]:
    return [
        Dialogue(
            name=table["name"],
            language=table.get("language", ""),
            group=table.get("group", False),
            daily=table.get("daily", False),
            forms=table.get("forms", False),
            whole=table.get("whole", False),
            digest=table.get("digest", ""),
            turns=tuple(map(_turn, table["turn"])),
        )
        for file in sorted(FOLDER.glob("*.toml"))
        for table in tomllib.loads(file.read_text(encoding="utf-8"))["dialogue"]
    ]
