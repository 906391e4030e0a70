"""Posts as the library wants them, and the ways to bring them to a channel or an interaction.

Everything goes out with `allowed_mentions` none, which the client sets as the default for all it sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, TypedDict

import discord

from adapters.discord.buttons import view
from adapters.discord.outgoing import Post

_NO_HISTORY = 160002
"""Error code: a reply needs the permission to read the channel's history
(https://discord.com/developers/docs/topics/opcodes-and-status-codes#json)."""


class _Words(TypedDict):
    """What every way of sending takes."""

    content: str | None
    embeds: list[discord.Embed]


def words(post: Post) -> _Words:
    """The text of a post."""
    return {
        "content": post.content or None,
        "embeds": [discord.Embed(description=each) for each in post.embeds],
    }


def nonce(*parts: object) -> str:
    """A name for one sending, 24 characters: Discord takes a second one of that name for the same, for some minutes.

    https://discord.com/developers/docs/resources/message#create-message (`enforce_nonce`, at most 25 characters).
    """
    return blake2b("\0".join(map(str, parts)).encode("utf-8", "replace"), digest_size=12).hexdigest()


async def say(
    channel: discord.abc.Messageable,
    post: Post,
    *,
    name: str,
    reply_to: discord.MessageReference | None = None,
) -> discord.Message:
    """Post to a channel; under another message where the bot may read the channel's history.

    Raises:
        discord.HTTPException: it was not accepted.
    """
    more: dict[str, Any] = {"view": view(post.rows)} if post.rows else {}
    if reply_to is not None:
        try:
            return await channel.send(**words(post), nonce=name, reference=reply_to, **more)
        except discord.HTTPException as error:
            if error.code != _NO_HISTORY:
                raise
            more = {"view": view(post.rows)} if post.rows else {}
    return await channel.send(**words(post), nonce=name, **more)


async def edit(channel: Any, message_id: int, post: Post) -> None:
    """Put a post in the place of an earlier one of ours.

    Raises:
        discord.HTTPException: it was not accepted; `NotFound` when the earlier one is gone.
    """
    earlier = channel.get_partial_message(message_id)
    await earlier.edit(**words(post), view=view(post.rows) if post.rows else None)


async def complete(interaction: discord.Interaction[Any], posts: Sequence[Post], *, hidden: bool) -> None:
    """Answer an interaction that was put off with `defer(thinking=True)`; with nothing to say, take that back."""
    if not posts:
        await interaction.delete_original_response()
        return
    await replace(interaction, posts[0])
    for post in posts[1:]:
        await follow(interaction, post, hidden=hidden)


async def replace(interaction: discord.Interaction[Any], post: Post) -> None:
    """Put a post in the place of the interaction's own message."""
    await interaction.edit_original_response(**words(post), view=view(post.rows) if post.rows else None)


async def follow(interaction: discord.Interaction[Any], post: Post, *, hidden: bool) -> None:
    """Add a message to an interaction's answer; `hidden`: for the one who acted only."""
    more: dict[str, Any] = {"view": view(post.rows)} if post.rows else {}
    await interaction.followup.send(
        content=post.content, embeds=words(post)["embeds"], ephemeral=hidden, **more
    )
