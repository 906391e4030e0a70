from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
import simcord.interactions

from adapters.discord import outgoing, posting
from adapters.discord.client import CourseClient
from adapters.sql.readers import reader_stores
from bot.commands import Audience, Called, parse
from bot.daily.deliveries import Delivery
from bot.messages import Platform
from bot.replies import Reply
from bot.session import session_stores
from tests.adapters.discord_.support import Connected, core
from tests.bot.daily import daily
from tests.bot.script import Dialogue, Turn, dialogues
from tests.discordapi.markdown import shown

Seen = dict[int, Any]
Due = Callable[[], Awaitable[Iterable[tuple[Delivery, Reply]]]]
"""Gives what is due."""
MANAGER = discord.Permissions(manage_channels=True, view_channel=True, send_messages=True)


class Stage:
    """Plays a dialogue's readers in Discord: direct messages for one, a server's channel for several."""

    def __init__(self, dialogue: Dialogue, env: simcord.Env) -> None:
        self.env = env
        self.group = dialogue.group
        self.server = env.create_guild()
        self.channel = self.server.create_text_channel("course")
        manages = self.server.create_role("managers", permissions=MANAGER)
        bosses = {turn.who for turn in dialogue.turns if turn.manager}
        self.readers = {
            who: self.server.add_member(
                env.create_user(f"reader{who}"), roles=[manages] if who in bosses else []
            )
            for who in {turn.who for turn in dialogue.turns}
        }
        self.said: dict[str, Any] = {}
        self.on_screen: list[Any] = []

    def _seen(self) -> Seen:
        """All that the bot has on anybody's screen."""
        me = self.env.bot.user
        assert me
        return {
            each.id: (each.content, str(each.embeds), str(each.components), each)
            for held in self.env.backend.messages.values()
            for each in held.values()
            if each.author_id == me.id
        }

    async def play(self, turn: Turn, due: Due | None = None) -> tuple[str, list[str]] | None:
        """What the bot puts on the screen for a turn, and the labels of its buttons; None for nothing."""
        before = self._seen()
        if due and turn.arrive:
            await self._arrive(await due())
        else:
            await self._act(turn)
        after = self._seen()
        fresh = [
            entry[-1] for id_, entry in sorted(after.items()) if before.get(id_, (None,))[:3] != entry[:3]
        ]
        # Buttons of earlier messages stay on the screen; those of the last one go first.
        self.on_screen = [*self.on_screen[-3:], *((each, deepcopy(each.components)) for each in fresh)]
        if not fresh:
            return None
        text = "\n".join(
            shown(part).text
            for each in fresh
            for part in (each.content, *(e["description"] for e in each.embeds))
            if part
        )
        return text, [
            label
            for each in fresh
            for label in labels(each)
            if label not in {"给大家看", "給大家看", "Show everyone"}
        ]

    async def _arrive(self, sent: Iterable[tuple[Delivery, Reply]]) -> None:
        """What is sent unasked is posted as the adapter does it."""
        for delivery, reply in sent:
            channel = self.env.bot.get_partial_messageable(int(delivery.chat.id))
            for index, post in enumerate(outgoing.posts(reply)):
                await posting.say(
                    channel, post, name=posting.nonce(delivery.chat.id, str(delivery.id), index)
                )

    def possible(self, turn: Turn) -> bool:
        """Whether a button is on that reader's screen: Discord hides from others what one reader is shown."""
        if not turn.press:
            return True
        message = self._pressable(turn)
        if message is None:
            return False
        # As on a screen that has not followed yet.
        message.components = next(
            kept
            for each, kept in reversed(self.on_screen)
            if each is message and turn.press in labels(each, kept)
        )
        return True

    def _pressable(self, turn: Turn) -> Any:
        reader = self.readers[turn.who]
        return next(
            (
                each
                for each, components in reversed(self.on_screen)
                if each.visible_to(reader.id) and turn.press in labels(each, components)
            ),
            None,
        )

    async def _act(self, turn: Turn) -> None:
        reader = self.readers[turn.who]
        who = reader if self.group else reader.user
        if turn.press:
            message = self._pressable(turn)
            assert message
            await who.click(simcord.results.to_discord_message(self.env, message), label=turn.press)
            return
        command = parse(turn.say, Platform.DISCORD)
        if self.group and isinstance(command, Called) and self._offered(command, manager=turn.manager):
            options = {command_option(command): command.arguments} if command.arguments else {}
            await reader.slash(self.channel, command.spec.name, **options)
            return
        me = self.env.bot.user
        assert me
        text = turn.say if turn.overheard or not self.group else f"{me.mention} {turn.say}"
        if turn.edited:
            await who.edit(self.said[turn.message], text)
            return
        send: Callable[[str], Awaitable[Any]] = (
            (lambda said: reader.send(self.channel, said)) if self.group else reader.send_dm
        )
        self.said[turn.message] = await send(text)

    def _offered(self, command: Called, *, manager: bool) -> bool:
        audiences = command.spec.audiences
        return Audience.GROUP in audiences or (manager and Audience.MANAGER in audiences)


