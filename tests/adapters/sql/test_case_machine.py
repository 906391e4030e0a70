"""Whatever the team and readers do in whatever order: every reader who waited is told once, and of an end only."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.sql.courses import SqlCourseStore
from adapters.sql.daily.deliveries import SqlDeliveryStore
from adapters.sql.daily.delivery_desk import SqlDeliveryDesk
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.seeds import SqlSeedStore
from adapters.sql.team.auditing import SqlAuditLog
from adapters.sql.team.cases import SqlCaseStore
from adapters.sql.team.curation import SqlCuration
from adapters.sql.team.usage import SqlUsage
from bot.messages import Chat, Person, Platform
from bot.team.cases import CaseState, Cause, Closing, Wish
from bot.team.curating import Curating
from bot.team.settling import ANSWERED, Settling, notices
from tests.adapters.sql.samples import AT, COURSE

TEAM = "telegram:1"
QUESTIONS = ("pod 怎么调试？", "怎么看日志？", "镜像为什么这么大？", "卷放在哪里？")
which = st.integers(0, 9)
readers = st.sampled_from(["7", "8", "9"])


@cache
def template() -> tempfile.TemporaryDirectory[str]:
    """A migrated database with a course, which each run copies."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)

    async def made() -> None:
        database = Database(Path(folder.name) / "a.sqlite")
        await database.migrate()
        await SqlCourseStore(database).save(COURSE, at=AT)
        await database.dispose()

    asyncio.run(made())
    return folder


@dataclass
class Known:
    """What is expected of a case."""

    state: CaseState = CaseState.OPEN
    waiting: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    """Of those who wait, whom a notice is queued for already."""
    settled: bool = False
    into: int = 0
    assignee: str = ""


