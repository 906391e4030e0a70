"""What Telegram delivers, as what was heard: pure, from an update to our own nouns, or None for the rest.

Ignored: channel posts but for commands of the channel's managers, forwarded messages (also the automatic ones from a
linked channel) unless somebody alone with the bot forwards a file, anything without words or a file (a caption is
words), service messages, other bots, commands for other bots, and every kind of update that is not asked for (`KINDS`).
Nobody has a role here: whether a sender may manage a chat is for `managers` to ask Telegram, and an anonymous admin
(`sender_chat`) never can; whoever posts in a channel is one of its admins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import (
    CallbackQuery,
    MaybeInaccessibleMessage,
    MessageEntity,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
    User,
)
from telegram import Chat as TelegramChat
from telegram import InlineQuery as TelegramInlineQuery
from telegram import Message as TelegramMessage
from telegram.constants import ChatType

from bot.commands import find
from bot.messages import (
    Attachment,
    ButtonPress,
    Chat,
    Command,
    InlineQuery,
    Message,
    Person,
    Platform,
    Quoted,
    Reaction,
)

KINDS = ("message", "edited_message", "channel_post", "callback_query", "inline_query", "message_reaction")
"""The kinds of updates that Telegram is asked for; of reactions it tells only a bot that is an administrator."""

_GROUPS = {ChatType.GROUP, ChatType.SUPERGROUP}
_SHARED = {*_GROUPS, ChatType.CHANNEL}
# Telegram's own rule for commands is Latin only; "/目录" is plain text to it and is parsed by the core.
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?:\s+(.*))?", re.DOTALL)

Heard = Message | Command | ButtonPress | InlineQuery | Reaction


@dataclass(frozen=True, slots=True)
class Me:
    """The bot as Telegram knows it: its id and its name without "@"."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Move:
    """A group that became a supergroup: its old and its new id."""

    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What an update brings; an empty one is ignored.

    Attributes:
        place: whose updates must stay in order: a chat's id, or a person's where there is no chat.
        heard: what was heard.
        move: the change of a group's id that it tells of.
        query: id of the pressed button's query, which wants an answer even when nothing was heard.
    """

    place: str = ""
    heard: Heard | None = None
    move: Move | None = None
    query: str = ""


def read(raw: Mapping[str, Any], me: Me, *, at: datetime) -> Delivery:
    """What a raw update brings, by our own clock at `at`; never raises."""
    try:
        update = Update.de_json(dict(raw), None)
        return Delivery(
            place=_place(update),
            heard=_heard(update, me, at),
            move=_move(update),
            query=update.callback_query.id if update.callback_query else "",
        )
    except Exception:  # noqa: BLE001 - the library checks no types; one bad update must not stop the rest
        return Delivery()


def _heard(update: Update, me: Me, at: datetime) -> Heard | None:
    if update.callback_query:
        return _pressed(update.callback_query, at)
    if update.inline_query:
        return _queried(update.inline_query, at)
    if update.message_reaction:
        return _reacted(update.message_reaction, at)
    if update.message:
        return _said(update.message, me, at, edited=False)
    if update.edited_message:
        return _said(update.edited_message, me, at, edited=True)
    if update.channel_post:
        return _posted(update.channel_post, me, at)
    return None


def _move(update: Update) -> Move | None:
    message = update.message
    if message is None:
        return None
    if message.migrate_to_chat_id:
        return Move(str(message.chat.id), str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id:
        return Move(str(message.migrate_from_chat_id), str(message.chat.id))
    return None


def _place(update: Update) -> str:
    if update.effective_chat:
        return str(update.effective_chat.id)
    return f"@{update.effective_user.id}" if update.effective_user else ""


def _said(message: TelegramMessage, me: Me, at: datetime, *, edited: bool) -> Message | Command | None:
    chat, sender = _chat(message), _sender(message)
    if chat is None or sender is None or message.via_bot:
        return None
    files = () if edited else _files(message)
    if message.forward_origin:
        # Somebody else's words; a file that was passed on is meant all the same.
        return _passed_on(message, chat, sender, at, files) if files and chat.private else None
    words = message.text or message.caption
    if words is None and not files:
        return None
    reply_to, quoted = _answered(message, me)
    command = _COMMAND.fullmatch(words or "")
    if command:
        name, bot, arguments = command.groups()
        if bot and bot.casefold() != me.username.casefold():
            return None
        if not edited and not files:  # an edited command is not run again; one under a file is for the file
            return Command(
                chat=chat,
                sender=sender,
                id=str(message.message_id),
                name=name.lower(),
                arguments=(arguments or "").strip(),
                at=at,
                by_manager=chat.private,
                reply_to=reply_to,
                quoted=quoted,
            )
        if edited and name.lower() != "ask":
            return None
    text, mentioned = _without_mention(message, me)
    to_me = quoted is not None and quoted.ours
    addressed = chat.private or mentioned or to_me or command is not None
    if not text and not addressed:
        return None  # a file that is shared with others
    return Message(
        chat=chat,
        sender=sender,
        id=str(message.message_id),
        text=text,
        at=at,
        addressed=addressed,
        edited=edited,
        reply_to=reply_to,
        quoted=quoted,
        files=files,
    )


def _posted(message: TelegramMessage, me: Me, at: datetime) -> Command | None:
    """A command in a channel that is for its managers, such as subscribing: only they can post there.

    Everything else that is posted is for the channel's readers.
    """
    command = _COMMAND.fullmatch(message.text or "")
    chat, sender = _chat(message), _sender(message)
    if command is None or chat is None or sender is None or message.forward_origin or message.via_bot:
        return None
    name, bot, arguments = command.groups()
    spec = find(name, Platform.TELEGRAM)
    if (bot and bot.casefold() != me.username.casefold()) or spec is None or not spec.managed:
        return None
    return Command(
        chat=chat,
        sender=sender,
        id=str(message.message_id),
        name=name.lower(),
        arguments=(arguments or "").strip(),
        at=at,
        by_manager=True,
    )


def _passed_on(
    message: TelegramMessage, chat: Chat, sender: Person, at: datetime, files: tuple[Attachment, ...]
) -> Message:
    return Message(chat=chat, sender=sender, id=str(message.message_id), text="", at=at, files=files)


def _files(message: TelegramMessage) -> tuple[Attachment, ...]:
    """The document that was sent along; a moving picture comes as one too and is none."""
    document = message.document
    if document is None or message.animation:
        return ()
    # Telegram leaves out a size that it does not know; what is fetched is counted anyway.
    return (
        Attachment(id=document.file_id, name=document.file_name or "", size=int(document.file_size or 0)),
    )


def _answered(message: TelegramMessage, me: Me) -> tuple[str, Quoted | None]:
    """The message that this one replies to; in a topic every message "replies" to the one that opened it."""
    target = message.reply_to_message
    if target is None or target.forum_topic_created:
        return "", None
    ours = target.from_user is not None and target.from_user.id == me.id
    rows = target.reply_markup.inline_keyboard if ours and target.reply_markup else ()
    quoted = Quoted(
        text=target.text or target.caption or "",
        author=None if ours or target.sender_chat else _sender(target),
        ours=ours,
        payloads=tuple(
            button.callback_data for row in rows for button in row if isinstance(button.callback_data, str)
        ),
    )
    return str(target.message_id), quoted


def _without_mention(message: TelegramMessage, me: Me) -> tuple[str, bool]:
    """The text without mentions of the bot, and whether there were any."""
    text = message.text or message.caption or ""
    parse = message.parse_entities if message.text else message.parse_caption_entities
    found = [
        (entity, words)
        for entity, words in parse([MessageEntity.MENTION, MessageEntity.TEXT_MENTION]).items()
        if words.casefold() == f"@{me.username}".casefold() or (entity.user and entity.user.id == me.id)
    ]
    for entity, _ in sorted(found, key=lambda each: each[0].offset, reverse=True):
        # Entities count UTF-16 units.
        units = text.encode("utf-16-le", "surrogatepass")
        before = units[: entity.offset * 2].decode("utf-16-le", "replace")
        after = units[(entity.offset + entity.length) * 2 :].decode("utf-16-le", "replace")
        text = f"{before.rstrip(' ')} {after.lstrip(' ,，:：')}"
    return text.strip(), bool(found)


def _pressed(query: CallbackQuery, at: datetime) -> ButtonPress | None:
    message = query.message
    chat = _chat(message) if message else None
    if chat is None or message is None or query.data is None:
        return None
    return ButtonPress(
        chat=chat,
        sender=_person(query.from_user),
        message_id=str(message.message_id),
        payload=query.data,
        at=at,
        by_manager=chat.private,
    )


def _reacted(update: MessageReactionUpdated, at: datetime) -> Reaction | None:
    """A sign that a person put under a message of a group; one taken back, or put there for a group, is none."""
    before = {each.emoji for each in update.old_reaction if isinstance(each, ReactionTypeEmoji)}
    added = [
        each.emoji
        for each in update.new_reaction
        if isinstance(each, ReactionTypeEmoji) and each.emoji not in before
    ]
    user = update.user
    if user is None or user.is_bot or not added or update.chat.type not in _GROUPS:
        return None
    return Reaction(
        chat=Chat(platform=Platform.TELEGRAM, id=str(update.chat.id), private=False),
        sender=_person(user),
        id=str(update.message_id),
        emoji=added[-1],
        at=at,
    )


def _queried(query: TelegramInlineQuery, at: datetime) -> InlineQuery | None:
    if query.from_user.is_bot:
        return None
    return InlineQuery(sender=_person(query.from_user), id=query.id, text=query.query.strip(), at=at)


def _chat(message: MaybeInaccessibleMessage) -> Chat | None:
    """Where a message stands."""
    chat: TelegramChat = message.chat
    private = chat.type == ChatType.PRIVATE
    if not private and chat.type not in _SHARED:
        return None
    thread = ""
    if isinstance(message, TelegramMessage) and message.is_topic_message and message.message_thread_id:
        # Outside of forums a thread is a mere chain of replies.
        thread = str(message.message_thread_id)
    return Chat(platform=Platform.TELEGRAM, id=str(chat.id), thread=thread, private=private)


def _sender(message: TelegramMessage) -> Person | None:
    """Who said it; None for other bots and for what a linked channel posts by itself."""
    if message.is_automatic_forward:
        return None
    if message.sender_chat:
        # Sent in the name of a group or channel; `from_user` is then a stand-in that all of them share.
        name = message.sender_chat.title or ""
        return Person(platform=Platform.TELEGRAM, id=str(message.sender_chat.id), name=name)
    if message.from_user is None or message.from_user.is_bot:
        return None
    return _person(message.from_user)


def _person(user: User) -> Person:
    return Person(
        platform=Platform.TELEGRAM,
        id=str(user.id),
        name=user.full_name,
        language=user.language_code or "",
    )
