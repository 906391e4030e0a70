"""`coursebot digest --dry-run`: who would get which lesson when, without sending anything."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import click

from bot.daily.deliveries import Delivery
from config.cli.context import say, words
from config.wiring import Application


def instant(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """A time that was typed; without an offset it is UTC, as a guess at the machine's zone would differ from it."""
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("a time such as 2026-03-02T08:00+08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


async def preview(application: Application, at: datetime, *, limit: int, show: bool, as_json: bool) -> None:
    """Say who would get which lesson, if the bot looked at what is due at that time."""
    due = await (await application.subscriptions()).due(at=at, limit=limit)
    compose = await application.compose()
    texts = [await _words(compose, each) if show else "" for each in due]
    if as_json:
        rows = [_object(each, text) for each, text in zip(due, texts, strict=True)]
        say(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not due:
        say(words(application.settings).text("deliveries.nothing-due"))
    for each, text in zip(due, texts, strict=True):
        say(_row(each))
        if text:
            say("\n".join(f"    {line}".rstrip() for line in text.split("\n")))


async def _words(compose: Any, delivery: Delivery) -> str:
    reply = await compose(delivery)
    return reply.text if reply else ""


def _row(each: Delivery) -> str:
    what = f"{each.course} / {each.lesson}" if each.lesson else f"{each.course} ({each.kind})"
    who = f"{each.chat.platform.value} #{each.subscriber}"
    return f"{each.due_at:%Y-%m-%d %H:%M:%SZ}  {each.on}  {who:<16} {what}"


def _object(each: Delivery, text: str) -> dict[str, Any]:
    found = {
        "due_at": each.due_at.isoformat(),
        "on": each.on.isoformat() if each.on else None,
        "platform": each.chat.platform.value,
        "subscriber": each.subscriber,
        "course": each.course,
        "lesson": each.lesson,
        "kind": each.kind,
    }
    return found | ({"text": text} if text else {})
