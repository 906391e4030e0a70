"""Every error of Discord and of the way there, in words of ours; the one place that knows their codes.

Numbers: https://discord.com/developers/docs/topics/opcodes-and-status-codes (JSON error codes, gateway close
codes).
"""

from __future__ import annotations

import asyncio
import logging
from enum import StrEnum

import aiohttp
import discord

from bot.errors import Failure, SendError
from bot.incidents import places

logger = logging.getLogger("coursebot.discord")

_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_CLOSED_DM = frozenset(
    {
        50007,  # cannot send messages to this user
        50278,  # no server in common with this user
    }
)
_NO_PLACE = frozenset(
    {
        10003,  # unknown channel
        10004,  # unknown server
        10013,  # unknown user
        50001,  # no access
        50013,  # no permission
        50083,  # archived thread
        160005,  # locked thread
    }
)
_GONE = frozenset(
    {
        10008,  # unknown message
        10015,  # unknown webhook: the interaction's 15 minutes are over
        10062,  # unknown interaction: its 3 seconds are over
        40060,  # interaction already answered
        50027,  # invalid webhook token: as 10015
    }
)
_REFUSED_TOKEN = 4004
"""Close code of the gateway for a token that it does not accept."""


class Trouble(StrEnum):
    """What kept an answer to something heard from being seen."""

    CLOSED = "closed"
    """The reader or the place does not take messages from the bot."""
    GONE = "gone"
    """What was to be answered or edited is no more, or it is too late for it."""
    BUSY = "busy"
    """Discord asks for fewer requests than the library's own pauses made."""
    DOWN = "down"
    """Discord or the way there fails."""
    FAULT = "fault"
    """Anything else: a fault in this program."""


def trouble(error: BaseException) -> Trouble:
    """What an error means for an answer."""
    if isinstance(error, discord.RateLimited):
        return Trouble.BUSY
    if isinstance(error, discord.HTTPException):
        if error.code in _CLOSED_DM | _NO_PLACE:
            return Trouble.CLOSED
        if error.code in _GONE or error.status == 404:
            return Trouble.GONE
        if error.status == 403:
            return Trouble.CLOSED
        if error.status == 429:
            return Trouble.BUSY
        return Trouble.DOWN if error.status >= 500 else Trouble.FAULT
    if isinstance(error, aiohttp.ClientError | OSError | TimeoutError | asyncio.TimeoutError):
        return Trouble.DOWN
    return Trouble.FAULT


def send_error(error: Exception) -> SendError:
    """What an error means for something that was to be sent unasked.

    After a server error or a broken connection nobody knows: the server may have had the message.
    """
    reason = brief(error)
    if isinstance(error, discord.RateLimited):
        return SendError(Failure.UNSENT, reason, retry_after=error.retry_after)
    if isinstance(error, discord.HTTPException):
        if error.code in _CLOSED_DM | _NO_PLACE or error.status in (403, 404):
            return SendError(Failure.BLOCKED, reason)
        if error.status == 401:
            return SendError(Failure.DOWN, reason)
        if error.status == 429:
            return SendError(Failure.UNSENT, reason)
        return SendError(Failure.UNKNOWN if error.status >= 500 else Failure.REFUSED, reason)
    if isinstance(error, _NOT_SENT):
        return SendError(Failure.UNSENT, reason)
    if isinstance(error, aiohttp.ClientError | OSError | TimeoutError | asyncio.TimeoutError):
        return SendError(Failure.UNKNOWN, reason)
    return SendError(Failure.REFUSED, reason)


def refused_token(error: BaseException) -> bool:
    """Whether Discord does not accept the token, at login or at the gateway."""
    if isinstance(error, discord.ConnectionClosed):
        return error.code == _REFUSED_TOKEN
    return isinstance(error, discord.LoginFailure)


def passing(error: BaseException) -> bool:
    """Whether connecting is worth another try later."""
    return trouble(error) in (Trouble.BUSY, Trouble.DOWN) or isinstance(error, discord.GatewayNotFound)


def brief(error: BaseException) -> str:
    """An error in a few words for the log, without its message, which may quote a reader or an address."""
    name = type(error).__name__
    if isinstance(error, discord.HTTPException):
        return f"{name} {error.status}/{error.code}"
    if isinstance(error, discord.ConnectionClosed):
        return f"{name} {error.code}"
    return name


def report(what: str, error: BaseException) -> None:
    """Tell the log that an answer was not seen: quietly where that is nobody's fault, with the place for a fault."""
    found = trouble(error)
    if found in (Trouble.CLOSED, Trouble.GONE):
        logger.info("a %s was not answered: %s", what, brief(error), extra={"action": found.value})
    elif found is not Trouble.FAULT:
        logger.warning("a %s was not answered: %s", what, brief(error), extra={"action": found.value})
    else:
        logger.error("a %s failed: %s\n%s", what, brief(error), places(error), extra={"action": found.value})
