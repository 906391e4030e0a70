"""What Discord delivers, in our own nouns: pure, from discord.py's messages and interactions.

Everything that is not for the bot becomes None: other bots, webhooks, notices of the system, and messages whose
words Discord withholds (without the message-content intent it sends the text only of direct messages, of mentions
of the bot and of replies that notify it; https://discord.com/developers/docs/events/gateway#message-content-intent).
"""

from __future__ import annotations

import re
from typing import Any

import discord

from adapters.discord import outgoing
from bot.messages import Attachment, ButtonPress, Chat, Command, Message, Person, Platform, Quoted, Submission

_SPOKEN = (discord.MessageType.default, discord.MessageType.reply)
_MEDIA = {"image", "audio", "video"}
_EMOJI = re.compile(r"<a?(:\w{1,64}:)\d{1,20}>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")
_SPACES = re.compile(r"[ \t]{2,}")


def chat(channel: Any, *, channel_id: int, in_server: bool) -> Chat:
    """Where a conversation takes place; a thread or forum post is one within its channel.

    Args:
        channel: the channel as far as it is known, or None.
        channel_id: its id.
        in_server: whether it belongs to a server.
    """
    if isinstance(channel, discord.Thread):
        return Chat(
            platform=Platform.DISCORD, id=str(channel.parent_id), thread=str(channel.id), private=False
        )
    private = not in_server and not isinstance(channel, discord.GroupChannel)
    return Chat(platform=Platform.DISCORD, id=str(channel_id), private=private)


def person(user: discord.abc.User, language: str = "") -> Person:
    """Who speaks."""
    return Person(platform=Platform.DISCORD, id=str(user.id), name=user.display_name, language=language)


def message(heard: discord.Message, *, me: int, edited: bool = False) -> Message | None:
    """A message as something said to the bot or overheard; None for what is neither.

    Args:
        heard: the message.
        me: the bot's own id.
        edited: whether it is a new wording of an earlier message.
    """
    if heard.author.bot or heard.webhook_id is not None or heard.type not in _SPOKEN:
        return None
    where = chat(heard.channel, channel_id=heard.channel.id, in_server=heard.guild is not None)
    mentioned = _mentions(heard, me)
    addressed = where.private or mentioned or _replies_to(heard, me)
    files = () if edited or not addressed else _files(heard)
    text = _said(heard, me)
    if not text and mentioned and not files:
        text = _replied_to(heard, me)
    if not text and not files and not (where.private or mentioned):
        return None
    reference = heard.reference
    replies = reference is not None and reference.type is discord.MessageReferenceType.reply
    return Message(
        chat=where,
        sender=person(heard.author),
        id=str(heard.id),
        text=text,
        at=(heard.edited_at if edited else None) or heard.created_at,
        addressed=addressed,
        edited=edited,
        reply_to=str(reference.message_id) if reference and replies and reference.message_id else "",
        quoted=quoted(reference.resolved, me=me) if reference and replies else None,
        files=files,
    )


def _files(heard: discord.Message) -> tuple[Attachment, ...]:
    """What was sent along, pictures and sounds aside; a file is known by its address, which Discord signs for a day."""
    return tuple(
        Attachment(id=each.url, name=each.filename, size=each.size)
        for each in heard.attachments
        if (each.content_type or "").partition("/")[0] not in _MEDIA
    )


def quoted(earlier: object, *, me: int) -> Quoted | None:
    """The message that is replied to, or whose menu was opened; None where Discord does not hand it out."""
    if not isinstance(earlier, discord.Message):
        return None
    ours = earlier.author.id == me
    # What is longer than a message's content stands in embeds.
    words = [_said(earlier, me), *(each.description or "" for each in earlier.embeds if ours)]
    somebody = not earlier.author.bot and earlier.webhook_id is None
    return Quoted(
        text="\n".join(filter(None, words)),
        author=person(earlier.author) if somebody else None,
        ours=ours,
        replied=_replied(earlier, me),
        payloads=tuple(
            outgoing.payload(button.custom_id)
            for row in (earlier.components if ours else ())
            if isinstance(row, discord.ActionRow)
            for button in row.children
            if button.custom_id and button.custom_id != outgoing.SHOW
        ),
    )


def _replied(earlier: discord.Message, me: int) -> str:
    """The words that a message replies to, where they came with it."""
    before = earlier.reference.resolved if earlier.reference else None
    return _said(before, me) if isinstance(before, discord.Message) else ""


