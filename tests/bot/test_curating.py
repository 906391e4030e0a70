"""Dialogues of the team about its answers, as data (`curating.toml`), with the real stores and the real index.

A turn says (`say`) or presses (`press`) something as somebody (`who`: owner, admin, editor, local, reader). `card`
replies to what was shown last; `to` and `by` reply to a message with those words by that person, which in turn replied
to `replied` and was heard before. `dismiss` takes somebody's roles first, `restart` starts anew after the turn.
"""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sql.courses import SqlCourseStore
from adapters.sql.database import Database
from adapters.sql.entries import SqlEntryFeed
from adapters.sql.past_questions import SqlPastQuestions
from adapters.sql.readers import reader_stores
from adapters.sql.seeds import SqlSeedStore
from adapters.sql.team.auditing import SqlAuditLog
from adapters.sql.team.curation import SqlCuration
from adapters.sql.team.rehearsal import SqlRehearsal
from adapters.sql.team.staff import SqlStaffStore
from adapters.sql.team.usage import SqlUsage
from bot.catalog import catalog
from bot.core import Core
from bot.handlers.team.adding import parted
from bot.library import Library
from bot.messages import ButtonPress, Chat, Command, Incoming, Message, Person, Platform, Quoted, Reaction
from bot.readers import ReaderStores
from bot.replies import Reply
from bot.team.curating import Curating, checked
from bot.team.impact import Impacts
from bot.team.roles import Member, Role
from knowledge.errors import CoursebotError
from knowledge.index import SearchIndex
from knowledge.model import Comment, Course, Lesson, Passage, Seed
from tests.adapters.sql.migrated import place

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
PEOPLE = {"owner": "1", "admin": "2", "editor": "3", "local": "4", "reader": "9", "other": "8"}
PRIVATE = Chat(platform=Platform.TELEGRAM, id="1")
GROUP = Chat(platform=Platform.TELEGRAM, id="-1", private=False)

