"""Dialogues as data: read from `dialogues/*.toml`, so that every platform is held to the same words."""

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

    @property
    def restarts(self) -> bool:
        return any(turn.restart or turn.wait for turn in self.turns)


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
            turns=tuple(map(_turn, table["turn"])),
        )
        for file in sorted(FOLDER.glob("*.toml"))
        for table in tomllib.loads(file.read_text(encoding="utf-8"))["dialogue"]
    ]
