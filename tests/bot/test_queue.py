"""The unanswered loop with all its real parts: a course, its index, the database; only the platforms are left out."""

from __future__ import annotations

import tomllib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core import Core
from bot.daily.deliveries import State
from bot.messages import ButtonPress, Chat, Message, Person, Platform, Quoted
from bot.replies import Reply
from bot.team.roles import Member, Role
from config.settings import Settings
from config.wiring import Application
from config.wiring import application as opened
from knowledge.course import read_course

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
DIALOGUES = tomllib.loads((Path(__file__).parent / "team" / "queue.toml").read_text("utf-8"))["dialogue"]
NAMES = {"1": "顾北舟", "2": "小林"}


@pytest.fixture
async def application(tmp_path: Path) -> AsyncIterator[Application]:
    made = Application(Settings(data=tmp_path, owners="telegram:1"))
    course = read_course(ROOT / "courses" / "containers").course
    assert course
    await (await made.courses()).save(course, at=START)
    editor = Member(platform=Platform.TELEGRAM, id="2", role=Role.EDITOR, course=course.slug, name="小林")
    await (await made.staff()).grant(editor, by="telegram:1", at=START)
    yield made
    await made.close()


class Stage:
    """Plays turns against a core, each person in a chat of their own, and collects what is sent unasked."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.now = START
        self.core: Core | None = None
        self.screen: list[Reply] = []
        self.seen: set[int] = set()
        self.count = 0

    async def play(self, turn: dict[str, Any]) -> list[Reply]:
        self.core = self.core or await self.application.core()
        self.now += timedelta(hours=turn.get("hours", 0), seconds=20)
        self.count += 1
        who = turn["who"]
        chat = Chat(platform=Platform.TELEGRAM, id=who)
        person = Person(
            platform=Platform.TELEGRAM, id=who, name=NAMES.get(who, f"reader {who}"), language="zh-CN"
        )
        message = f"m{self.count}"
        if "press" in turn:
            payload = self._payload(turn["press"], turn.get("of", ""))
            heard: Any = ButtonPress(
                chat=chat, sender=person, message_id=message, payload=payload, at=self.now
            )
        else:
            quoted = self._quoted(turn["reply_to"]) if "reply_to" in turn else None
            heard = Message(
                chat=chat, sender=person, id=message, text=turn["say"], at=self.now, quoted=quoted
            )
        replies = await self.core.handle(heard)
        self.screen += replies
        return replies

    def _payload(self, label: str, of: str) -> str:
        for reply in reversed(self.screen):
            if of in reply.text:
                for row in reply.buttons:
                    for button in row:
                        if button.label == label:
                            return button.payload
        raise AssertionError(f"no button {label!r}")

    def _quoted(self, of: str) -> Quoted:
        card = next(each for each in reversed(self.screen) if of in each.text)
        payloads = tuple(button.payload for row in card.buttons for button in row)
        return Quoted(text=card.text, ours=True, payloads=payloads)

    async def told(self) -> dict[str, str]:
        """What is newly to be sent unasked, by chat."""
        desk, compose = await self.application.desk(), await self.application.compose()
        found: dict[str, str] = {}
        for delivery in await desk.deliveries([State.QUEUED]):
            if delivery.id not in self.seen:
                self.seen.add(delivery.id)
                reply = await compose(delivery)
                if reply:
                    assert delivery.chat.id not in found
                    found[delivery.chat.id] = reply.text
                    self.screen.append(reply)
        return found


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda each: each["name"])
async def test_the_team_and_its_readers(dialogue: dict[str, Any], application: Application) -> None:
    stage = Stage(application)
    for turn in dialogue["turn"]:
        assert "say" in turn or "press" in turn
        replies = await stage.play(turn)
        said = "\n".join(reply.text for reply in replies)
        for piece in turn.get("has", ()):
            assert piece in said
        for piece in turn.get("lacks", ()):
            assert piece not in said
        if "buttons" in turn:
            labels = [button.label for reply in replies for row in reply.buttons for button in row]
            assert labels[-len(turn["buttons"]) :] == turn["buttons"] or set(turn["buttons"]) <= set(labels)
        told = await stage.told()
        if "told" in turn:
            assert told.keys() == turn["told"].keys()
            for chat, piece in turn["told"].items():
                assert piece in told[chat]
        else:
            assert told == {}


class Opens:
    """Direct messages on Discord, which can be opened with one person."""

    async def direct(self, person: Person) -> Chat | None:
        return Chat(platform=Platform.DISCORD, id="500") if person.id == "99" else None


@pytest.mark.parametrize(("colleague", "chat"), [("99", "500"), ("98", "-1009")])
async def test_a_colleague_on_discord_is_told_in_private_or_else_in_the_teams_chat(
    colleague: str, chat: str, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, owners="telegram:1", admins_chat="telegram:-1009")
    course = read_course(ROOT / "courses" / "containers").course
    assert course
    async with opened(settings) as made:
        made.directs[Platform.DISCORD] = Opens()
        await (await made.courses()).save(course, at=START)
        editor = Member(platform=Platform.DISCORD, id=colleague, role=Role.EDITOR, name="小周")
        await (await made.staff()).grant(editor, by="telegram:1", at=START)
        stage = Stage(made)
        for turn in (
            {"who": "7", "say": "istio 的 sidecar 怎么注入？"},
            {"who": "1", "say": "/queue"},
            {"who": "1", "press": "交给…"},
            {"who": "1", "press": "小周"},
        ):
            await stage.play(turn)
        told = await stage.told()
    assert list(told) == [chat]
    assert "小周，这个问题请你来回答" in told[chat]
