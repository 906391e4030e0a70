"""From a reader's 👍 to the index: a wording that two readers confirmed is an alias in the next question."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.readers import reader_stores
from bot.core import Core
from bot.library import Library
from bot.messages import ButtonPress, Chat, Message, Person, Platform
from bot.replies import Reply
from knowledge.index import SearchIndex
from knowledge.model import Comment, Course, Lesson

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GROUP = Chat(platform=Platform.DISCORD, id="1", private=False)
QUESTION = "老师，容器退出码是 137，但是日志里什么都没有，这是内存不够被杀掉了吗？"
COURSE = Course(
    slug="containers",
    title="容器十讲",
    lessons=(
        Lesson(
            slug="01",
            title="进程",
            position=1,
            comments=(
                Comment(author="甲", text=QUESTION, reply="多半是：137 等于 128 加 9，看看内核日志。"),
                Comment(author="乙", text="镜像怎么做得更小？", reply="用多阶段构建。"),
                Comment(author="丙", text="为什么要用命名空间？", reply="为了隔离视野。"),
            ),
        ),
    ),
)


def person(name: str) -> Person:
    return Person(platform=Platform.DISCORD, id=name)


async def press(core: Core, reply: Reply, label: str, name: str) -> Reply:
    payload = next(each.payload for row in reply.buttons for each in row if each.label == label)
    button = ButtonPress(chat=GROUP, sender=person(name), message_id="9", payload=payload, at=NOW)
    return (await core.handle(button))[0]


async def test_two_readers_teach_a_wording_and_two_take_it_back(tmp_path: Path) -> None:
    database = Database(tmp_path / "coursebot.sqlite")
    await database.migrate()
    courses = SqlCourseStore(database)
    await courses.save(COURSE, at=NOW)
    library = Library(SearchIndex(tmp_path / "index"), SqlEntryFeed(database))
    core = Core(answering=library, courses=courses, readers=reader_stores(database))
    asked = "容器退出码 137 日志里什么都没有"
    [reply] = await core.handle(
        Message(chat=GROUP, sender=person("a"), id="1", text=asked, at=NOW, addressed=True)
    )
    if "👍" not in [each.label for row in reply.buttons for each in row]:
        reply = await press(core, reply, reply.buttons[0][0].label, "a")
    assert "137 等于 128 加 9" in reply.text
    assert (await press(core, reply, "👍", "a")).text == "谢谢！记下了。"
    learned = await press(core, reply, "👍", "b")
    assert learned.text == "谢谢！已有两位读者确认，以后这样问就能直接找到。"
    entry = await library.entry("c1")
    assert entry is not None
    assert entry.aliases == (asked,)
    for name in "cd":
        await press(core, reply, "👎", name)
    entry = await library.entry("c1")
    assert entry is not None
    assert entry.aliases == ()
    await database.dispose()