def labels(message: Any, components: Any = None) -> list[str]:
    rows = message.components if components is None else components
    return [button["label"] for row in rows for button in row["components"]]


def command_option(command: Called) -> str:
    return {
        "hint.question": "question",
        "hint.course": "course",
        "hint.lesson": "lesson",
        "hint.privacy": "delete",
        "hint.schedule": "time",
    }[command.spec.argument]


@pytest.fixture
def speaking(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the language of the readers' Discord."""

    def speak(locale: str) -> None:
        made = simcord.interactions.base_payload

        def localised(*args: Any, **kwargs: Any) -> Any:
            record, payload = made(*args, **kwargs)
            return record, {**payload, "locale": locale}

        for module in (simcord.interactions, simcord.actors):
            if hasattr(module, "base_payload"):
                monkeypatch.setattr(module, "base_payload", localised)

    return speak


HELD = [
    each for each in dialogues() if (each.group or not each.language) and not each.forms and not each.digest
]
"""Direct messages do not say which language somebody's Discord speaks, and Discord has modals."""


@pytest.mark.parametrize("dialogue", [each for each in HELD if not each.daily], ids=lambda each: each.name)
async def test_discord_holds_the_dialogue(
    dialogue: Dialogue, connected: Connected, speaking: Callable[[str], None]
) -> None:
    speaking(dialogue.language or "zh-CN")
    readers = session_stores()
    async with simcord.run(connected(core(readers=readers).handle, message_content=True)) as env:
        stage = Stage(dialogue, env)
        for turn in dialogue.turns:
            await env.advance_time(turn.wait * 60 + 5)
            if not stage.possible(turn):
                assert turn.who != "7" or any(each.manager for each in dialogue.turns)
                continue
            said = await stage.play(turn)
            assert (said is None) == turn.silent
            if said:
                turn.check(*said)
            if turn.restart:
                await env.restart_bot(connected(core(readers=readers).handle, message_content=True))


@pytest.mark.parametrize("dialogue", [each for each in HELD if each.daily], ids=lambda each: each.name)
async def test_discord_holds_the_dialogue_about_daily_lessons(
    dialogue: Dialogue, connected: Connected, speaking: Callable[[str], None], tmp_path: Path
) -> None:
    speaking(dialogue.language or "zh-CN")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    async with daily(tmp_path, whole=dialogue.whole) as lessons:
        readers = reader_stores(lessons.post.database)
        options = {
            "subscriptions": lessons.post.subscriptions,
            "compose": lessons.compose,
            "digests": lessons.digests,
        }

        def started() -> CourseClient:
            made = core(readers=readers, **options)
            return connected(lambda heard: made.handle(replace(heard, at=now)), message_content=True)

        async with simcord.run(started()) as env:
            stage = Stage(dialogue, env)
            for turn in dialogue.turns:
                now += timedelta(minutes=turn.wait, seconds=5)
                if turn.block:
                    await lessons.block(now, Platform.DISCORD)
                    continue
                if not stage.possible(turn):
                    assert turn.who != "7" or any(each.manager for each in dialogue.turns)
                    continue
                said = await stage.play(turn, partial(lessons.sent, now, Platform.DISCORD))
                assert (said is None) == turn.silent
                if said:
                    turn.check(*said)
                if turn.restart:
                    await env.restart_bot(started())
