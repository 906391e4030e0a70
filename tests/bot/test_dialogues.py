from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.sql.database import Database
from adapters.sql.readers import reader_stores
from bot.catalog import catalog
from bot.commands import Called, parse
from bot.core import Core
from bot.messages import ButtonPress, Chat, Command, Incoming, Message, Person, Platform, Quoted
from bot.readers import ReaderStores
from bot.rendering.digest import digest
from bot.replies import Reply
from bot.session import session_stores
from tests.adapters.sql.migrated import place
from tests.bot.daily import Daily, daily
from tests.bot.script import Dialogue, Turn, dialogues
from tests.bot.support import COURSE, SECOND_COURSE, Digests, Lookup, Shelf

CHAT = Chat(platform=Platform.TELEGRAM, id="1")


@pytest.fixture(params=["process", "database"])
async def readers(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ReaderStores]:
    if request.param == "process":
        yield session_stores()
        return
    await place(tmp_path / "coursebot.sqlite")
    database = Database(tmp_path / "coursebot.sqlite")
    await database.migrate()
    yield reader_stores(database)
    await database.dispose()


def incoming(dialogue: Dialogue, turn: Turn, number: int, shown: list[Reply], at: datetime) -> Incoming:
    """What a platform would hand over."""
    chat = replace(CHAT, private=not dialogue.group)
    reader = Person(platform=Platform.TELEGRAM, id=turn.who, language=dialogue.language)
    message = turn.message or f"m{number}"
    if turn.press:
        on_offer = {button.label: button for reply in shown for row in reply.buttons for button in row}
        return ButtonPress(
            chat=chat,
            sender=reader,
            message_id=message,
            payload=on_offer[turn.press].payload,
            at=at,
            by_manager=turn.manager,
        )
    command = parse(turn.say, Platform.TELEGRAM)
    if dialogue.group and isinstance(command, Called):
        return Command(
            chat=chat,
            sender=reader,
            id=message,
            name=command.spec.name,
            arguments=command.arguments,
            at=at,
            by_manager=turn.manager,
        )
    return Message(
        chat=chat,
        sender=reader,
        id=message,
        text=turn.say,
        at=at,
        addressed=not turn.overheard,
        edited=turn.edited,
        quoted=quoted(shown[-turn.answers]) if turn.answers else None,
    )


def quoted(reply: Reply) -> Quoted:
    """One of the bot's messages, as a platform hands it out with the reply to it."""
    payloads = tuple(button.payload for row in reply.buttons for button in row)
    return Quoted(text=reply.text, ours=True, payloads=payloads)


async def opening(dialogue: Dialogue) -> list[Reply]:
    """What stands in the chat before anybody speaks."""
    if not dialogue.digest:
        return []
    content = await Digests().lesson(COURSE.slug, dialogue.digest)
    assert content is not None
    return [digest(catalog(dialogue.language or "zh-Hans"), content, delivery=7)]


@pytest.mark.parametrize(
    "dialogue", [each for each in dialogues() if not each.daily], ids=lambda each: each.name
)
async def test_the_core_holds_the_dialogue(dialogue: Dialogue, readers: ReaderStores) -> None:
    def started() -> Core:
        shelf = Shelf(COURSE, SECOND_COURSE)
        return Core(answering=Lookup(), courses=shelf, readers=readers, digests=Digests())

    await hold(dialogue, started)


@pytest.mark.parametrize("dialogue", [each for each in dialogues() if each.daily], ids=lambda each: each.name)
async def test_the_core_holds_the_dialogue_about_daily_lessons(dialogue: Dialogue, tmp_path: Path) -> None:
    async with daily(tmp_path, whole=dialogue.whole) as lessons:
        readers = reader_stores(lessons.post.database)

        def started() -> Core:
            return Core(
                answering=Lookup(),
                courses=Shelf(COURSE, SECOND_COURSE),
                readers=readers,
                subscriptions=lessons.post.subscriptions,
                compose=lessons.compose,
                digests=lessons.digests,
            )

        await hold(dialogue, started, lessons)


async def hold(dialogue: Dialogue, started: Callable[[], Core], lessons: Daily | None = None) -> None:
    core = started()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    shown = await opening(dialogue)
    for number, turn in enumerate(dialogue.turns):
        now += timedelta(minutes=turn.wait, seconds=5)
        if lessons and turn.block:
            await lessons.block(now)
            continue
        if lessons and turn.arrive:
            replies = [reply for _, reply in await lessons.sent(now)]
        else:
            replies = await core.handle(incoming(dialogue, turn, number, shown, now))
        assert bool(replies) != turn.silent
        if turn.silent:
            continue
        turn.check(
            "\n".join(reply.text for reply in replies),
            [button.label for reply in replies for row in reply.buttons for button in row],
        )
        # Buttons of earlier messages stay on the screen; those of the last one go first.
        shown = [*shown[-3:], *replies]
        if turn.restart:
            core = started()
