"""What is sent unasked, each once: digests of lessons, and notices. docs/delivery.md says what is promised.

    queued ─► claimed ─► sending ─► sent
                            ├─────► queued     it certainly was not sent
                            ├─────► unknown    nobody knows, and it was sent again once already
                            ├─────► held       nobody knows, and the operator wants to decide
                            ├─────► blocked    the chat does not take our messages
                            └─────► failed     the platform does not accept this message
    queued, claimed, unknown ─► expired          its day is over, or nobody wants it any more

Digests and notices share the table, the states and the engine (`jobs/`); only how their words are composed differs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Chat, Person, Platform
from bot.replies import Reply

DIGEST = "digest"
"""The kind of a delivery that is a day's lesson."""
FINISHED = "finished"
"""The kind of a delivery that tells that a course has no more lessons; sent in the place of the next digest."""

ALERT = "alert"
"""The kind of a notice that tells operators of trouble; it is sent although all else is held."""


class State(StrEnum):
    """Where a delivery is; the drawing is above."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    """A process has taken it; certainly not on the wire."""
    SENDING = "sending"
    """Perhaps on the wire."""
    SENT = "sent"
    UNKNOWN = "unknown"
    HELD = "held"
    BLOCKED = "blocked"
    FAILED = "failed"
    EXPIRED = "expired"


OPEN = (State.QUEUED, State.CLAIMED, State.SENDING, State.UNKNOWN, State.HELD)
"""Not ended yet; an enrolment has one open digest at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something to be sent to a chat, or sent.

    Attributes:
        id: number in the database; a digest's buttons carry it.
        kind: `DIGEST`, `FINISHED`, or the kind of a notice.
        chat: where to.
        language: to compose it in, one of `bot.catalog.LANGUAGES`.
        subject: what a notice is about, as it was handed in.
        subscriber: number of the subscriber, or None for a notice.
        enrolment: number of the enrolment, or None for a notice.
        course: slug of a digest's course, or empty.
        lesson: slug of a digest's lesson, or empty.
        on: the subscriber's local date of a digest, or None.
        due_at: when it was to be sent.
        state: where it is.
        attempt: how often it failed for certain.
        unknown_count: how often nobody knew whether it was sent.
        fence: raised by each claim, so that an earlier claim is worth nothing.
        not_before: when to try next, or None.
        message_id: the platform's id of the message once it is sent.
        last_error: why it was not sent, in a few words.
    """

    id: int
    kind: str
    chat: Chat
    language: str
    subject: Mapping[str, str | int] = field(default_factory=dict)
    subscriber: int | None = None
    enrolment: int | None = None
    course: str = ""
    lesson: str = ""
    on: date | None = None
    due_at: datetime
    state: State
    attempt: int = 0
    unknown_count: int = 0
    fence: int = 0
    not_before: datetime | None = None
    message_id: str = ""
    last_error: str = ""


Compose = Callable[[Delivery], Awaitable[Reply | None]]
"""The words of a delivery; None when there is nothing to say any more. It may be asked twice for one delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell a chat once.

    Attributes:
        key: unique for all time, such as `case:12:answered`; the same key again changes nothing.
        kind: by which its words are composed; not `DIGEST` or `FINISHED`.
        chat: where to.
        language: one of `bot.catalog.LANGUAGES`.
        subject: ids of what it is about; never a reader's words.
        person: whom it is for, so that it can be erased with what else is kept of them; or None.
    """

    key: str
    kind: str
    chat: Chat
    language: str
    subject: Mapping[str, str | int] = field(default_factory=dict)
    person: Person | None = None


class Outbox(Protocol):
    """Takes notices; the engine sends them."""

    async def notify(self, notices: Sequence[Notice], *, at: datetime) -> int:
        """Queue notices; how many are new. One whose key is known is left as it is."""
        ...


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may send on a platform at the moment.

    Attributes:
        platform: the platform.
        owner: name of the process, made anew at each start.
        epoch: raised whenever another owner takes over; an earlier one can arm nothing.
    """

    platform: Platform
    owner: str
    epoch: int


