"""Whoever speaks again takes messages again."""

from __future__ import annotations

import logging

from bot.messages import Incoming
from bot.ports import Handler
from bot.replies import Reply
from bot.subscriptions import SubscriptionStore
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.deliveries")


def welcoming(handle: Handler, subscriptions: SubscriptionStore) -> Handler:
    """The same handler, before which a chat that was blocked is unblocked by what it says."""

    async def welcome(incoming: Incoming) -> list[Reply]:
        try:
            await subscriptions.returned(incoming.chat, at=incoming.at)
        except CoursebotError as error:
            # The answer matters more; the next thing said tries again.
            logger.info("nobody was welcomed back: %s", error.key)
        return await handle(incoming)

    return welcome