class Cases(RuleBasedStateMachine):
    """Readers who ask, a team that answers, and a process that may die between the steps of settling."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        file = Path(shutil.copy(Path(template().name) / "a.sqlite", self._folder.name))
        self._loop = asyncio.new_event_loop()
        self._database = Database(file)
        pseudonyms = Pseudonyms(self._database)
        self.cases = SqlCaseStore(self._database, pseudonyms)
        self.outbox = SqlDeliveryStore(self._database, pseudonyms)
        curating = Curating(
            SqlSeedStore(self._database),
            SqlCuration(self._database),
            SqlAuditLog(self._database),
            SqlUsage(self._database),
        )
        self.settling = Settling(self.cases, curating, self.outbox)
        self.at = AT
        self.known: dict[int, Known] = {}
        self.told: Counter[str] = Counter()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        self.at += timedelta(minutes=1)
        return self._loop.run_until_complete(work)

    def teardown(self) -> None:
        self._loop.run_until_complete(self._database.dispose())
        self._loop.close()
        self._folder.cleanup()

    def pick(self, number: int) -> int:
        return sorted(self.known)[number % len(self.known)]

    def final(self, number: int) -> int:
        """Where a case's readers are now."""
        while self.known[number].into:
            number = self.known[number].into
        return number

    @rule(who=readers, question=st.sampled_from(QUESTIONS))
    def ask(self, who: str, question: str) -> None:
        person, chat = Person(platform=Platform.TELEGRAM, id=who), Chat(platform=Platform.TELEGRAM, id=who)
        wish = Wish(
            question=question,
            course=COURSE.slug,
            language="zh-Hans",
            chat=chat,
            person=person,
            cause=Cause.ASKED,
            at=self.at,
        )
        found = self.run(self.cases.report(wish))
        if found.ignored:
            assert CaseState.IGNORED in {each.state for each in self.known.values()}
            return
        assert found.opened is (found.case not in self.known)
        known = self.known.setdefault(found.case, Known())
        assert known.state is CaseState.OPEN
        assert found.joined is (who not in known.waiting)
        known.waiting.add(who)

    def _close(self, number: int, closing: Closing) -> None:
        target = self.known[self.final(number)]
        done = self.run(self.cases.close(number, closing, at=self.at))
        assert done is (target.state is CaseState.OPEN)
        if done:
            target.state = closing.state

    @precondition(lambda self: self.known)
    @rule(number=which)
    def answer(self, number: int) -> None:
        self._close(self.pick(number), Closing(state=CaseState.ANSWERED, answer=f"{number}", by=TEAM))

    @precondition(lambda self: self.known)
    @rule(number=which)
    def ignore(self, number: int) -> None:
        target = self.final(self.pick(number))
        was_open = self.known[target].state is CaseState.OPEN
        self._close(target, Closing(state=CaseState.IGNORED, by=TEAM))
        if was_open:
            self.known[target].waiting.clear()
            self.known[target].settled = True

    @precondition(lambda self: self.known)
    @rule(number=which, into=which)
    def merge(self, number: int, into: int) -> None:
        one, other = self.final(self.pick(number)), self.final(self.pick(into))
        done = self.run(self.cases.merge(self.pick(number), self.pick(into), at=self.at))
        both_open = {self.known[one].state, self.known[other].state} == {CaseState.OPEN}
        assert done is (one != other and both_open)
        if done:
            self.known[other].waiting |= self.known[one].waiting
            self.known[one] = Known(CaseState.MERGED, into=other, settled=True)

    @precondition(lambda self: self.known)
    @rule(number=which, to=st.sampled_from(["telegram:2", "discord:99"]))
    def hand_over(self, number: int, to: str) -> None:
        target = self.known[self.final(self.pick(number))]
        done = self.run(self.cases.hand(self.pick(number), to))
        assert done is (target.state is CaseState.OPEN)
        if done:
            target.assignee = to

    @precondition(lambda self: self.known)
    @rule(number=which)
    def answer_anew(self, number: int) -> None:
        """What was answered is open to a better answer, which whoever was told is not told again."""
        target = self.known[self.final(self.pick(number))]
        closing = Closing(state=CaseState.ANSWERED, answer="better", by=TEAM)
        done = self.run(self.cases.replace(self.pick(number), closing, at=self.at))
        assert done is (target.state is CaseState.ANSWERED)
        if done:
            target.settled = False

    @precondition(lambda self: self.known)
    @rule(number=which)
    def settle(self, number: int) -> None:
        target = self.known[self.final(self.pick(number))]
        self.run(self.settling.settle(self.pick(number), at=self.at))
        if target.state is CaseState.ANSWERED and not target.settled:
            self.told.update(target.waiting - target.told)
            target.waiting, target.told, target.settled = set(), set(), True

    @precondition(lambda self: self.known)
    @rule(number=which)
    def die_while_settling(self, number: int) -> None:
        """The notices are queued, and the process is killed before it can note that."""
        number = self.final(self.pick(number))
        target = self.known[number]
        if target.state is CaseState.ANSWERED and not target.settled:
            case = self.run(self.cases.case(number))
            waiters = self.run(self.cases.waiters(number))
            self.run(self.outbox.notify(notices(case, waiters), at=self.at))
            self.told.update(target.waiting - target.told)
            target.told |= target.waiting

    @invariant()
    def cases_are_where_they_were_brought(self) -> None:
        for number in self.known:
            case = self.run(self.cases.case(number))
            expected = self.known[self.final(number)]
            assert case.id == self.final(number)
            assert (case.state, case.settled) == (expected.state, expected.settled)
            assert (case.waiting, case.assignee) == (len(expected.waiting), expected.assignee)
        unsettled = sorted(
            number
            for number, each in self.known.items()
            if not each.settled and each.state is not CaseState.OPEN
        )
        assert self.run(self.cases.unsettled()) == unsettled

    @invariant()
    def whoever_waited_was_told_once(self) -> None:
        found = self.run(SqlDeliveryDesk(self._database).deliveries(limit=1000))
        assert Counter(each.chat.id for each in found if each.kind == ANSWERED) == self.told


TestCases = Cases.TestCase
TestCases.settings = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
