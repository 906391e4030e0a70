"""Posts as the library wants them, and the ways to bring them to a channel or an interaction.

Everything goes out with `allowed_mentions` none, which the client sets as the default for all it sends.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from io import BytesIO
from typing import Any, TypedDict

import discord

from adapters.discord import markdown
from adapters.discord.buttons import view
from adapters.discord.outgoing import Post
from bot.ports import Receipt
from bot.rendering.excerpt import excerpt
from bot.replies import PICTURE

_NO_HISTORY = 160002
"""Error code: a reply needs the permission to read the channel's history
(https://discord.com/developers/docs/topics/opcodes-and-status-codes#json)."""


_PICTURE_NAME = "picture.png"
"""An embed names its picture in an address, which not every file name fits into."""
_ALT = 1024
"""Characters of an attachment's description at most
(https://discord.com/developers/docs/resources/message#attachment-object)."""


_LOOKED_BACK = 50
"""Messages of a channel that are looked through, the latest first; one request brings up to 100."""


class _Words(TypedDict):
    """What every way of sending takes."""

    content: str | None
    embeds: list[discord.Embed]


def words(post: Post) -> _Words:
    """The text of a post, and the picture that is shown with it."""
    embeds = [discord.Embed(description=each) for each in post.embeds]
    if post.document is not None and post.document.type == PICTURE:
        # An embed shows a picture large; what stands above it is for those who do not see it.
        alt = excerpt(markdown.escaped(post.document.alt), _ALT).text or None
        embeds.append(discord.Embed(description=alt).set_image(url=f"attachment://{_PICTURE_NAME}"))
    return {"content": post.content or None, "embeds": embeds}


def files(post: Post) -> list[discord.File]:
    """What is attached to a post; made anew for each sending, as the library reads it to its end."""
    document = post.document
    if document is None:
        return []
    shown = document.type == PICTURE
    return [
        discord.File(
            BytesIO(document.content),
            filename=_PICTURE_NAME if shown else document.name,
            description=excerpt(document.alt, _ALT).text or None,
        )
    ]


def nonce(*parts: object) -> str:
    """A name for one sending, 24 characters: Discord takes a second one of that name for the same, for some minutes.

    https://discord.com/developers/docs/resources/message#create-message (`enforce_nonce`, at most 25 characters).
    """
    return blake2b("\0".join(map(str, parts)).encode("utf-8", "replace"), digest_size=12).hexdigest()


def name_of(place: str, index: int, post: Post) -> str:
    """A name for the sending of a post of ours, the same for the same words and the same file in the same place."""
    content = post.document.content if post.document else b""
    return nonce(place, index, post, blake2b(content).hexdigest())


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
    if reply_to is not None:
        try:
            return await channel.send(**words(post), nonce=name, reference=reply_to, **_along(post))
        except discord.HTTPException as error:
            if error.code != _NO_HISTORY:
                raise
    return await channel.send(**words(post), nonce=name, **_along(post))


def _along(post: Post) -> dict[str, Any]:
    """Buttons and files of a new message, where there are any."""
    more: dict[str, Any] = {"view": view(post.rows)} if post.rows else {}
    if post.document is not None:
        more["files"] = files(post)
    return more


def _instead(post: Post) -> dict[str, Any]:
    """Buttons and files in the place of those that a message has."""
    return {"view": view(post.rows) if post.rows else None, "attachments": files(post)}


async def find(channel: discord.PartialMessageable, custom_ids: Collection[str]) -> Receipt | None:
    """The latest message with a button that carries one of these; only a bot's own messages carry its buttons.

    Raises:
        discord.HTTPException: the history cannot be read.
    """
    async for message in channel.history(limit=_LOOKED_BACK):
        for row in message.components:
            children = row.children if isinstance(row, discord.ActionRow) else []
            if any(getattr(child, "custom_id", None) in custom_ids for child in children):
                return Receipt(str(message.id))
    return None


async def edit(channel: Any, message_id: int, post: Post) -> None:
    """Put a post in the place of an earlier one of ours.

    Raises:
        discord.HTTPException: it was not accepted; `NotFound` when the earlier one is gone.
    """
    earlier = channel.get_partial_message(message_id)
    await earlier.edit(**words(post), **_instead(post))


async def replace(interaction: discord.Interaction[Any], post: Post) -> None:
    """Put a post in the place of the interaction's own message."""
    await interaction.edit_original_response(**words(post), **_instead(post))


async def follow(interaction: discord.Interaction[Any], post: Post, *, hidden: bool) -> None:
    """Add a message to an interaction's answer; `hidden`: for the one who acted only."""
    await interaction.followup.send(
        content=post.content, embeds=words(post)["embeds"], ephemeral=hidden, **_along(post)
    )
