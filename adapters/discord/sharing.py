"""Showing everyone an answer that only its reader sees.

What is shown is what stands in the message itself, so it works after a restart and shows nothing else.
"""

from __future__ import annotations

from typing import Any

import discord

from adapters.discord import markdown, outgoing, posting
from adapters.discord.buttons import view
from adapters.discord.outgoing import Post
from bot.catalog import Catalog
from bot.rendering.excerpt import utf16_length
from bot.replies import Button


async def share(interaction: discord.Interaction[Any], words: Catalog) -> None:
    """Post the message under which the button was pressed for everyone, and take the button away.

    Raises:
        discord.HTTPException: Discord did not accept it.
    """
    source = interaction.message
    if source is None:
        return
    post = shared(source, words.text("discord.shared", name=interaction.user.display_name))
    await interaction.response.edit_message(view=view(post.rows))
    await posting.follow(interaction, post, hidden=False)


def shared(source: discord.Message, credit: str) -> Post:
    """The message as a post for everyone, with a small line that says who shows it, where there is room."""
    line = f"-# {markdown.escaped(credit)}"
    content = f"{line}\n{source.content}" if source.content else line
    if utf16_length(content) > outgoing.CONTENT:
        content = source.content
    return Post(
        content=content,
        embeds=tuple(each.description for each in source.embeds if each.description),
        rows=_rows(source),
    )


def _rows(source: discord.Message) -> tuple[tuple[Button, ...], ...]:
    """The message's own buttons without the one that shows it."""
    rows = [
        tuple(
            Button(each.label or "…", each.custom_id)
            for each in row.children
            if isinstance(each, discord.Button) and each.custom_id and each.custom_id != outgoing.SHOW
        )
        for row in source.components
        if isinstance(row, discord.ActionRow)
    ]
    return tuple(row for row in rows if row)
