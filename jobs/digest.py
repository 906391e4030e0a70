"""The words of what is sent day by day: a lesson's digest, and the end of a course."""

from __future__ import annotations

from functools import lru_cache

from bot import digest_card
from bot.catalog import catalog
from bot.deliveries import Delivery
from bot.digests import DigestSource
from bot.ports import CourseStore
from bot.replies import Reply
from knowledge.model import Passage
from knowledge.summary import summary


class DigestComposer:
    """Composes digests: a `bot.deliveries.Compose` for `DIGEST`, with `finished` for `FINISHED`.

    Args:
        source: the lessons' content and what was newly answered.
        courses: what can be read next.
    """

    def __init__(self, source: DigestSource, courses: CourseStore) -> None:
        self._source = source
        self._courses = courses

    async def digest(self, delivery: Delivery) -> Reply | None:
        """The digest of a delivery; None when its lesson is no more."""
        content = await self._source.lesson(delivery.course, delivery.lesson)
        if content is None:
            return None
        return digest_card.digest(
            catalog(delivery.language),
            content,
            delivery=delivery.id,
            sentences=_summary(content.title, content.passages),
            news=await self._source.news(delivery.id),
        )

    async def finished(self, delivery: Delivery) -> Reply | None:
        """That a course has been read to its end, and what there is beside it; None when the course is no more."""
        summaries = await self._courses.summaries()
        done = next((each for each in summaries if each.slug == delivery.course), None)
        if done is None:
            return None
        others = [each.title for each in summaries if each.slug != done.slug and each.lessons]
        return digest_card.finished(
            catalog(delivery.language), done.title, lessons=done.lessons, others=others
        )


@lru_cache(maxsize=64)
def _summary(title: str, passages: tuple[Passage, ...]) -> tuple[str, ...]:
    """The same lesson goes to many readers on one day."""
    return summary(title, passages)
