"""Files sent to the bot, from the dry run to the import, on a real database and index."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

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
from bot.team.audit import Action
from bot.team.bulk import Bulk
from bot.team.curating import Curating
from bot.team.impact import Impacts
from bot.team.pending import KEPT
from bot.team.roles import Member, Role
from knowledge.errors import CoursebotError
from knowledge.model import Seed
from knowledge.seeds import format_seeds, parse_seeds
from tests.adapters.sql.samples import COURSE
from tests.knowledge.test_archive import packed

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


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    bot = Bot(tmp_path)
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


async def test_a_table_is_tried_shown_and_imported_when_somebody_says_so(bot: Bot) -> None:
    await bot.ask("When is the exam?")
    (tried,) = await bot.send("a.csv", TABLE)
    assert await bot.answers() == {}
    assert "nothing is written yet" in tried.text
    assert "“Kubernetes”: new 2 · changed 0 · there already 0 · attached to comments 1" in tried.text
    assert "Row 4 is left out: it has no question" in tried.text
    assert "Row 5 is left out: the course has no such lesson" in tried.text
    assert "Of 1 past question, 1 is answered that was not" in tried.text
    assert [button.label for row in tried.buttons for button in row] == ["Import", "Cancel"]
    done = await bot.press(tried, "Import")
    assert "a.csv was imported" in done
    assert "new 2" in done
    assert await bot.answers() == {"When is the exam?": "Never.", "What is a pod?": "Peas."}
    assert "Never." in await bot.ask("When is the exam?")
    assert "not here any more" in await bot.press(tried, "Import")


async def test_cancelled_nothing_is_written_and_the_file_is_forgotten(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE)
    assert "a.csv was not imported" in await bot.press(tried, "Cancel")
    assert "not here any more" in await bot.press(tried, "Import")
    assert await bot.answers() == {}


async def test_a_restart_between_the_dry_run_and_the_yes(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE)
    bot.sent.content.clear()
    await bot.restart()
    assert "new 2" in await bot.press(tried, "Import")
    assert len(await bot.answers()) == 2


async def test_after_a_day_the_file_is_gone(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE)
    bot.at += KEPT
    assert "not here any more" in await bot.press(tried, "Import")
    assert await bot.answers() == {}


async def test_what_would_change_is_named_with_its_impact(bot: Bot) -> None:
    await bot.seeds.save("k8s", [Seed(question="When is the exam?", answer="In May.")], at=NOW)
    assert "In May." in await bot.ask("When is the exam?")
    (tried,) = await bot.send("a.csv", TABLE)
    assert "Row 2 changes an answer that is there: When is the exam?" in tried.text
    assert "1 now gets another answer" in tried.text
    assert "When is the exam?: In May. → Never." in tried.text


async def test_questions_that_would_have_no_answer_any_more_are_named(bot: Bot) -> None:
    await bot.ask("And a node?")
    (tried,) = await bot.send("k8s.zip", packed(("01-pods.md", LESSON)), who="9")
    assert "1 none" in tried.text
    assert "And a node?: A machine. → (no answer)" in tried.text


async def test_a_row_that_stands_twice_counts_once_the_last_time(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", "question,answer\nWhen?,Now.\nWHEN ?,No.\nwhen？,Never.\n")
    assert "Row 2 is left out: it asks the same as row 4, which counts" in tried.text
    await bot.press(tried, "Import")
    assert await bot.answers() == {"WHEN ?": "No.", "when？": "Never."}


async def test_nothing_to_import_has_no_buttons(bot: Bot) -> None:
    await bot.seeds.save("k8s", [Seed(question="Q?", answer="A")], at=NOW)
    (tried,) = await bot.send("a.csv", "question,answer\nQ?,A\n")
    assert ("nothing to import" in tried.text, tried.buttons) == (True, ())


async def test_chinese_windows_files_are_converted_and_said(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", "question,answer\n什么时候考试？,没有考试，安心学习。\n".encode("gbk"))
    assert "in GBK and was converted" in tried.text
    await bot.press(tried, "Import")
    assert await bot.answers() == {"什么时候考试？": "没有考试，安心学习。"}


async def test_a_long_answer_is_imported_whole_and_shown_in_parts(bot: Bot) -> None:
    seed = Seed(question="Why so long?", answer=("Because. " * 512)[:4_097])
    (tried,) = await bot.send("a.jsonl", format_seeds("a.jsonl", [("", seed)]))
    await bot.press(tried, "Import")
    assert len((await bot.answers())["Why so long?"]) == 4097
    assert "Because." in await bot.ask("Why so long?")


# Who may ------------------------------------------------------------------------------------------------


async def test_a_readers_file_is_not_looked_at(bot: Bot) -> None:
    (said,) = await bot.send("a.csv", TABLE, who="7")
    assert said.text == "I do not look at files. Just type what you would like to ask."
    assert "A machine." in "".join(
        reply.text for reply in await bot.send("log.txt", "x", "And a node?", who="7")
    )
    assert await bot.send("a.csv", TABLE, who="7", group=5) == []
    assert bot.sent.fetched == []


async def test_in_a_group_nobodys_file_is_looked_at(bot: Bot) -> None:
    assert await bot.send("a.csv", TABLE, group=5) == []
    (said,) = await bot.send("a.csv", TABLE, "/upload k8s", group=5)
    assert "to me alone" in said.text
    assert bot.sent.fetched == []


async def test_in_the_teams_chat_the_teams_files_are_looked_at(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE, group=6)
    assert "nothing is written yet" in tried.text
    assert await bot.send("a.csv", TABLE, who="7", group=6) == []
    assert bot.sent.fetched == ["a.csv"]


async def test_an_admin_of_another_course_may_not(bot: Bot) -> None:
    (said,) = await bot.send("a.csv", TABLE, who="3")
    assert "k8s" in said.text
    assert said.buttons == ()
    assert await bot.answers() == {}


async def test_somebody_elses_file_is_for_admins_of_the_course(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE)
    for who in ("4", "3", "7"):
        await bot.press(tried, "Import", who=who)
        await bot.press(tried, "Cancel", who=who)
        assert await bot.answers() == {}
    assert "new 2" in await bot.press(tried, "Import", who="2")


async def test_rights_are_asked_for_again_at_the_press(bot: Bot) -> None:
    (tried,) = await bot.send("a.csv", TABLE)
    await bot.staff.revoke(Person(platform=Platform.TELEGRAM, id="1"), None, by="operator", at=NOW)
    await bot.press(tried, "Import")
    assert await bot.answers() == {}


async def test_a_course_is_for_admins_and_a_new_one_for_those_of_all(bot: Bot) -> None:
    content = packed(("01-pods.md", LESSON))
    for who in ("1", "2", "3", "7"):
        replies = await bot.send("new.zip", content, who=who)
        assert [reply.buttons for reply in replies] == [()], who
    (tried,) = await bot.send("new.zip", content, who="9")
    assert "A new course, “new” (new)" in tried.text
    await bot.press(tried, "Import", who="9")
    assert [each.slug for each in await bot.courses.summaries()] == ["k8s", "new"]


# Lessons and courses --------------------------------------------------------------------------------------


async def test_a_lesson_comes_into_the_course_and_takes_nothing_away(bot: Bot) -> None:
    (tried,) = await bot.send("01-pods.md", LESSON, who="2")
    assert "lessons new 0 · changed 1 · gone 0" in tried.text
    assert "imported" in await bot.press(tried, "Import", who="2")
    first, second = await bot.courses.lessons("k8s")
    assert (first.title, first.url, first.number) == ("Pods", "https://example.org/1", 1)
    assert second.slug == "02-nodes"
    (course,) = await bot.courses.summaries()
    assert (course.title, course.author) == ("Kubernetes", "Zhang")
    assert "outlives" in await bot.ask("What outlives its container?")


async def test_who_imported_what_is_in_the_log(bot: Bot) -> None:
    (tried,) = await bot.send("01-pods.md", LESSON, who="2")
    assert [each.action for each in await bot.audit.recent()].count(Action.IMPORT) == 1
    await bot.press(tried, "Import", who="2")
    change = (await bot.audit.recent())[0]
    assert (change.action, change.subject, change.by) == (Action.IMPORT, "k8s", "telegram:2")
    (told,) = await bot.command("history", who="2")
    assert "telegram:2 · imported k8s\n    lessons new 0 · changed 1 · gone 0" in told.text
    assert f"Undo #{change.id}" not in [button.label for row in told.buttons for button in row]
    (refused,) = await bot.command("undo", str(change.id), who="2")
    assert "import the files as they were" in refused.text


async def test_a_lesson_of_one_among_several_courses_asks_which(bot: Bot) -> None:
    await bot.courses.save(type(COURSE)(slug="go", title="Go", lessons=COURSE.lessons), at=NOW)
    (said,) = await bot.send("03-new.md", LESSON, who="9")
    assert "Which course" in said.text
    (tried,) = await bot.send("03-new.md", LESSON, "/upload Go", who="9")
    assert "“Go” (go)" in tried.text
    (close,) = await bot.send("a.csv", TABLE, "kubernets", who="9")
    assert [button.label for row in close.buttons for button in row] == ["Kubernetes"]


async def test_a_zip_that_is_none_of_a_courses_is_one_sentence(bot: Bot) -> None:
    for parts, said in (
        ((("../../evil.md", LESSON),), "no plain file name"),
        ((("a.md", b"0" * (30 << 20)),), "unpacks to too much"),
        ((("a.zip", b""),), "another archive"),
    ):
        (reply,) = await bot.send("k8s.zip", packed(*parts), who="9")
        assert said in reply.text
        assert reply.buttons == ()
    (reply,) = await bot.send("k8s.zip", b"PK\x03\x04torn", who="9")
    assert "not a sound zip file" in reply.text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF", "I cannot read a file like a.pdf"),
        ("a.csv", b"", "There is nothing in a.csv"),
        ("a.csv", b"frage,antworten\n1,2", "lacks the columns question"),
        ("a.csv", b"question,answer\n\xe9t\xe9,caf\xe9 na\xefve\n", "not UTF-8"),
        ("a.xlsx", b"PK\x03\x04 but no more", "not a sound Excel file"),
        ("a.xlsx", b"no workbook", "not a sound Excel file"),
        ("new.zip", b"PK and no more", "not a sound zip file"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
        ("a.jsonl", b"\n".join([b'{"question": "q", "answer": "a"}'] * 5_001), "more than 5000 rows"),
    ],
)
async def test_bad_files_are_one_sentence_without_buttons(
    bot: Bot, name: str, content: bytes, said: str
) -> None:
    (reply,) = await bot.send(name, content, who="9")
    assert said in reply.text
    assert (reply.buttons, reply.text.count("\n")) == ((), 0)


async def test_a_file_that_cannot_be_fetched_any_more(bot: Bot) -> None:
    message = Message(
        chat=Chat(platform=Platform.TELEGRAM, id="1"),
        sender=Person(platform=Platform.TELEGRAM, id="1", language="en"),
        id="1",
        text="",
        at=NOW,
        files=(Attachment(id="gone", name="a.csv", size=1),),
    )
    (reply,) = await bot.core.handle(message)
    assert reply.text == "The file a.csv could not be fetched. Please send it again."


async def test_the_command_says_how(bot: Bot) -> None:
    (said,) = await bot.command("upload")
    assert ".zip" in said.text
    (refused,) = await bot.command("upload", who="7")
    assert ".zip" not in refused.text


# Export ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "csv", "jsonl", "xlsx"])
async def test_what_is_exported_comes_back_unchanged(bot: Bot, kind: str) -> None:
    seeds = [
        Seed(question="=1+1?", answer="2\r\n\n三", aliases=("a|b", "[c]"), lesson="01-pods", author="@Eve"),
        Seed(question="When is the exam?", answer="'-never"),
    ]
    await bot.seeds.save("k8s", seeds, at=NOW)
    (handed,) = await bot.command("export", f"k8s {kind}".strip())
    assert handed.document is not None
    assert handed.document.name == f"k8s.{kind or 'xlsx'}"
    assert [row.seed for row in parse_seeds(handed.document.name, handed.document.content).rows] == seeds
    (again,) = await bot.send(handed.document.name, handed.document.content)
    assert "there already 2" in again.text
    assert again.buttons == ()


async def test_all_courses_come_back_each_to_its_own(bot: Bot) -> None:
    await bot.courses.save(type(COURSE)(slug="go", title="Go", lessons=COURSE.lessons), at=NOW)
    for slug in ("go", "k8s"):
        await bot.seeds.save(slug, [Seed(question="When?", answer=f"Never, {slug}.")], at=NOW)
    (handed,) = await bot.command("export", "csv")
    assert handed.document is not None
    (again,) = await bot.send("all.csv", handed.document.content)
    assert again.text.count("there already 1") == 2
    (mine,) = await bot.command("export", "csv", who="2")
    assert mine.document is not None
    assert (mine.document.name, mine.document.content.count(b"Never")) == ("k8s.csv", 1)


async def test_nothing_to_export_and_no_right_to(bot: Bot) -> None:
    (said,) = await bot.command("export")
    assert said.text == "There are no answers of the team to export yet."
    (refused,) = await bot.command("export", "k8s", who="3")
    assert refused.document is None
    (close,) = (await bot.command("export", "kubernets"))[:1]
    assert re.search("Kubernetes", close.text)
