"""A chat that did not take our messages speaks again: what was sent there day by day goes on."""

from __future__ import annotations

import logging

from bot.daily.subscriptions import SubscriberState
from bot.handlers.daily.subscription_card import next_shown
from bot.handlers.scene import Scene, Services
from bot.replies import Reply
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.deliveries")


async def welcome(services: Services, scene: Scene) -> list[Reply]:
    """Lift a block, and say that lessons go on; nothing, and at almost no cost, where there is no block."""
    subscriptions = services.subscriptions
    try:
        if subscriptions is None or not await subscriptions.returned(scene.chat, at=scene.at):
            return []
        subscriber = await subscriptions.of(scene.chat)
    except CoursebotError as error:
        # The answer matters more; the next thing said tries again.
        logger.info("nobody was welcomed back: %s", error.key, extra={"action": "not-welcomed"})
        return []
    if subscriber is None or subscriber.state is not SubscriberState.ACTIVE or not subscriber.reading:
        return []
    coming = next_shown(scene, subscriber)
    return [scene.say("subscribe.welcome", day=coming[0], time=coming[1])] if coming else []
