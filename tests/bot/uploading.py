"""A bot with a course and a team, to send files to, on a real database and index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.past_questions import SqlPastQuestions
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.readers import reader_stores
from adapters.sql.seeds import SqlSeedStore
from adapters.sql.team.auditing import SqlAuditLog
from adapters.sql.team.curation import SqlCuration
from adapters.sql.team.pending import SqlPendingStore
from adapters.sql.team.rehearsal import SqlRehearsal
from adapters.sql.team.staff import SqlStaffStore
from adapters.sql.team.usage import SqlUsage
from bot.core import Core
from bot.library import Library, open_index
from bot.messages import Attachment, ButtonPress, Chat, Command, Message, Person, Platform
from bot.ports import Files
from bot.replies import Reply
from bot.team.bulk import Bulk
from bot.team.curating import Curating
from bot.team.impact import Impacts
from bot.team.roles import Member, Role
from knowledge.errors import CoursebotError
from tests.adapters.sql.samples import COURSE

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TABLE = "question,answer,lesson\nWhen is the exam?,Never.,\nWhat is a pod?,Peas.,01-pods\n,Nothing.,\nX?,Y,no-lesson\n"
LESSON = "# Volumes\n\nA volume outlives its container and belongs to the pod.\n"


class Sent:
    """What people sent; a `Files`."""

    def __init__(self) -> None:
        self.content: dict[str, bytes] = {}
        self.fetched: list[str] = []

    async def fetch(self, attachment: Attachment) -> bytes:
        self.fetched.append(attachment.name)
        if attachment.id not in self.content:
            raise CoursebotError("upload-gone", file=attachment.name)
        return self.content[attachment.id]


class Bot:
    """A bot with a course, an editor (1), an admin (2), an admin of another course (3) and a reader (7)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.at = NOW
        self.sent = Sent()
        self.files: dict[Platform, Files] = {Platform.TELEGRAM: self.sent}
        self.start()

    def start(self) -> None:
        """A new process on the same data."""
        self.database = Database(self.folder / "a.sqlite")
        self.courses = SqlCourseStore(self.database)
        self.seeds = SqlSeedStore(self.database)
        self.staff = SqlStaffStore(self.database)
        self.audit = SqlAuditLog(self.database)
        self.library = Library(open_index(self.folder / "index"), SqlEntryFeed(self.database))
        impacts = Impacts(SqlRehearsal(self.database), SqlPastQuestions(self.database), self.library)
        self.core = Core(
            answering=self.library,
            courses=self.courses,
            readers=reader_stores(self.database),
            files=self.files,
            staff=self.staff,
            curating=Curating(self.seeds, SqlCuration(self.database), self.audit, SqlUsage(self.database)),
            team_chat=Chat(platform=Platform.TELEGRAM, id="-6", private=False),
            bulk=Bulk(self.courses, self.seeds, impacts, self.library.refresh),
            pending=SqlPendingStore(self.database, Pseudonyms(self.database)),
        )

    async def restart(self) -> None:
        await self.database.dispose()
        self.start()

    def _who(self, who: str) -> Person:
        return Person(platform=Platform.TELEGRAM, id=who, language="en")

    def _tick(self) -> datetime:
        self.at += timedelta(seconds=30)
        return self.at

    async def send(
        self, name: str, content: bytes | str, text: str = "", *, who: str = "1", group: int = 0
    ) -> list[Reply]:
        data = content.encode() if isinstance(content, str) else content
        self.sent.content[name] = data
        chat = Chat(platform=Platform.TELEGRAM, id=f"-{group}" if group else who, private=not group)
        message = Message(
            chat=chat,
            sender=self._who(who),
            id=str(len(self.sent.fetched)),
            text=text,
            at=self._tick(),
            files=(Attachment(id=name, name=name, size=len(data)),),
        )
        return await self.core.handle(message)

    async def press(self, reply: Reply, label: str, *, who: str = "1") -> str:
        (payload,) = [each.payload for row in reply.buttons for each in row if each.label == label]
        press = ButtonPress(
            chat=Chat(platform=Platform.TELEGRAM, id=who),
            sender=self._who(who),
            message_id="1",
            payload=payload,
            at=self._tick(),
        )
        (answer,) = await self.core.handle(press)
        return answer.text

    async def command(self, name: str, arguments: str = "", *, who: str = "1") -> list[Reply]:
        return await self.core.handle(
            Command(
                chat=Chat(platform=Platform.TELEGRAM, id=who),
                sender=self._who(who),
                id="1",
                name=name,
                arguments=arguments,
                at=self._tick(),
            )
        )

    async def ask(self, question: str, *, who: str = "7") -> str:
        message = Message(
            chat=Chat(platform=Platform.TELEGRAM, id=who),
            sender=self._who(who),
            id="1",
            text=question,
            at=self._tick(),
        )
        return "\n".join(reply.text for reply in await self.core.handle(message))

    async def answers(self) -> dict[str, str]:
        return {seed.question: seed.answer for _, seed in await self.seeds.all()}


@asynccontextmanager
async def with_team(folder: Path) -> AsyncIterator[Bot]:
    """A bot on a folder, with the course and the team."""
    bot = Bot(folder)
    await bot.database.migrate()
    await bot.courses.save(COURSE, at=NOW)
    for who, role, course in (
        ("1", Role.EDITOR, ""),
        ("2", Role.ADMIN, "k8s"),
        ("3", Role.ADMIN, "other"),
        ("4", Role.EDITOR, "k8s"),
        ("9", Role.OWNER, ""),
    ):
        member = Member(platform=Platform.TELEGRAM, id=who, role=role, course=course)
        await bot.staff.grant(member, by="operator", at=NOW)
    yield bot
    await bot.database.dispose()
