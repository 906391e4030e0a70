"""What an operator has to look at: in the log with an action, kept for `coursebot deliveries`, and handed on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.daily.delivery_desk import DeliveryDesk
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.deliveries")

Alert = Callable[[str, str], Awaitable[None]]
"""Told the name of an alarm and a sentence, each time one begins; never a reader's words."""


class Alarms:
    """Alarms that are on make the deliveries' health red.

    Args:
        desk: keeps when each was last raised.
        now: the clock; aware times.
        alert: tells the operators; None for the log alone.
    """

    def __init__(
        self, desk: DeliveryDesk, *, now: Callable[[], datetime], alert: Alert | None = None
    ) -> None:
        self._desk = desk
        self._now = now
        self._alert = alert
        self._on: set[str] = set()

    @property
    def red(self) -> frozenset[str]:
        """The alarms that are on; empty for good health."""
        return frozenset(self._on)

    async def tell(self, name: str, sentence: str, *, on: bool = True) -> None:
        """Raise an alarm about something that is over already, such as one message that was refused.

        `on`: whether it is handed on; not when it is about an alert itself.
        """
        logger.error("%s", sentence, extra={"action": name})
        try:
            await self._desk.alarm(name, at=self._now())
        except CoursebotError as error:
            # The database may be what the alarm is about.
            logger.info("the alarm %s was not kept: %s", name, error.key)
        if self._alert and on:
            try:
                await self._alert(name, sentence)
            except Exception as error:  # noqa: BLE001 - what tells of trouble must not make any
                logger.warning("the alarm %s was not handed on: %s", name, type(error).__name__)

    async def turn_on(self, name: str, sentence: str) -> None:
        """Raise an alarm that stays on until `turn_off`; told once."""
        if name not in self._on:
            self._on.add(name)
            await self.tell(name, sentence)

    def turn_off(self, name: str) -> None:
        """What the alarm was about is over."""
        if name in self._on:
            self._on.discard(name)
            logger.warning("over: %s", name, extra={"action": f"{name}-over"})
