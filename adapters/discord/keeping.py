"""What is under way is kept in the inbox, so that a crash neither loses it nor has it answered twice.

Discord delivers an event once and never again to a new connection, so what was asked must be on disk before it is
worked on. Of a message its ids are kept: what it says is read anew from Discord, as it then stands. Of a command, which
cannot be read anew, its words are kept until it is answered, with the token by which Discord takes an answer for
fifteen minutes (https://discord.com/developers/docs/interactions/receiving-and-responding).

A pressed button is not kept: it shows no sign of waiting, and whoever sees nothing happen presses again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import discord

from adapters.discord.failures import Trouble, trouble
from bot.inbox import Inbox, KeptUpdate
from bot.messages import Chat, Command, Person, Platform, Quoted, Submission
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.discord")

RECENT = timedelta(hours=24)
"""How old a question may be that is still answered after a restart; Telegram keeps them as long."""
STARTS = 10
"""Times that a question is begun again; one that then still is not answered may be what ends the program."""
_TOKEN_LASTS = timedelta(minutes=14)
"""How long a command can be answered: Discord's fifteen minutes, less some."""
_PASSING = (Trouble.DOWN, Trouble.BUSY)


class Keeping:
    """Keeps what is under way for one bot.

    Args:
        client: the bot.
        inbox: where.
        now: the clock; aware times.
    """

    def __init__(self, client: discord.Client, inbox: Inbox, now: Callable[[], datetime]) -> None:
        self._client = client
        self._inbox = inbox
        self._now = now
        self._under_way: set[int] = set()

    async def keep(self, number: int, payload: Mapping[str, Any]) -> bool:
        """Keep something; False when it is answered or under way already.

        What cannot be kept is answered all the same: that is better than not at all.
        """
        if number in self._under_way:
            return False
        self._under_way.add(number)
        try:
            words = json.dumps(payload, ensure_ascii=False)
            waiting = await self._inbox.keep(account(self._client), [(number, words)], at=self._now())
        except CoursebotError as error:
            logger.warning("a question is not kept: %s", error.key, extra={"action": "not-kept"})
            return True
        except BaseException:
            self._under_way.discard(number)
            raise
        if not waiting:
            self._under_way.discard(number)
        return bool(waiting)

    @asynccontextmanager
    async def until_answered(self, number: int) -> AsyncIterator[None]:
        """What was kept is answered when the block ends.

        It stays kept where the network, the end of the program or `leave` has it wait for another time.
        """
        stays = True
        try:
            yield
            stays = False
        except Exception as error:
            stays = trouble(error) in _PASSING
            raise
        finally:
            if number in self._under_way and not stays:
                await self._done(number)
            self._under_way.discard(number)

    def leave(self, number: int) -> None:
        """Leave what was kept for the next start."""
        self._under_way.discard(number)

    async def waiting(self) -> list[KeptUpdate]:
        """What was kept and is not under way, in the order it came."""
        try:
            return [
                each
                for each in await self._inbox.waiting(account(self._client))
                if each.id not in self._under_way
            ]
        except CoursebotError as error:
            logger.warning("what was kept is not read: %s", error.key, extra={"action": "not-read"})
            return []

    async def again(self, kept: KeptUpdate) -> dict[str, Any] | None:
        """Begin again; what was kept, or None where it is too late, or was begun too often."""
        payload = json.loads(kept.payload)
        lasts = _TOKEN_LASTS if "token" in payload else RECENT
        if kept.starts >= STARTS:
            logger.error("given up: begun %d times", kept.starts, extra={"action": "poison"})
        elif self._now() - kept.received_at <= lasts:
            self._under_way.add(kept.id)
            await self._inbox.begun(account(self._client), kept.id)
            return dict(payload)
        else:
            logger.info("too late for an answer", extra={"action": "late"})
        await self._done(kept.id)
        return None

    async def _done(self, number: int) -> None:
        try:
            await self._inbox.done(account(self._client), number)
        except CoursebotError as error:
            logger.warning("an answer is not noted: %s", error.key, extra={"action": "not-noted"})


def account(client: discord.Client) -> str:
    """The bot's name in the inbox."""
    return f"discord:{client.user.id if client.user else 0}"


def message_number(heard: discord.Message, *, edited: bool) -> int:
    """Number of a message in the inbox: its id; for a new wording one that goes with its time."""
    if not edited:
        return heard.id
    name = f"{heard.id} {heard.edited_at}".encode()
    return int.from_bytes(blake2b(name, digest_size=8).digest()) >> 1


def packed_message(heard: discord.Message, *, edited: bool) -> dict[str, Any]:
    """What is kept of a message."""
    return {"channel": heard.channel.id, "message": heard.id, "wording": wording(heard) if edited else ""}


def wording(heard: discord.Message) -> str:
    """What tells the wordings of a message apart; empty for the first."""
    return heard.edited_at.isoformat() if heard.edited_at else ""


def packed_interaction(
    interaction: discord.Interaction[Any], heard: Command | Submission, *, waits: bool
) -> dict[str, Any]:
    """What is kept of a command or a filled form; `waits`: whether a message says that the bot is thinking."""
    return {
        "interaction": interaction.id,
        "application": interaction.application_id,
        "token": interaction.token,
        "server": interaction.guild_id,
        "channel": interaction.channel_id,
        "waits": waits,
        "kind": type(heard).__name__,
        "heard": {**asdict(heard), "at": heard.at.isoformat()},
    }


def unpacked_interaction(payload: Mapping[str, Any]) -> Command | Submission:
    """What was heard, from what was kept of it."""
    heard = dict(payload["heard"])
    chat = dict(heard["chat"])
    heard["chat"] = Chat(**{**chat, "platform": Platform(chat["platform"])})
    heard["sender"] = _person(heard["sender"])
    heard["at"] = datetime.fromisoformat(heard["at"])
    if payload["kind"] == Submission.__name__:
        return Submission(**heard)
    if heard["quoted"]:
        quoted = dict(heard["quoted"])
        author = _person(quoted["author"]) if quoted["author"] else None
        heard["quoted"] = Quoted(**{**quoted, "author": author, "payloads": tuple(quoted["payloads"])})
    return Command(**heard)


def _person(kept: Mapping[str, Any]) -> Person:
    return Person(**{**kept, "platform": Platform(kept["platform"])})


def interaction_data(payload: Mapping[str, Any]) -> dict[str, Any]:
    """As much of an interaction as it takes to answer it, in Discord's own form."""
    server, channel = payload["server"], str(payload["channel"])
    return {
        "id": str(payload["interaction"]),
        "application_id": str(payload["application"]),
        "token": payload["token"],
        "type": discord.InteractionType.application_command.value,
        "version": 1,
        "attachment_size_limit": 0,
        "channel_id": channel,
        "channel": {"id": channel} if server else {"id": channel, "type": discord.ChannelType.private.value},
        **({"guild_id": str(server)} if server else {}),
    }
