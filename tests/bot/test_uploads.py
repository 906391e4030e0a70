"""Files sent to the bot, from the dry run to the import, on a real database and index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.messages import Attachment, Chat, Message, Person, Platform
from bot.team.audit import Action
from bot.team.pending import KEPT
from knowledge.model import Seed
from knowledge.seeds import format_seeds
from tests.adapters.sql.samples import COURSE
from tests.bot.uploading import LESSON, NOW, TABLE, Bot, with_team
from tests.knowledge.test_archive import packed


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with with_team(tmp_path) as made:
        yield made


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
