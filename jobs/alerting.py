"""Alarms, told to the operators: in the team's chat, or to each owner in private where there is no such chat.

An alert is a notice, but it is sent while all else is held, and in quiet hours: what it is about cannot wait. It never
leads to another one, so a chat that refuses alerts makes no more of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.catalog import catalog
from bot.daily.deliveries import ALERT, Delivery, Notice, Outbox
from bot.messages import Chat, Platform
from bot.replies import Bold, Reply, Text
from bot.team.reaching import Direct, reach
from bot.team.roles import Role, StaffStore
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.jobs")

_DOWN = "-down"
"""How the name of an alarm about a platform ends; it begins with the platform."""
_WAITING = 50
"""Alerts that are kept at most while the database cannot take them."""

_WORDS = {
    "delivery-failed": "alert.failed",
    "delivery-unknown": "alert.unknown",
    "disk-full": "alert.disk",
    "database-trouble": "alert.database",
    "restored": "alert.restored",
    "clock": "alert.clock",
    "lease-lost": "alert.lease",
}


@dataclass(frozen=True, slots=True)
class _Alarm:
    name: str
    at: datetime


class Alerts:
    """A `jobs.alarms.Alert` that queues a notice; of one alarm no more than one an hour.

    Args:
        outbox: takes the notices.
        staff: who is an owner.
        team: the team's chat, or None.
        directs: opens private chats.
        language: what to speak, one of `bot.catalog.LANGUAGES`.
        now: the clock; aware times.
    """

    def __init__(
        self,
        outbox: Outbox,
        staff: StaffStore,
        *,
        team: Chat | None,
        directs: Mapping[Platform, Direct],
        language: str,
        now: Callable[[], datetime],
    ) -> None:
        self._outbox = outbox
        self._staff = staff
        self._team = team
        self._directs = directs
        self._language = language
        self._now = now
        self._waiting: list[_Alarm] = []

    async def __call__(self, name: str, _: str) -> None:
        """An alarm began."""
        self.note(name)
        await self.flush(self._now())

    def note(self, name: str) -> None:
        """An alarm began; it is told with the next `flush`."""
        alarm = _Alarm(name, self._now())
        if len(self._waiting) < _WAITING and all(_hour(each) != _hour(alarm) for each in self._waiting):
            self._waiting.append(alarm)

    async def flush(self, at: datetime) -> int:
        """Queue what waits; how many notices are new. What the database does not take goes on waiting."""
        told = 0
        while self._waiting:
            alarm = self._waiting[0]
            try:
                notices = [self._notice(alarm, chat) for chat in await self._where(alarm.name)]
                told += await self._outbox.notify(notices, at=at) if notices else 0
            except CoursebotError as error:
                logger.info("the alert %s waits: %s", alarm.name, error.key)
                break
            # By its value: whoever waited for the same may have taken it out.
            self._waiting = [each for each in self._waiting if each != alarm]
        return told

    async def _where(self, name: str) -> list[Chat]:
        """Whom to tell; when nobody there can be reached, owners elsewhere too."""
        down = name.removesuffix(_DOWN) if name.endswith(_DOWN) else ""
        if self._team is not None and self._team.platform.value != down:
            return [self._team]
        owners = {each.key for each in await self._staff.all() if each.role is Role.OWNER}
        reached = [await reach(self._directs, key) for key in sorted(owners)]
        private = [chat for chat in reached if chat is not None]
        return private if self._team is None else [self._team, *private]

    def _notice(self, alarm: _Alarm, chat: Chat) -> Notice:
        return Notice(
            key=f"alert:{_hour(alarm)}:{chat.platform.value}:{chat.id}:{chat.thread}",
            kind=ALERT,
            chat=chat,
            language=self._language,
            subject={"alarm": alarm.name, "at": f"{alarm.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"},
        )


async def alert(delivery: Delivery) -> Reply:
    """The words of an alert: what happened, when, and what to do."""
    words = catalog(delivery.language)
    name, at = str(delivery.subject.get("alarm", "")), str(delivery.subject.get("at", ""))
    if name.endswith(_DOWN):
        said = words.text("alert.down", platform=name.removesuffix(_DOWN).capitalize())
    else:
        said = words.text(_WORDS[name]) if name in _WORDS else words.text("alert.other", name=name)
    return Reply(spans=(Bold(f"🚨 {words.text('alert.title')}"), Text(f" · {at}\n{said}")))


def _hour(alarm: _Alarm) -> str:
    return f"{alarm.name}:{alarm.at.astimezone(UTC):%Y-%m-%dT%H}"