def command(
    interaction: discord.Interaction[Any], name: str, arguments: str, *, about: Quoted | None = None
) -> Command:
    """A slash command, or an entry of a menu, which is `about` a message."""
    return Command(
        chat=_where(interaction),
        sender=person(interaction.user, interaction.locale.value),
        id=str(interaction.id),
        name=name,
        arguments=arguments,
        at=interaction.created_at,
        by_manager=_manages(interaction),
        quoted=about,
    )


def submission(interaction: discord.Interaction[Any]) -> Submission | None:
    """A form that was filled in; None for one of another make."""
    given: Any = interaction.data or {}
    payload = outgoing.form_payload(str(given.get("custom_id", "")))
    if not payload:
        return None
    return Submission(
        chat=_where(interaction),
        sender=person(interaction.user, interaction.locale.value),
        id=str(interaction.id),
        payload=payload,
        fields=_typed(given.get("components", ())),
        at=interaction.created_at,
        by_manager=_manages(interaction),
    )


def _typed(components: Any) -> dict[str, str]:
    """What stands in a form's text inputs, by name: each within a row, or within a label."""
    found: dict[str, str] = {}
    for each in components:
        inner = each.get("components") or ([each["component"]] if "component" in each else [each])
        found |= {
            str(it["custom_id"]): str(it["value"]) for it in inner if it.get("custom_id") and "value" in it
        }
    return found


def press(interaction: discord.Interaction[Any], payload: str) -> ButtonPress:
    """A button that was pressed.

    Under an answer to something typed it does not say the language of the reader's Discord: messages do not, so
    the answer is in the language of the question, and what follows should be too.
    """
    source = interaction.message
    typed = source is not None and source.interaction_metadata is None
    return ButtonPress(
        chat=_where(interaction),
        sender=person(interaction.user, "" if typed else interaction.locale.value),
        message_id=str(interaction.message.id) if interaction.message else "",
        payload=payload,
        at=interaction.created_at,
        by_manager=_manages(interaction),
    )


def question(asked: discord.Message, *, me: int) -> str:
    """The words of a message that somebody wants answered, whoever wrote it."""
    return _said(asked, me)


def _where(interaction: discord.Interaction[Any]) -> Chat:
    return chat(
        interaction.channel,
        channel_id=interaction.channel_id or 0,
        in_server=interaction.guild_id is not None,
    )


def _manages(interaction: discord.Interaction[Any]) -> bool:
    """Whether the sender may manage this chat: Discord computes permissions per channel for interactions."""
    if interaction.guild_id is None:
        return True
    held = interaction.permissions
    return held.administrator or held.manage_guild or held.manage_channels


def _mentions(heard: discord.Message, me: int) -> bool:
    """Whether the bot is mentioned, by its name or by the role that Discord made for it; not by @everyone."""
    if any(user.id == me for user in heard.mentions):
        return True
    return any(role.tags is not None and role.tags.bot_id == me for role in heard.role_mentions)


def _replies_to(heard: discord.Message, me: int) -> bool:
    earlier = heard.reference.resolved if heard.reference else None
    return isinstance(earlier, discord.Message) and earlier.author.id == me


def _replied_to(heard: discord.Message, me: int) -> str:
    """What somebody else's message says under which the bot was called without a word."""
    earlier = heard.reference.resolved if heard.reference else None
    if isinstance(earlier, discord.Message) and not earlier.author.bot:
        return _said(earlier, me)
    return ""


def _said(heard: discord.Message, me: int) -> str:
    """The words of a message: the bot's mention taken out, ids of people and places as their names.

    A forwarded message says what was forwarded.
    """
    text = heard.content
    if not text and heard.message_snapshots:
        text = heard.message_snapshots[0].content
    text = re.sub(rf"<@!?{me}>", " ", text)
    for role in heard.role_mentions:
        own = role.tags is not None and role.tags.bot_id == me
        text = text.replace(f"<@&{role.id}>", " " if own else f"@{role.name}")
    for user in heard.mentions:
        text = text.replace(f"<@{user.id}>", f"@{user.display_name}")
        text = text.replace(f"<@!{user.id}>", f"@{user.display_name}")
    for channel in heard.channel_mentions:
        text = text.replace(f"<#{channel.id}>", f"#{channel.name}")
    if heard.mention_everyone:
        text = _EVERYONE.sub(" ", text)
    return _SPACES.sub(" ", _EMOJI.sub(r"\1", text)).strip()
