"""Forms asked for in a chat: a form of two fields is begun by a button, and what was typed is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.sql.database import Database
from adapters.sql.readers import reader_stores
from bot.buttons import payloads
from bot.buttons.digests import AnswerExercise
from bot.core import Core
from bot.handlers.pressing import PRESSED
from bot.handlers.scene import Scene, Services
from bot.handlers.submitting import SUBMITTED
from bot.messages import ButtonPress, Chat, Command, Message, Person, Platform, Submission
from bot.readers import ReaderStores
from bot.replies import Field, Form, Reply, Text
from bot.session import session_stores
from knowledge.errors import CoursebotError
from tests.bot.support import COURSE, Lookup, Shelf

PAYLOAD = payloads.encode(AnswerExercise("0" * 12, "1" * 12))
FORM = Form(
    payload=PAYLOAD,
    title="加一条",
    fields=(
        Field(name="question", label="问题", value="旧的问题", limit=20),
        Field(name="answer", label="答案", long=True),
        Field(name="author", label="署名", required=False),
    ),
)


@pytest.fixture(params=["process", "database"])
async def readers(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "process":
        yield session_stores()
        return
    database = Database(tmp_path / "coursebot.sqlite")
    await database.migrate()
    yield reader_stores(database)
    await database.dispose()


class Talk:
    """One person with the bot."""

    def __init__(self, readers: ReaderStores, chat: Chat, who: str = "7") -> None:
        self._readers = readers
        self.chat = chat
        self.who = Person(platform=chat.platform, id=who, language="zh-CN")
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self._number = 0
        self._shown: dict[str, str] = {}
        self.restart()

    def restart(self) -> None:
        self._core = Core(answering=Lookup(), courses=Shelf(COURSE), readers=self._readers)

    def wait(self, **time: int) -> None:
        self.now += timedelta(**time)

    async def _handle(self, incoming: Any) -> str:
        replies = await self._core.handle(incoming)
        self._shown |= {
            each.label: each.payload for reply in replies for row in reply.buttons for each in row
        }
        self.forms = [each.form for each in replies if each.form]
        return "\n---\n".join(reply.text for reply in replies)

    async def begin(self) -> str:
        self._shown["开始"] = PAYLOAD
        return await self.press("开始")

    def offers(self, label: str) -> bool:
        return label in self._shown

    async def press(self, label: str) -> str:
        self.wait(seconds=5)
        payload = self._shown[label]
        return await self._handle(
            ButtonPress(chat=self.chat, sender=self.who, message_id="m", payload=payload, at=self.now)
        )

    async def say(self, text: str, message: str = "", **more: Any) -> str:
        self.wait(seconds=more.pop("after", 5))
        self._number += 1
        said = Message(
            chat=self.chat,
            sender=self.who,
            id=message or f"m{self._number}",
            text=text,
            at=self.now,
            **more,
        )
        return await self._handle(said)

    async def command(self, name: str) -> str:
        self.wait(seconds=5)
        return await self._handle(
            Command(chat=self.chat, sender=self.who, id="c", name=name, arguments="", at=self.now)
        )

    async def submit(self, **fields: str) -> str:
        return await self._handle(
            Submission(chat=self.chat, sender=self.who, id="s", payload=PAYLOAD, fields=fields, at=self.now)
        )


@pytest.fixture
def handed_in(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What was handed in; an answer "no" is refused."""
    taken: list[dict[str, str]] = []

    async def ask(_services: Services, scene: Scene, _payload: AnswerExercise) -> list[Reply]:
        return [replace(scene.say("vote.thanks"), form=FORM)]

    async def take(
        _services: Services, _scene: Scene, _payload: AnswerExercise, fields: Mapping[str, str]
    ) -> list[Reply]:
        if fields["answer"] == "no":
            raise CoursebotError("question-empty")
        taken.append(dict(fields))
        return [Reply(spans=(Text("收到"),))]

    monkeypatch.setitem(PRESSED, AnswerExercise, ask)
    monkeypatch.setitem(SUBMITTED, AnswerExercise, take)
    return taken


@pytest.fixture
def talk(readers: ReaderStores) -> Talk:
    return Talk(readers, Chat(platform=Platform.TELEGRAM, id="1"))


