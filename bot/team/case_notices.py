"""The words of notices about cases: an answer to who waited, a case handed over, new cases for the team."""

from __future__ import annotations

from collections.abc import Mapping

from bot.catalog import catalog
from bot.daily.deliveries import Compose, Delivery
from bot.handlers.team.case_steps import HANDED
from bot.ports import Answering
from bot.rendering import cases as render_cases
from bot.rendering.spans import joined
from bot.replies import Bold, Reply
from bot.stores import CourseStore
from bot.team.cases import CaseState, CaseStore
from bot.team.roles import StaffStore
from bot.team.settling import ANSWERED
from knowledge.outcome import matches

NEW = "cases-new"
"""The kind of a notice that tells the team of new cases; its subject is the number of a batch."""


class CaseNotices:
    """Composes notices about cases.

    Args:
        cases: the cases.
        answering: has the entries that answer them.
        courses: has the courses' titles.
        staff: has the team's names.
        excerpt: characters of an entry's answer that are shown.
    """

    def __init__(
        self,
        cases: CaseStore,
        *,
        answering: Answering,
        courses: CourseStore,
        staff: StaffStore,
        excerpt: int,
    ) -> None:
        self._cases = cases
        self._answering = answering
        self._courses = courses
        self._staff = staff
        self._excerpt = excerpt

    @property
    def composers(self) -> Mapping[str, Compose]:
        """What composes each kind."""
        return {ANSWERED: self.answered, HANDED: self.handed, NEW: self.new}

    async def answered(self, delivery: Delivery) -> Reply | None:
        """An answer, with the question as whoever is told worded it."""
        case = await self._cases.case(_number(delivery, "case"))
        if case is None or case.state not in {CaseState.ANSWERED, CaseState.LINKED}:
            return None
        readers = [int(each) for each in str(delivery.subject.get("readers", "")).split(",") if each]
        worded = await self._cases.worded(readers) or [case.question]
        entry = await self._answering.entry(case.entry) if case.entry else None
        return render_cases.told(catalog(delivery.language), case, worded, entry, limit=self._excerpt)

    async def handed(self, delivery: Delivery) -> Reply | None:
        """A case's card for the colleague to whom it was handed; nothing once it has ended."""
        case = await self._cases.case(_number(delivery, "case"))
        if case is None or case.state is not CaseState.OPEN:
            return None
        words = catalog(delivery.language)
        key = str(delivery.subject.get("to", ""))
        name = next((each.name for each in await self._staff.all() if each.key == key and each.name), key)
        titles = await self._titles()
        outcome = await self._answering.ask(
            case.question, courses=(case.course,) if case.course else None, limit=render_cases.CLOSEST
        )
        card = render_cases.card(
            words, case, matches(outcome), course=titles.get(case.course, ""), at=delivery.due_at
        )
        title = (Bold(f"📨 {words.text('queue.handed-to', name=name)}"),)
        return Reply(spans=joined((title, card.spans), "\n\n"), buttons=card.buttons)

    async def new(self, delivery: Delivery) -> Reply | None:
        """The new cases of a batch that are still open, in one message."""
        cases = await self._cases.batched(_number(delivery, "batch"))
        if not cases:
            return None
        return render_cases.alert(catalog(delivery.language), cases, await self._titles())

    async def _titles(self) -> dict[str, str]:
        return {each.slug: each.title for each in await self._courses.summaries()}


def _number(delivery: Delivery, name: str) -> int:
    value = delivery.subject.get(name, 0)
    return value if isinstance(value, int) else 0
