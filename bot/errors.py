"""What can go wrong when something is sent, in words that are the same for every platform.

SendError
├─ UNSENT    certainly not sent (no connection, told to slow down): may be tried again
├─ UNKNOWN   perhaps sent (the connection broke, no reply, the server failed)
├─ BLOCKED   this reader or chat does not want us or is gone: never try again
├─ REFUSED   this message is not accepted, however often it is sent
└─ DOWN      the platform does not accept this bot any more (token withdrawn)
"""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """What is known about a message that was to be sent."""

    UNSENT = "unsent"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    REFUSED = "refused"
    DOWN = "down"


class NotArmedError(Exception):
    """Whoever wanted something sent took it back at the last moment; nothing went out."""


class SendError(Exception):
    """Something was not sent, or nobody knows.

    Attributes:
        failure: which of the two, and whether to try again.
        reason: a few words for the log; never a reader's words, never a token.
        retry_after: seconds to wait before anything is sent again; 0 where the platform named none.
    """

    def __init__(self, failure: Failure, reason: str, *, retry_after: float = 0.0) -> None:
        super().__init__(f"{failure.value}: {reason}")
        self.failure = failure
        self.reason = reason
        self.retry_after = retry_after
