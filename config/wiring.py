"""The composition root: which part is built from which, each on first use.

The parts around the database are imported late: SQLAlchemy costs 0.4 s, and a question that the index can answer
by itself does not need it.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.sql.revisions import Glance
from bot.daily.deliveries import ALERT, DIGEST, FINISHED, Compose
from bot.library import Library, open_index
from bot.messages import Chat, Platform
from bot.ports import Answering, ChatAdapter, Files
from bot.stores import EntryChanges, EntryFeed
from bot.team.claims import Claims
from bot.team.curating import Curating
from bot.team.reaching import Direct
from bot.team.settling import Settling
from config.settings import BANDS, Settings
from config.stores import Stores, now
from knowledge.answering import Answerer, Bands
from knowledge.embedding import Embedder, load_embedder
from knowledge.errors import CoursebotError
from knowledge.glossary import OwnGlossary
from knowledge.index import SearchIndex

if TYPE_CHECKING:
    from bot.core import Core
    from bot.team.bulk import Bulk
    from bot.team.impact import Impacts
    from jobs.alerting import Alerts
    from jobs.rounds import Job


class Application(Stores):
    """All parts of the bot for one set of settings; `close` gives back what was opened.

    Attributes:
        settings: what the operator set.
        files: where the files that readers send can be had; each platform adds itself as it is made.
        directs: opens private chats; likewise.
        claims: the one-time code for the first owner, where one is offered.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.files: dict[Platform, Files] = {}
        self.directs: dict[Platform, Direct] = {}
        self._glance: Glance | None = None
        self.claims = Claims()

    async def compose(self) -> Compose:
        """The words of whatever is sent unasked, by its kind; one line for each kind there is."""
        from bot.daily.composing import by_kind
        from bot.daily.finishing import Finishing
        from bot.team.case_notices import CaseNotices
        from jobs.alerting import alert
        from jobs.digest import DigestComposer

        digests = DigestComposer(await self.digests())
        finishing = Finishing(await self.courses(), await self.subscriptions())
        cases = CaseNotices(
            await self.cases(),
            answering=self.library,
            courses=await self.courses(),
            staff=await self.staff(),
            excerpt=self.settings.excerpt,
        )
        composers = {DIGEST: digests.compose, FINISHED: finishing.compose, ALERT: alert}
        return by_kind({**composers, **cases.composers})

    async def impacts(self) -> Impacts:
        """What a change of content would do to questions that were asked."""
        from adapters.sql.team.rehearsal import SqlRehearsal
        from bot.team.impact import Impacts

        return Impacts(SqlRehearsal(await self.database()), await self.past_questions(), self.library)

    async def curating(self) -> Curating:
        """What changes the team's answers, with its log."""
        from adapters.sql.team.auditing import SqlAuditLog
        from adapters.sql.team.curation import SqlCuration
        from adapters.sql.team.usage import SqlUsage

        database = await self.database()
        return Curating(await self.seeds(), SqlCuration(database), SqlAuditLog(database), SqlUsage(database))

    async def settling(self) -> Settling:
        """What follows from the end of a case."""
        return Settling(await self.cases(), await self.curating(), await self.deliveries())

    @property
    def team_chat(self) -> Chat | None:
        """Where the team is told of cases."""
        platform, _, where = self.settings.admins_chat.partition(":")
        chat, _, thread = where.partition("/")
        return Chat(platform=Platform(platform), id=chat, thread=thread, private=False) if chat else None

    async def jobs(self) -> list[Job]:
        """What is done again and again while the bot runs."""
        from jobs.casework import Casework, parse_quiet
        from jobs.housekeeping import each_minute, housekeeping

        casework = Casework(
            await self.settling(),
            await self.deliveries(),
            team=self.team_chat,
            quiet=parse_quiet(self.settings.admins_quiet),
        )
        kept = timedelta(days=self.settings.question_days)
        return [
            housekeeping(await self.readers(), await self.cases(), kept=kept),
            each_minute("settling", casework.settle),
            each_minute("telling the team", casework.tell_team),
        ]

    async def alerts(self, language: str) -> Alerts:
        """What tells the operators of alarms, in that language."""
        from jobs.alerting import Alerts

        return Alerts(
            await self.deliveries(),
            await self.staff(),
            team=self.team_chat,
            directs=self.directs,
            language=language,
            now=now,
        )

    async def bulk(self) -> Bulk:
        """Tries and imports files."""
        from bot.team.bulk import Bulk

        return Bulk(await self.courses(), await self.seeds(), await self.impacts(), self.library.refresh)

    @property
    def bands(self) -> Bands:
        """From which probability on what is said, as the settings have it.

        Raises:
            CoursebotError: "setting-bad" where a choice would need more than an answer.
        """
        given = {name: getattr(self.settings, name) for name in BANDS}
        bands = Bands(**{name: value for name, value in given.items() if value is not None})
        if bands.unsure > min(bands.found, bands.found_passage):
            raise CoursebotError(
                "setting-bad",
                name="unsure",
                value=bands.unsure,
                why=CoursebotError("expected-less-than-found"),
            )
        return bands

    @cached_property
    def library(self) -> Library:
        """Answers questions from the index; opens the database only when the index has fallen behind."""
        file = self.settings.database_file
        self._glance = Glance(file) if file is not None else None
        index = open_index(self.settings.index_folder)
        return Library(index, _LateFeed(self), glance=self._glance, answerer=self.answerer)

    def answerer(self, index: SearchIndex) -> Answerer:
        """Answers from an index as the settings have it."""
        return Answerer(index, bands=self.bands, glossary=self.glossary, embedder=self.embedder)

    @cached_property
    def glossary(self) -> OwnGlossary:
        """The shipped glossary, the setting's and the data folder's.

        Raises:
            CoursebotError: "path-missing" for a file that the setting names and that is not there.
        """
        named = [Path(self.settings.glossary).expanduser()] if self.settings.glossary else []
        for file in named:
            if not file.is_file():
                raise CoursebotError("path-missing", path=file)
        return OwnGlossary(self.settings.glossary_file, *named)

    @cached_property
    def embedder(self) -> Embedder | None:
        """The model of meaning that the settings name; it is loaded on first use.

        Raises:
            CoursebotError: "embedder-missing", "embedder-extra" or "embedder-broken" where there is none to use.
        """
        return load_embedder(Path(self.settings.embedder).expanduser()) if self.settings.embedder else None

    async def core(self) -> Core:
        """The platform-free core."""
        from bot.core import Core

        answering: Answering = self.library
        return Core(
            answering=answering,
            courses=await self.courses(),
            readers=await self.readers(),
            files=self.files,
            directs=self.directs,
            subscriptions=await self.subscriptions(),
            compose=await self.compose(),
            excerpt=self.settings.excerpt,
            question_days=self.settings.question_days,
            likeness=self.library,
            settling=await self.settling(),
            team_chat=self.team_chat,
            staff=await self.staff(),
            claims=self.claims,
            digests=await self.digests(),
            curating=await self.curating(),
            save_emoji=self.settings.save_emoji,
            impacts=await self.impacts(),
            bulk=await self.bulk(),
            pending=await self.pending(),
        )

    def console(self, *, language: str = "", opening: str = "") -> ChatAdapter:
        """The terminal as a chat platform, speaking `language`, with `opening` asked on the reader's behalf."""
        from adapters.console import Console

        console = Console(
            now=now,
            stdin=sys.stdin,
            stdout=sys.stdout,
            language=language,
            opening=opening,
            history=self.settings.data / "history" if sys.stdin.isatty() else None,
            saves=self.settings.data / "files",
        )
        self.files[Platform.CONSOLE] = console
        return console

    async def close(self) -> None:
        """Give back what was opened."""
        if self._glance is not None:
            self._glance.close()
        await super().close()


@asynccontextmanager
async def application(settings: Settings) -> AsyncIterator[Application]:
    """An application that is closed at the end of the block."""
    made = Application(settings)
    try:
        yield made
    finally:
        await made.close()


class _LateFeed:
    """The entry feed of a database that is opened on first use."""

    def __init__(self, owner: Application) -> None:
        self._owner = owner

    async def _feed(self) -> EntryFeed:
        from adapters.sql.entries import SqlEntryFeed

        return SqlEntryFeed(await self._owner.database())

    async def revisions(self) -> dict[str, int]:
        return await (await self._feed()).revisions()

    async def sizes(self) -> dict[str, range]:
        return await (await self._feed()).sizes()

    async def changes(self, course: str, *, since: int) -> AsyncIterator[EntryChanges]:
        async for batch in (await self._feed()).changes(course, since=since):
            yield batch
