"""A course with subscribers, and a sender, for the tests of deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import text

from adapters.sql.courses import SqlCourseStore
from adapters.sql.daily.deliveries import SqlDeliveryStore
from adapters.sql.daily.delivery_desk import SqlDeliveryDesk
from adapters.sql.daily.leases import SqlLeases
from adapters.sql.daily.subscriptions import SqlSubscriptionStore
from adapters.sql.database import Database
from adapters.sql.pseudonyms import Pseudonyms
from bot.daily.deliveries import Delivery, Holder
from bot.daily.schedule import Schedule
from bot.daily.subscriptions import Subscriber
from bot.messages import Chat, Person, Platform
from knowledge.model import Course, Lesson

SHANGHAI = Schedule(at=time(8, 0), zone="Asia/Shanghai")
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""20:00 in Shanghai: the first digest is due the next day at `DUE`."""
DUE = datetime(2026, 3, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def course(lessons: int = 5, slug: str = "k8s") -> Course:
    return Course(
        slug=slug,
        title=slug,
        lessons=tuple(
            Lesson(slug=f"{number:02}", title=f"Lesson {number}", position=number)
            for number in range(1, lessons + 1)
        ),
    )


def chat(number: int = 1, platform: Platform = Platform.TELEGRAM) -> Chat:
    return Chat(platform=platform, id=str(1000 + number))


def person(number: int = 1, platform: Platform = Platform.TELEGRAM) -> Person:
    return Person(platform=platform, id=str(1000 + number))


@dataclass(slots=True)
class Post:
    """The stores of one database."""

    database: Database
    courses: SqlCourseStore
    subscriptions: SqlSubscriptionStore
    deliveries: SqlDeliveryStore
    desk: SqlDeliveryDesk
    leases: SqlLeases

    @classmethod
    def of(cls, database: Database) -> Post:
        pseudonyms = Pseudonyms(database)
        return cls(
            database=database,
            courses=SqlCourseStore(database),
            subscriptions=SqlSubscriptionStore(database, pseudonyms),
            deliveries=SqlDeliveryStore(database, pseudonyms),
            desk=SqlDeliveryDesk(database),
            leases=SqlLeases(database),
        )

    async def subscribed(
        self,
        number: int = 1,
        *courses: str,
        schedule: Schedule = SHANGHAI,
        at: datetime = START,
        platform: Platform = Platform.TELEGRAM,
    ) -> Subscriber:
        made = await self.subscriptions.subscribe(
            chat(number, platform), person=person(number, platform), language="en", schedule=schedule, at=at
        )
        for slug in courses or ("k8s",):
            await self.subscriptions.enrol(made.id, slug, at=at)
        return await self.subscriber(made.id)

    async def subscriber(self, number: int) -> Subscriber:
        found = await self.subscriptions.get(number)
        assert found is not None
        return found

    async def holder(
        self,
        at: datetime,
        owner: str = "one",
        platform: Platform = Platform.TELEGRAM,
        *,
        takeover: bool = True,
    ) -> Holder:
        found = await self.leases.acquire(
            platform, owner, at=at, until=at + timedelta(days=400), takeover=takeover
        )
        assert found is not None
        return found

    async def claim(self, holder: Holder, at: datetime, limit: int = 100) -> list[Delivery]:
        claimed = await self.deliveries.claim(holder, at=at, until=at + timedelta(seconds=30), limit=limit)
        return list(claimed.deliveries)

    async def send(self, holder: Holder, at: datetime) -> list[Delivery]:
        """Everything that is due, without a platform: planned, claimed, armed and recorded."""
        while (await self.deliveries.plan(at=at)).subscribers:
            pass
        claimed = await self.claim(holder, at)
        for each in claimed:
            assert await self.deliveries.arm(holder, each, at=at)
            await self.deliveries.sent(each, f"m{each.id}", at=at)
        return claimed

    async def all(self) -> list[Delivery]:
        return (await self.desk.deliveries(limit=10_000))[::-1]

    async def number(self, table: str) -> int:
        async with self.database.read() as connection:
            return await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608
