"""The word that a course has been sent to its end: how it went, and what could come next."""

from __future__ import annotations

from bot.buttons.payloads import Run, course_key, encode
from bot.buttons.subscriptions import Draft
from bot.catalog import catalog
from bot.daily.deliveries import Delivery
from bot.daily.subscriptions import Reading, SubscriptionStore
from bot.rendering.excerpt import gist
from bot.rendering.spans import joined
from bot.replies import Bold, Button, Reply, Text
from bot.stores import CourseStore, CourseSummary

_LABEL = 20
_OFFERED = 4


class Finishing:
    """Composes deliveries of the kind `FINISHED`.

    Args:
        courses: the stored courses.
        subscriptions: what is subscribed to and was read.
    """

    def __init__(self, courses: CourseStore, subscriptions: SubscriptionStore) -> None:
        self._courses = courses
        self._subscriptions = subscriptions

    async def compose(self, delivery: Delivery) -> Reply | None:
        """A word of praise, and courses to go on with; None when the course or its subscriber is gone."""
        words = catalog(delivery.language)
        summaries = await self._courses.summaries()
        course = next((each for each in summaries if each.slug == delivery.course), None)
        subscriber = await self._subscriptions.get(delivery.subscriber) if delivery.subscriber else None
        if course is None or subscriber is None or delivery.enrolment is None:
            return None
        reads = await self._subscriptions.read(delivery.enrolment)
        done = sum(each.reading is Reading.DONE for each in reads)
        begun = {each.course for each in subscriber.enrolments}
        others = [each for each in summaries if each.slug not in begun and each.lessons]
        lines = [
            words.text("finished.done", count=course.lessons, done=done),
            words.text("finished.grows"),
        ]
        after = words.text("finished.next") if others else words.text("finished.nothing")
        if not delivery.chat.private:
            # What a group reads next is its managers' business, who have /subscribe.
            others, after = [], ""
        head = (Bold(words.text("finished.title", course=course.title)),)
        progress = Button(f"📈 {words.text('progress.title')}", encode(Run("progress")))
        return Reply(
            spans=joined((head, (Text("\n".join(lines)),), (Text(after),)), "\n\n"),
            buttons=(*((_offer(each),) for each in others[:_OFFERED]), (progress,)),
        )


def _offer(course: CourseSummary) -> Button:
    return Button(gist(course.title, _LABEL).text, encode(Draft(course=course_key(course.slug))))
