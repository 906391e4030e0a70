"""The words of a lesson's digest, from what is stored about the lesson and its reader."""

from __future__ import annotations

from functools import lru_cache

from bot.catalog import catalog
from bot.daily.deliveries import Delivery
from bot.daily.digests import DigestSource
from bot.rendering import digest as digest_card
from bot.replies import Reply
from knowledge.model import Passage
from knowledge.summary import summary


class DigestComposer:
    """Composes deliveries of the kind `DIGEST`.

    Args:
        source: the lessons' content and what was newly answered.
    """

    def __init__(self, source: DigestSource) -> None:
        self._source = source

    async def compose(self, delivery: Delivery) -> Reply | None:
        """The digest of a delivery; None when its lesson is no more."""
        content = await self._source.lesson(delivery.course, delivery.lesson)
        if content is None:
            return None
        return digest_card.digest(
            catalog(delivery.language),
            content,
            delivery=delivery.id,
            private=delivery.chat.private,
            sentences=_summary(content.title, content.passages),
            news=await self._source.news(delivery.id),
        )


@lru_cache(maxsize=64)
def _summary(title: str, passages: tuple[Passage, ...]) -> tuple[str, ...]:
    """The same lesson goes to many readers on one day."""
    return summary(title, passages)