async def test_fields_are_asked_for_one_after_the_other(talk: Talk, handed_in: list[dict[str, str]]) -> None:
    assert await talk.begin() == (
        "谢谢！记下了。\n\n✏️ 加一条 (1/3)\n请发来问题：\n现在是：\n旧的问题\n\n不想填了，发 /cancel。"
    )
    assert "✏️ 加一条 (2/3)\n请发来答案：" in await talk.say("新的问题")
    talk.restart()
    assert "✏️ 加一条 (3/3)\n请发来署名：" in await talk.say("一\n\n二")
    assert await talk.say("顾") == "收到"
    assert handed_in == [{"question": "新的问题", "answer": "一\n\n二", "author": "顾"}]
    assert "作者回复" in await talk.say("容器和虚拟机有什么区别")


async def test_what_stands_there_is_kept_and_what_is_optional_skipped(
    talk: Talk, handed_in: list[dict[str, str]]
) -> None:
    await talk.begin()
    await talk.press("保持不变")
    await talk.say("答案")
    assert await talk.press("跳过") == "收到"
    assert handed_in == [{"question": "旧的问题", "answer": "答案", "author": ""}]


async def test_a_button_of_a_question_that_is_over_does_nothing(
    talk: Talk, handed_in: list[dict[str, str]]
) -> None:
    await talk.begin()
    await talk.say("新的问题")
    assert await talk.press("保持不变") == "这一步已经过去了。"
    assert "3/3" in await talk.say("答案")


@pytest.mark.parametrize("word", ["/cancel", "／取消", "取消", "Cancel"])
async def test_it_is_put_away_on_request(talk: Talk, handed_in: list[dict[str, str]], word: str) -> None:
    await talk.begin()
    await talk.say("新的问题")
    assert await talk.say(word) == "好的，“加一条”不填了，什么都没有保存。"
    assert "作者回复" in await talk.say("容器和虚拟机有什么区别")
    assert await talk.command("cancel") == "现在没有正在填的东西。"
    assert handed_in == []


async def test_another_command_puts_it_away_and_is_answered(
    talk: Talk, handed_in: list[dict[str, str]]
) -> None:
    await talk.begin()
    said = await talk.command("course")
    assert said.startswith("“加一条”还没填完，先放下了，没有保存。\n---\n")
    assert "容器十讲" in said
    assert "作者回复" in await talk.say("容器和虚拟机有什么区别")


async def test_words_that_only_look_like_a_command_are_an_answer(
    talk: Talk, handed_in: list[dict[str, str]]
) -> None:
    await talk.begin()
    assert "2/3" in await talk.say("/sys/fs/cgroup 是什么")
    assert "3/3" in await talk.say("/zzzzzzzz")
    assert await talk.press("跳过") == "收到"


async def test_a_bad_answer_is_asked_for_again(talk: Talk, handed_in: list[dict[str, str]]) -> None:
    await talk.begin()
    assert await talk.say(" \n ") == "问题不能是空的，请再发一次。"
    assert await talk.say("长" * 21) == "问题有 21 个字，最多 20 个。请改短后再发一次。"
    # Telegram's apps cut what is too long for a message: the rest that follows is no answer.
    assert await talk.say("的尾巴", after=1) == ""
    assert "2/3" in await talk.say("短")
    assert "答案有 4097 个字" in await talk.say("字" * 4097)
    assert "3/3" in await talk.say("字" * 4000)


async def test_it_is_over_after_a_while_and_can_be_taken_up_again(
    talk: Talk, handed_in: list[dict[str, str]]
) -> None:
    await talk.begin()
    await talk.say("新的问题")
    talk.wait(minutes=16)
    said = await talk.say("容器和虚拟机有什么区别")
    assert said.startswith("“加一条”等了 15 分钟没有等到，先放下了。\n---\n")
    assert "作者回复" in said
    assert "放下" not in await talk.say("容器和虚拟机有什么区别")
    assert "2/3" in await talk.press("继续填写")
    await talk.say("答案")
    await talk.press("跳过")
    assert handed_in == [{"question": "新的问题", "answer": "答案", "author": ""}]


