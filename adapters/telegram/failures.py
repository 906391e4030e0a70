"""The library's errors read once, here, as what they mean for us.

    RetryAfter                        UNSENT, after a pause
    ChatMigrated                      UNSENT, to another chat
    Forbidden, "chat not found" …     BLOCKED
    BadRequest                        REFUSED; `gone` where the message to change is no more, `same` where it
                                      already says so
    InvalidToken, Conflict            DOWN
    no connection, no free connection UNSENT
    every other network error, 5xx    UNKNOWN: in tests the server had the message when the reply was lost

Reasons never quote addresses, which hold the token, nor a server's words about a message, which may quote it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from adapters.telegram.http import CERTAINLY_UNSENT
from bot.errors import Failure, SendError
from knowledge.errors import CoursebotError

# Beginnings of descriptions, lower case, after "bad request: ": https://github.com/tdlib/telegram-bot-api
_NOT_THERE = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "group chat was deactivated",
    "peer_id_invalid",
    "not enough rights",
    "have no rights to send",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "topic_closed",
    "topic_deleted",
    "message thread not found",
)
_GONE = (
    "message to edit not found",
    "message can't be edited",
    "there is no text in the message to edit",  # it is a document
    "message to delete not found",
    "message can't be deleted",
    "message_id_invalid",
    "query is too old",
)
_SAME = "message is not modified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong with a request.

    Attributes:
        failure: what is known about the message.
        reason: a few words for the log.
        retry_after: seconds to wait first, where Telegram named them.
        moved_to: the chat's new id, or empty.
        gone: the message (or query) to change is no more.
        same: the message already is as it should be.
    """

    failure: Failure
    reason: str
    retry_after: float = 0.0
    moved_to: str = ""
    gone: bool = False
    same: bool = False

    def error(self) -> SendError:
        """The same as what the senders raise."""
        return SendError(self.failure, self.reason, retry_after=self.retry_after)


def problem(error: TelegramError) -> Problem:
    """What an error of the library means."""
    match error:
        case RetryAfter():
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            return Problem(failure=Failure.UNSENT, reason="told to slow down", retry_after=seconds)
        case ChatMigrated():
            moved = str(error.new_chat_id)
            return Problem(failure=Failure.UNSENT, reason="group became a supergroup", moved_to=moved)
        case Forbidden():
            return Problem(failure=Failure.BLOCKED, reason="not allowed to write there")
        case InvalidToken():
            return Problem(failure=Failure.DOWN, reason="token refused")
        case Conflict():
            return Problem(failure=Failure.DOWN, reason="another program uses the same token")
        case BadRequest():
            return _refused(error.message)
        case _:
            cause = error.__cause__
            if isinstance(cause, CERTAINLY_UNSENT):
                return Problem(failure=Failure.UNSENT, reason=f"no connection ({type(cause).__name__})")
            name = type(cause or error).__name__
            return Problem(failure=Failure.UNKNOWN, reason=f"no reply ({name})")


def _refused(description: str) -> Problem:
    text = description.lower().removeprefix("bad request: ")
    if text.startswith(_SAME):
        return Problem(failure=Failure.REFUSED, reason="already so", same=True)
    for known, gone in ((_NOT_THERE, False), (_GONE, True)):
        for start in known:
            if text.startswith(start):
                failure = Failure.REFUSED if gone else Failure.BLOCKED
                return Problem(failure=failure, reason=start, gone=gone)
    return Problem(failure=Failure.REFUSED, reason="not accepted")


def fatal(error: Problem) -> CoursebotError:
    """The sentence for what ends the platform: "telegram-token" or "telegram-conflict"."""
    refused = error.reason == "token refused"
    return CoursebotError("telegram-token" if refused else "telegram-conflict")