COURSE = Course(
    slug="containers",
    title="容器十讲",
    author="顾北舟",
    lessons=(
        Lesson(
            slug="01",
            title="进程",
            position=1,
            number=1,
            passages=(Passage(heading="隔离", text="命名空间让进程以为自己独占一台机器，这叫做隔离。"),),
            comments=(
                Comment(
                    author="甲",
                    text="容器退出码是 137，日志里什么都没有，是内存不够吗？",
                    reply="多半是：137 等于 128 加 9，看看内核日志。",
                ),
                Comment(author="乙", text="镜像怎么做得更小？", reply="用多阶段构建。"),
                Comment(author="丙", text="挂载的目录权限不对怎么办？", reply_count=2),
                Comment(author="丁", text="终于看懂了控制组，感谢老师！"),
            ),
        ),
    ),
)
SECOND = Course(
    slug="git",
    title="Git 入门",
    author="林",
    lessons=(
        Lesson(
            slug="01",
            title="提交",
            position=1,
            comments=(Comment(author="戊", text="怎么撤回已经推送的提交？", reply="用 git revert。"),),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Turn:
    say: str = ""
    press: str = ""
    who: str = "editor"
    group: bool = False
    card: bool = False
    to: str = ""
    by: str = ""
    replied: str = ""
    dismiss: str = ""
    wait: int = 0
    message: str = ""
    edited: bool = False
    restart: bool = False
    silent: bool = False
    reply: str | None = None
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    buttons: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    name: str
    turns: tuple[Turn, ...]
    courses: int = 1


def _turn(table: dict[str, Any]) -> Turn:
    values: dict[str, Any] = {key: tuple(it) if isinstance(it, list) else it for key, it in table.items()}
    return Turn(**values)


def dialogues() -> list[Dialogue]:
    tables = tomllib.loads((Path(__file__).parent / "curating.toml").read_text("utf-8"))["dialogue"]
    return [
        Dialogue(
            name=table["name"],
            courses=table.get("courses", 1),
            turns=tuple(_turn(turn) for turn in table["turn"]),
        )
        for table in tables
    ]


class Team:
    """The bot with a course and a team, kept in a database."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.database = Database(folder / "coursebot.sqlite")
        self.staff = SqlStaffStore(self.database)
        self.curating = Curating(
            SqlSeedStore(self.database),
            SqlCuration(self.database),
            SqlAuditLog(self.database),
            SqlUsage(self.database),
        )
        self.now = AT
        self._impacts: Impacts | None = None
        self.shown: list[Reply] = []
        self._number = 0

    async def found(self, *courses: Course) -> None:
        await place(self._folder / "coursebot.sqlite")
        await self.database.migrate()
        self.readers: ReaderStores = reader_stores(self.database)
        for course in courses:
            await SqlCourseStore(self.database).save(course, at=AT)
        for who, role, course_slug in (
            ("owner", Role.OWNER, ""),
            ("admin", Role.ADMIN, ""),
            ("editor", Role.EDITOR, ""),
            ("local", Role.EDITOR, "git"),
        ):
            member = Member(platform=Platform.TELEGRAM, id=PEOPLE[who], role=role, course=course_slug)
            await self.staff.grant(member, by="operator", at=AT)
        self.library = Library(SearchIndex(self._folder / "index"), SqlEntryFeed(self.database))
        self.start()

    def start(self) -> None:
        self.core = Core(
            answering=self.library,
            courses=SqlCourseStore(self.database),
            readers=self.readers,
            staff=self.staff,
            curating=self.curating,
            impacts=self._impacts,
        )

    def weigh(self) -> None:
        """Tell from now on what a change would do to past questions."""
        self._impacts = Impacts(
            SqlRehearsal(self.database), SqlPastQuestions(self.database), self.library, within=60
        )
        self.start()

    def person(self, who: str) -> Person:
        return Person(platform=Platform.TELEGRAM, id=PEOPLE[who], language="zh-CN")

    async def play(self, turn: Turn) -> list[Reply]:
        self.now += timedelta(minutes=turn.wait, seconds=10)
        if turn.dismiss:
            await self.staff.revoke(self.person(turn.dismiss), None, by="operator", at=self.now)
        replies = await self.core.handle(await self._incoming(turn))
        if turn.restart:
            self.start()
        self.shown = [*self.shown[-9:], *replies]
        return replies

    async def _incoming(self, turn: Turn) -> Incoming:
        self._number += 1
        chat, sender = GROUP if turn.group else PRIVATE, self.person(turn.who)
        if turn.press:
            payload = next(
                each.payload
                for reply in reversed(self.shown)
                for row in reply.buttons
                for each in row
                if each.label == turn.press
            )
            return ButtonPress(chat=chat, sender=sender, message_id="b", payload=payload, at=self.now)
        quoted, reply_to = None, ""
        if turn.card:
            card = self.shown[-1]
            payloads = tuple(each.payload for row in card.buttons for each in row)
            quoted = Quoted(text=card.text, ours=True, payloads=payloads)
        elif turn.to:
            author = self.person(turn.by)
            quoted, reply_to = Quoted(text=turn.to, author=author), f"q{self._number}"
            if turn.replied:
                heard = Message(
                    chat=chat,
                    sender=author,
                    id=reply_to,
                    text=turn.to,
                    at=self.now,
                    addressed=False,
                    quoted=Quoted(text=turn.replied, author=self.person("reader")),
                )
                assert await self.core.handle(heard) == []
        about: dict[str, Any] = {"quoted": quoted, "reply_to": reply_to}
        name, _, arguments = turn.say.partition(" ")
        if name.startswith("/"):
            return Command(
                chat=chat,
                sender=sender,
                id=f"m{self._number}",
                name=name[1:],
                arguments=arguments,
                at=self.now,
                **about,
            )
        return Message(
            chat=chat,
            sender=sender,
            id=turn.message or f"m{self._number}",
            text=turn.say,
            at=self.now,
            edited=turn.edited,
            **about,
        )


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    team = Team(tmp_path)
    yield team
    await team.database.dispose()


@pytest.mark.parametrize("dialogue", dialogues(), ids=lambda each: each.name)
async def test_the_team_holds_the_dialogue(dialogue: Dialogue, team: Team) -> None:
    await team.found(*(COURSE, SECOND)[: dialogue.courses])
    for turn in dialogue.turns:
        replies = await team.play(turn)
        text = "\n".join(each.text for each in replies)
        assert bool(replies) != turn.silent, text
        if turn.reply is not None:
            assert text == turn.reply.strip("\n")
        for piece in turn.has:
            assert piece in text
        for piece in turn.lacks:
            assert piece not in text
        if turn.buttons is not None:
            assert (
                tuple(each.label for reply in replies for row in reply.buttons for each in row)
                == turn.buttons
            )


async def test_a_change_that_past_questions_would_notice_is_shown_first(team: Team) -> None:
    await team.found(COURSE)
    team.weigh()
    asked = "镜像怎么做得更小？"
    await team.play(Turn(say=asked, who="reader"))
    (shown,) = await team.play(Turn(say="/edit c2 换一个基础镜像。"))
    assert shown.text == (
        "过去的 1 个问题里，1 个会得到另一个答案。\n· 镜像怎么做得更小？：用多阶段构建。 → 换一个基础镜像。"
    )
    assert "用多阶段构建" in (await team.play(Turn(say=asked, who="reader")))[0].text
    team.start()
    saved = (await team.play(Turn(press="保存")))[0].text
    assert saved.startswith("✅ 改好了（c2）。")
    assert "换一个基础镜像" in (await team.play(Turn(say=asked, who="reader")))[0].text
    # What only answers what had no answer needs no question.
    added = (await team.play(Turn(say="/add 防火墙怎么开？｜用 nftables。")))[0].text
    assert added.startswith("✅ 存好了")
    dropped = (await team.play(Turn(say="/delete c2")))[0].text
    assert asked in dropped
    # Nor does the same answer in other words.
    again = (await team.play(Turn(say="/edit c2 换一个小的基础镜像。")))[0].text
    assert again.startswith("✅ 改好了")
    other = "容器退出码是 137，日志里什么都没有，是内存不够吗？"
    await team.play(Turn(say=other, who="reader"))
    assert other[:10] in (await team.play(Turn(say="/edit c1 不是。")))[0].text
    assert "不填了" in (await team.play(Turn(press="取消")))[0].text
    assert "128 加 9" in (await team.play(Turn(say=other, who="reader")))[0].text


async def test_a_message_that_is_forgotten_is_no_answer_to_anything(team: Team) -> None:
    await team.found(COURSE)
    turn = Turn(say="/add", group=True, to="用 -v 参数。", by="admin", replied="目录怎么挂进去？")
    shown = (await team.play(turn))[0].text
    assert "目录怎么挂进去？" in shown
    await team.play(Turn(say="/cancel", group=True))
    forgotten = replace(turn, replied="")
    assert "目录怎么挂进去？" not in (await team.play(forgotten))[0].text


async def sign(team: Team, who: str, emoji: str = "✍️", message: str = "q1") -> list[Reply]:
    """A sign under a message of the group."""
    team.now += timedelta(seconds=10)
    put = Reaction(chat=GROUP, sender=team.person(who), id=message, emoji=emoji, at=team.now)
    replies = await team.core.handle(put)
    team.shown += replies
    return replies


async def test_a_sign_of_the_team_saves_an_answer_that_was_given_in_a_group(team: Team) -> None:
    await team.found(COURSE)
    heard = Message(
        chat=replace(GROUP, thread="7"),
        sender=team.person("admin"),
        id="q1",
        text="用 -v 参数。",
        at=team.now,
        addressed=False,
        quoted=Quoted(text="目录怎么挂进去？", author=team.person("reader")),
    )
    assert await team.core.handle(heard) == []
    assert await sign(team, "reader") == []
    assert await sign(team, "editor", "👍") == []
    (proposed,) = await sign(team, "editor", "✍")
    assert "现在是：\n目录怎么挂进去？" in proposed.text
    replies: list[Reply] = []
    for label in ("保持不变", "保持不变", "跳过"):
        payload = next(
            each.payload
            for reply in reversed(team.shown)
            for row in reply.buttons
            for each in row
            if each.label == label
        )
        team.now += timedelta(seconds=10)
        pressed = ButtonPress(
            chat=heard.chat, sender=team.person("editor"), message_id="b", payload=payload, at=team.now
        )
        replies = await team.core.handle(pressed)
        team.shown += replies
    assert "存好了（s1）" in replies[0].text
    assert "用 -v 参数。" in replies[0].text


async def test_a_sign_under_what_was_not_heard_is_answered_honestly(team: Team) -> None:
    await team.found(COURSE)
    assert [each.text for each in await sign(team, "editor")] == ["我没看到这条消息。请回复它，发 /add。"]
    assert await sign(team, "reader") == []


@pytest.mark.parametrize(
    ("seed", "key"),
    [
        (Seed(question="问", answer="字" * 4001), "answer-long"),
        (Seed(question="问", answer=" \n\t "), "answer-wordless"),
        (Seed(question="问", answer="***___```"), "answer-wordless"),
        (Seed(question="问" * 2001, answer="答"), "question-long"),
        (Seed(question="？！", answer="答"), "question-wordless"),
        (Seed(question="问", answer="答", aliases=("长" * 201,)), "wording-long"),
        (Seed(question="问", answer="答", aliases=("👍",)), "wording-wordless"),
        (Seed(question="问", answer="答", aliases=tuple(f"{n}" for n in range(31))), "wordings-many"),
        (Seed(question="问", answer="答", author="名" * 51), "author-long"),
    ],
)
def test_what_is_no_answer_is_told_in_words(seed: Seed, key: str) -> None:
    with pytest.raises(CoursebotError, match=key) as refused:
        checked(seed)
    for language in ("zh-Hans", "en"):
        assert "{" not in catalog(language).say(refused.value)


@given(
    texts=st.tuples(st.text(max_size=60), st.text(max_size=60)),
    sign=st.sampled_from(["｜", "|", "\n", " | "]),
)
def test_a_question_and_an_answer_are_parted_at_the_first_sign(texts: tuple[str, str], sign: str) -> None:
    question, answer = (" ".join(each.replace("|", "").replace("｜", "").split()) for each in texts)
    assert parted(f"{question}{sign}{answer}" if question else answer) == (
        (question, answer) if question else (answer, "")
    )


def test_an_answer_is_saved_as_it_was_typed_but_for_the_space_around_it() -> None:
    seed = Seed(question=" 问？ ", answer="\n答\n\n  码\n", aliases=("甲 ", "", "甲"))
    assert checked(seed) == Seed(question="问？", answer="答\n\n  码", aliases=("甲",))
