"""The connected client: the beginning and the end of a connection, and its events, which turns answer."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import discord

from adapters.discord import incoming, sync, tree
from adapters.discord.buttons import Pressed
from adapters.discord.choices import Choices, CourseList
from adapters.discord.failures import report
from adapters.discord.keeping import Keeping
from adapters.discord.naming import Names
from adapters.discord.questions import Questions
from adapters.discord.reacting import react
from adapters.discord.turns import Turns
from bot.inbox import Inbox
from bot.messages import Command
from bot.ports import Handler

logger = logging.getLogger("coursebot.discord")

Interaction = discord.Interaction[Any]

_PATIENCE = 60.0
"""Seconds that a rate limit may ask for before an answer is given up."""


_LAST = 0.5
"""Seconds for what was cancelled, or came last, to be kept."""
_TRY_EVERY = 60.0
"""Seconds between two tries to answer what Discord did not take; `keeping.STARTS` bounds them."""
_SETTLED = 0.5
"""Seconds without another server after which the bot counts as connected; it keeps no members to wait for."""


def intents(*, message_content: bool) -> discord.Intents:
    """What the bot asks Discord to be told: servers and channels, messages and signs there, direct messages."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = wanted.guild_reactions = True
    wanted.message_content = message_content
    return wanted


class CourseClient(discord.Client):
    """A discord.py client for one run.

    Args:
        handle: the core.
        courses: what is offered while a reader types a command.
        inbox: where questions are kept until they are answered.
        now: the clock; aware times.
        commands: file with a digest of the commands that Discord was told last; None to tell it each time.
        message_content: whether the portal grants the message-content intent.
        ready: called with the bot's name when it is connected for the first time.
        save_emoji: the sign that is told to the core; others are passed over, as a look at the message costs a call.
    """

    def __init__(
        self,
        *,
        handle: Handler,
        courses: CourseList,
        inbox: Inbox,
        now: Callable[[], datetime],
        commands: Path | None = None,
        message_content: bool = False,
        ready: Callable[[str], None] | None = None,
        save_emoji: str = "",
    ) -> None:
        super().__init__(
            intents=intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=_PATIENCE,
            guild_ready_timeout=_SETTLED,
        )
        self._handle = handle
        self._now = now
        self._commands = commands
        self._save_emoji = save_emoji.replace("\ufe0f", "")
        self._greet = ready
        self._questions = Questions(self, inbox, now)
        self._turns = Turns(self, handle, self._questions, Keeping(self, inbox, now))
        self._choices = Choices(courses)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._deaf = False
        self._trying = asyncio.Lock()
        self._try: asyncio.Task[None] | None = None
        self._tries: asyncio.Task[None] | None = None
        self.tree = tree.Tree(self, answer=self.commanded, choices=self._choices)
        tree.build(self.tree)

    async def setup_hook(self) -> None:
        """After login: buttons work again, and Discord learns of commands that changed."""
        self.add_dynamic_items(Pressed)
        await self.tree.set_translator(Names())
        await sync.tell(self.tree, self._commands)
        self._tries = asyncio.create_task(self._keep_trying(), name="discord-keep-trying")

    async def finish(self, *, grace: float, after: float) -> None:
        """End: let answers under way be said, keep what still comes for the next start, close.

        Args:
            grace: seconds that answers under way get.
            after: seconds that closing the connections gets.
        """
        self._turns.close()
        if self._tries:
            self._tries.cancel()
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=grace)
            for task in late:
                task.cancel()
        self._deaf = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_LAST)
        await self._choices.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(after):
                await self.close()
            return
        # Discord did not say goodbye; what is ours is closed all the same.
        with suppress(TimeoutError):
            async with asyncio.timeout(after / 2):
                await self.http.close()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Hand an event to its method; at the end no more, for the library would have no loop left to do it in."""
        if not self._deaf:
            super().dispatch(event, *args, **kwargs)

    async def on_ready(self) -> None:
        """Connected, perhaps anew: what could not be answered before is answered now."""
        if self._greet and self.user:
            self._greet(self.user.name)
            self._greet = None
        await self._again()

    async def on_resumed(self) -> None:
        """The connection is back."""
        await self._again()

    async def on_message(self, heard: discord.Message) -> None:
        """Somebody wrote something."""
        said = incoming.message(heard, me=self.user.id) if self.user else None
        if said:
            await self._take("message", self._turns.message(heard, said))

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Somebody worded a message anew; previews and pins come as edits too and are none."""
        heard = event.message
        if self.user is None or heard.edited_at is None or not self._questions.reworded(heard):
            return
        said = incoming.message(heard, me=self.user.id, edited=True)
        if said:
            await self._take("message", self._turns.message(heard, said))

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """A fault in handling an event."""
        if error := sys.exception():
            report(event_method, error)

    async def commanded(self, interaction: Interaction, heard: Command) -> None:
        """Answer a command or the entry of a menu."""
        await self._take("command", self._turns.command(interaction, heard))

    async def pressed(self, interaction: Interaction, payload: str) -> None:
        """Answer a button of the core's."""
        await self._take("button", self._turns.press(interaction, payload))

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Somebody put a sign under a message of a server; only one sign means something, and only by the team."""
        known = event.member
        if known is None or known.bot or not self._save_emoji:
            return
        if event.emoji.name.replace("\ufe0f", "") != self._save_emoji:
            return
        await self._take("reaction", react(self, self._handle, event, known, at=self._now()))

    async def on_interaction(self, interaction: Interaction) -> None:
        """Any interaction; the filled forms among them are ours to answer, the rest is the library's."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        filled = incoming.submission(interaction)
        if filled:
            await self._take("form", self._turns.submit(interaction, filled))

    async def shown(self, interaction: Interaction) -> None:
        """Show a private answer to everyone, once."""
        await self._take("button", self._turns.show(interaction))

    async def _again(self) -> None:
        """Answer what was kept, one after the other, so that one that ends the program is found out by its count."""
        if self._trying.locked():
            return
        async with self._trying:
            for kept in await self._turns.kept():
                await self._take("question", self._turns.again(kept))

    async def _keep_trying(self) -> None:
        """Discord's servers may fail one by one, while the connection that would tell of it holds."""
        while True:
            await asyncio.sleep(_TRY_EVERY)
            if self.is_ready():
                # A task of its own, as what is under way outlives this one when the program ends.
                self._try = asyncio.create_task(self._again(), name="discord-again")

    async def _take(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Do the work for one thing heard; its failure is told to the log and ends nothing else."""
        task = asyncio.current_task()
        if task is None:
            work.close()
            return
        self._under_way.add(task)
        try:
            await work
        except Exception as error:  # noqa: BLE001 - one answer that fails must not end the others
            report(what, error)
        finally:
            self._under_way.discard(task)
