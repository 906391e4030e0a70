"""Every store, made on one database that is opened on first use.

SQLAlchemy costs 0.4 s, and a question that the index can answer by itself does not need it; so all of this is
imported late.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.daily.deliveries import DeliveryStore, Leases
from bot.daily.delivery_desk import DeliveryDesk
from bot.daily.digests import DigestSource
from bot.daily.subscriptions import SubscriptionStore
from bot.forms import KEPT as FORMS_KEPT
from bot.inbox import Inbox
from bot.readers import ReaderStores
from bot.stores import CourseStore, SeedStore
from bot.team.cases import CaseStore
from bot.team.pending import PendingStore
from bot.team.roles import OPERATOR, Member, Role, StaffStore, parse_people
from config.settings import Settings

if TYPE_CHECKING:
    from adapters.sql.database import Database
    from bot.team.impact import PastQuestions


def now() -> datetime:
    """The time, read in this one place."""
    return datetime.now(UTC)


class Stores:
    """The stores for one set of settings; `close` gives the database back.

    Attributes:
        settings: what the operator set.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._database: Database | None = None
        self._readers: ReaderStores | None = None
        self._staff: StaffStore | None = None

    async def database(self) -> Database:
        """The database, created or brought up to date on first use."""
        if self._database is None:
            from adapters.sql.database import Database

            database = Database(self.settings.database or self.settings.data / "coursebot.sqlite")
            await database.migrate()
            self._database = database
        return self._database

    async def courses(self) -> CourseStore:
        """The store of courses."""
        from adapters.sql.courses import SqlCourseStore

        return SqlCourseStore(await self.database())

    async def seeds(self) -> SeedStore:
        """The store of seeded answers."""
        from adapters.sql.seeds import SqlSeedStore

        return SqlSeedStore(await self.database())

    async def readers(self) -> ReaderStores:
        """All that is kept of readers and their chats, made once."""
        if self._readers is None:
            from adapters.sql.readers import reader_stores

            self._readers = reader_stores(await self.database())
            kept = timedelta(days=self.settings.question_days)
            await self._readers.questions.purge(before=now() - kept)
            await self._readers.forms.purge(before=now() - FORMS_KEPT)
        return self._readers

    async def subscriptions(self) -> SubscriptionStore:
        """Subscribers and their courses."""
        from adapters.sql.daily.subscriptions import SqlSubscriptionStore
        from adapters.sql.pseudonyms import Pseudonyms

        database = await self.database()
        return SqlSubscriptionStore(database, Pseudonyms(database))

    async def deliveries(self) -> DeliveryStore:
        """What is sent unasked; an outbox for notices too."""
        from adapters.sql.daily.deliveries import SqlDeliveryStore
        from adapters.sql.pseudonyms import Pseudonyms

        database = await self.database()
        return SqlDeliveryStore(database, Pseudonyms(database))

    async def desk(self) -> DeliveryDesk:
        """What an operator sees of the deliveries, and decides."""
        from adapters.sql.daily.delivery_desk import SqlDeliveryDesk

        return SqlDeliveryDesk(await self.database())

    async def leases(self) -> Leases:
        """Who may send on which platform."""
        from adapters.sql.daily.leases import SqlLeases

        return SqlLeases(await self.database())

    async def digests(self) -> DigestSource:
        """The lessons' content, and what was newly answered, for digests."""
        from adapters.sql.daily.digests import SqlDigestSource

        return SqlDigestSource(await self.database())

    async def past_questions(self) -> PastQuestions:
        """The words of questions that were asked."""
        from adapters.sql.past_questions import SqlPastQuestions

        return SqlPastQuestions(await self.database())

    async def cases(self) -> CaseStore:
        """Questions that nobody has answered yet."""
        from adapters.sql.pseudonyms import Pseudonyms
        from adapters.sql.team.cases import SqlCaseStore

        database = await self.database()
        return SqlCaseStore(database, Pseudonyms(database))

    async def pending(self) -> PendingStore:
        """Files that wait to be imported."""
        from adapters.sql.pseudonyms import Pseudonyms
        from adapters.sql.team.pending import SqlPendingStore

        database = await self.database()
        return SqlPendingStore(database, Pseudonyms(database))

    async def inbox(self) -> Inbox:
        """What platforms delivered, until it is answered."""
        from adapters.sql.inbox import SqlInbox

        return SqlInbox(await self.database())

    async def staff(self) -> StaffStore:
        """Who has which role, made once; those whom the settings name are owners."""
        if self._staff is None:
            from adapters.sql.team.staff import SqlStaffStore

            self._staff = SqlStaffStore(await self.database())
            for person in parse_people(self.settings.owners):
                owner = Member(platform=person.platform, id=person.id, role=Role.OWNER)
                await self._staff.grant(owner, by=OPERATOR, at=now())
        return self._staff

    async def close(self) -> None:
        """Give back what was opened."""
        if self._database is not None:
            await self._database.dispose()
            self._database = None