class Leases(Protocol):
    """One sender per platform token, as the rate limit is the token's."""

    async def acquire(
        self, platform: Platform, owner: str, *, at: datetime, until: datetime, takeover: bool = False
    ) -> Holder | None:
        """Take or renew the lease; None while another owner's has not run out.

        Args:
            platform: whose sender to be.
            owner: who asks.
            at: the time.
            until: how long to have it.
            takeover: nobody else can be alive (a lock of the operating system says so): do not wait.
        """
        ...

    async def release(self, holder: Holder, *, at: datetime) -> None:
        """Give the lease back at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one round of planning did.

    Attributes:
        subscribers: how many were due; fewer than were asked for means that no more are.
        queued: deliveries that are new.
        expired: deliveries of earlier days that are not sent any more.
    """

    subscribers: int = 0
    queued: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was taken to be sent.

    Attributes:
        deliveries: in the order they are to be sent.
        beat: how often anything was ever claimed in this database; only a restored backup has less than before.
    """

    deliveries: tuple[Delivery, ...] = ()
    beat: int = 0


class DeliveryStore(Outbox, Protocol):
    """Deliveries on their way. Each method is one transaction; states change by compare-and-set."""

    async def plan(self, *, at: datetime, limit: int = 200) -> Planned:
        """Queue the digests of subscribers that are due, and set when each is due next.

        A subscriber who was due on several days gets one digest, of the last of them. What still waits from
        earlier days is expired, its lesson is the one that is sent now.
        """
        ...

    async def claim(self, holder: Holder, *, at: datetime, until: datetime, limit: int) -> Claimed:
        """Take what is to be sent on the holder's platform, the longest due first.

        Nothing without the lease, and nothing but alerts while all is held.
        """
        ...

    async def arm(self, holder: Holder, delivery: Delivery, *, at: datetime) -> bool:
        """Claimed to sending, as the last thing before the wire; False: do not send.

        False when the claim or the lease is not the holder's any more, or when the subscriber does not want it.
        """
        ...

    async def sent(self, delivery: Delivery, message_id: str, *, at: datetime) -> None:
        """Record that it was sent and, with it, move the enrolment on. Whoever holds it now: it is sent."""
        ...

    async def unsent(
        self,
        holder: Holder,
        delivery: Delivery,
        reason: str,
        *,
        counted: bool,
        retry_at: datetime,
        at: datetime,
    ) -> None:
        """Record that it certainly was not sent; queued again. `counted`: as an attempt that failed."""
        ...

    async def unknown(
        self,
        holder: Holder,
        delivery: Delivery,
        reason: str,
        *,
        resend: bool,
        retry_at: datetime,
        at: datetime,
    ) -> State:
        """Record that nobody knows: queued again the first time (`resend`), else unknown or held; which."""
        ...

    async def blocked(self, holder: Holder, delivery: Delivery, reason: str, *, at: datetime) -> None:
        """Record that the chat does not take our messages; its subscriber is blocked too, the place is kept."""
        ...

    async def failed(self, holder: Holder, delivery: Delivery, reason: str, *, at: datetime) -> None:
        """Record that the platform does not accept this message."""
        ...

    async def nothing(self, holder: Holder, delivery: Delivery, reason: str, *, at: datetime) -> None:
        """Record that there is nothing to say any more: claimed to expired."""
        ...

    async def unclaim(self, holder: Holder, deliveries: Sequence[Delivery], *, at: datetime) -> int:
        """Give claims back that were not armed; how many still were the holder's."""
        ...

    async def recover(self, holder: Holder, *, busy: Collection[int] = (), resend: bool, at: datetime) -> int:
        """What earlier epochs left, or ours without being `busy` with it; how many.

        What was claimed is queued again; of what was being sent nobody knows.
        """
        ...

    async def expire(self, *, before: datetime, at: datetime) -> int:
        """Expire what waits and was due before that time; how many.

        Of notices that ended before that time only the key is kept, which keeps them from being told again.
        """
        ...
