"""Forms as Discord's modals, which must be the first answer to a button or a command.

https://discord.com/developers/docs/components/reference#label: up to five parts, titles and labels of 45 characters,
inputs of 4,000. All that a filled form needs stands in its `custom_id`, so it works after a restart too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from adapters.discord import outgoing
from adapters.discord.outgoing import utf16_cut
from bot.catalog import Catalog
from bot.replies import Field, Reply, Text

GRACE = 2.0
"""Seconds that an answer which may be a form gets before it is put off; Discord waits for three."""
_TITLE = 45
_PARTS = 5
_LIMIT = 4000
_ABOUT = 1500
"""Characters of what is said above the inputs."""


def modal(reply: Reply) -> ui.Modal:
    """The reply's form, to be sent; what the reply says stands above its inputs where there is room.

    Like a view, it is stopped before it is sent: the library would keep one that waits for ever.

    Raises:
        ValueError: the reply has no form.
    """
    form = reply.form
    if form is None:
        raise ValueError("no form")
    made = ui.Modal(title=utf16_cut(form.title, _TITLE), custom_id=outgoing.form_id(form.payload))
    about = outgoing.posts(Reply(spans=reply.spans))
    if about and len(form.fields) < _PARTS:
        text = about[0].content or about[0].embeds[0]
        made.add_item(ui.TextDisplay(utf16_cut(text, _ABOUT)))
    for field in form.fields[:_PARTS]:
        made.add_item(ui.Label(text=utf16_cut(field.label, _TITLE), component=_input(field)))
    made.stop()
    return made


def _input(field: Field) -> ui.TextInput[Any]:
    limit = min(field.limit, _LIMIT)
    return ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if field.long else discord.TextStyle.short,
        default=utf16_cut(field.value, limit) if field.value else None,
        required=field.required,
        max_length=limit,
    )


async def early(task: asyncio.Task[list[Reply]]) -> list[Reply] | None:
    """The replies, if they are there before Discord must be told to wait."""
    done, _ = await asyncio.wait({task}, timeout=GRACE)
    return task.result() if done else None


def late(replies: Sequence[Reply], words: Catalog) -> list[Reply]:
    """The replies, with a word in place of a form that can no longer be opened."""
    said = Text(words.text("discord.late"))
    return [replace(each, spans=(*each.spans, said), form=None) if each.form else each for each in replies]
