"""A change of the audit log on a few lines of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.catalog import Catalog
from bot.rendering.excerpt import gist
from bot.team.audit import Action, Change
from bot.team.roles import OPERATOR

_SHOWN = 60
_FIELDS = ("question", "answer", "aliases", "wordings", "lesson", "author", "role", "ref")
_DIFFERENCES = 3


def line(words: Catalog, change: Change) -> str:
    """One change: number, time, who, what, and what it did."""
    marks = ""
    if change.undoes is not None:
        marks = " " + words.text("history.undoes", number=change.undoes)
    if change.undone:
        marks += " " + words.text("history.undone")
    who = words.text("history.operator") if change.by == OPERATOR else change.by
    when = change.at.strftime("%Y-%m-%d %H:%M")
    did = words.text(f"action.{change.action.value}")
    difference = _difference(change)
    if change.action is Action.IMPORT:
        difference = "\n    " + words.text("history.imported", **(change.after or {}))
    return f"#{change.id} {when} {who} · {did} {change.subject}{marks}{difference}"


def _difference(change: Change) -> str:
    before, after = change.before or {}, change.after or {}
    lines = []
    for name in _FIELDS:
        old, new = _value(before, name), _value(after, name)
        if old != new:
            lines.append(f"\n    {old or '—'} → {new or '—'}")
    return "".join(lines[:_DIFFERENCES])


def _value(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name) or ""
    if isinstance(value, list):
        value = " | ".join(map(str, value))
    return gist(str(value), _SHOWN).text