async def test_an_edited_answer_counts_until_it_is_handed_in(
    talk: Talk, handed_in: list[dict[str, str]]
) -> None:
    await talk.begin()
    await talk.say("新的问题", message="a")
    changed = await talk.say("更新的问题", message="a", edited=True)
    assert changed.startswith("问题已经改成新的了。\n\n✏️ 加一条 (2/3)")
    # An edit of something else is what it was.
    assert "作者回复" in await talk.say("容器和虚拟机有什么区别", message="x", edited=True)
    await talk.say("答案", message="b")
    await talk.press("跳过")
    assert handed_in == [{"question": "更新的问题", "answer": "答案", "author": ""}]
    assert await talk.say("又改", message="b", edited=True) == "这份已经交上了，再改那条消息不会改它。"


async def test_an_update_that_comes_twice_is_one_answer(talk: Talk, handed_in: list[dict[str, str]]) -> None:
    await talk.begin()
    for _ in range(2):
        assert "2/3" in await talk.say("新的问题", message="a")
    for _ in range(2):
        assert "3/3" in await talk.say("答案", message="b")
    assert await talk.say("顾", message="c") == "收到"
    assert await talk.say("顾", message="c") == "这份已经交上了。"
    assert len(handed_in) == 1


async def test_what_cannot_be_done_gives_the_words_back(talk: Talk, handed_in: list[dict[str, str]]) -> None:
    await talk.begin()
    await talk.say("新的问题")
    await talk.say("no")
    said = await talk.press("跳过")
    assert said.startswith("没有看到问题。")
    assert said.endswith("\n\n新的问题\n\nno")


async def test_in_a_group_only_what_is_put_to_the_bot_is_an_answer(
    readers: ReaderStores, handed_in: list[dict[str, str]]
) -> None:
    talk = Talk(readers, Chat(platform=Platform.TELEGRAM, id="-1", private=False))
    assert "请回复这条消息来填" in await talk.begin()
    assert await talk.say("大家好", addressed=False) == ""
    other = Talk(readers, talk.chat, who="8")
    assert "作者回复" in await other.say("容器和虚拟机有什么区别")
    assert "2/3" in await talk.say("新的问题")


async def test_discord_opens_it_for_a_button_and_hands_it_in_whole(
    readers: ReaderStores, handed_in: list[dict[str, str]]
) -> None:
    talk = Talk(readers, Chat(platform=Platform.DISCORD, id="1", private=False))
    await talk.begin()
    assert talk.forms == [FORM]
    assert await talk.submit(question="问", answer="答", author="") == "收到"
    assert await talk.submit(question="问", answer="no", author="") == (
        "没有看到问题。请把问题写出来，例如：容器和虚拟机有什么区别？\n\n问\n\nno"
    )


async def test_a_form_of_another_make_is_told_to_be_old(
    readers: ReaderStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(SUBMITTED, AnswerExercise)
    talk = Talk(readers, Chat(platform=Platform.DISCORD, id="1"))
    assert await talk.submit(answer="写了很久") == "这个按钮已经失效了，再问一次就好。\n\n写了很久"


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("say"),
            st.sampled_from(["一", "", "长" * 21, "字" * 4001, "取消", "/cancel", "/course", "/x"]),
        ),
        st.tuples(st.just("again"), st.sampled_from(["一", "二"])),
        st.tuples(st.just("edit"), st.sampled_from(["改了", "", "字" * 4001])),
        st.tuples(
            st.just("press"), st.sampled_from(["开始", "保持不变", "跳过", "取消", "继续填写", "保存"])
        ),
        st.tuples(st.just("wait"), st.sampled_from(["1", "16", "2000"])),
        st.tuples(st.just("restart"), st.just("")),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_done_only_whole_forms_are_handed_in(
    handed_in: list[dict[str, str]], steps: list[tuple[str, str]]
) -> None:
    handed_in.clear()
    talk = Talk(session_stores(), Chat(platform=Platform.TELEGRAM, id="1"))
    await talk.begin()
    begun = 1
    for number, (what, text) in enumerate(steps):
        said = ""
        if what == "say":
            said = await talk.say(text, message=f"s{number}")
        elif what in {"again", "edit"} and number:
            said = await talk.say(text, message=f"s{number - 1}", edited=what == "edit")
        elif what == "press" and talk.offers(text):
            begun += text == "开始"
            said = await talk.press(text)
        elif what == "wait":
            talk.wait(minutes=int(text))
        elif what == "restart":
            talk.restart()
        assert "出错" not in said
    assert len(handed_in) <= begun
    for each in handed_in:
        assert each["question"].strip()
        assert len(each["question"]) <= 20
        assert 0 < len(each["answer"].strip()) <= 4000
