"""What was asked of the server, and what is to go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was made: how, with what, and how it was answered."""

    method: str
    path: str
    data: Any
    status: int
    message_id: str = ""


@dataclass(slots=True)
class Trouble:
    """Something that goes wrong with a request.

    Attributes:
        status: answer with this status instead.
        code: and this error code.
        retry_after: for 429, seconds to wait.
        drop: close the connection instead of answering.
        delay: seconds before the request is done.
        late: seconds between that and the answer.
        path: which requests it happens to: those whose path holds this.
        times: how many of them.
    """

    status: int = 0
    code: int = 0
    retry_after: float = 0.0
    drop: bool = False
    delay: float = 0.0
    late: float = 0.0
    path: str = "/messages"
    times: int = 1
