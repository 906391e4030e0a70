"""The connected client: what Discord says goes to the core, what the core says goes back.

    message, edit ─► incoming ─► core ─► outgoing ─► message under the question (remembered, for an edit)
    command, menu ─► defer ────► core ─► outgoing ─► answer that only the reader sees, with a button to show it
    button ────────► defer ────► core ─► outgoing ─► in place of the message, or beside it
    either, if its answer may be a form ─► core ─► modal, or defer and go on as above
    filled form ───► defer ────► core ─► outgoing ─► as for what opened it

`defer()` comes first because Discord waits three seconds for a first sign and then fifteen minutes for the rest
(https://discord.com/developers/docs/interactions/receiving-and-responding).
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import discord

from adapters.discord import incoming, modals, outgoing, posting, sharing, sync, tree
from adapters.discord.buttons import Pressed
from adapters.discord.choices import Choices, CourseList
from adapters.discord.failures import report
from adapters.discord.naming import Names
from adapters.discord.questions import Answers, Questions
from adapters.discord.signs import typing
from bot.catalog import Catalog, catalog, negotiate
from bot.forms import may_ask
from bot.messages import Command, Incoming, Message, Submission
from bot.ports import Handler
from bot.replies import Reply

logger = logging.getLogger("coursebot.discord")

Interaction = discord.Interaction[Any]

_AT_ONCE = 16
"""Questions that are worked on at the same time; sending does not count."""
_PATIENCE = 60.0
"""Seconds that a rate limit may ask for before an answer is given up."""


_SETTLED = 0.5
"""Seconds without another server after which the bot counts as connected; it keeps no members to wait for."""


def intents(*, message_content: bool) -> discord.Intents:
    """What the bot asks Discord to be told: servers and channels, messages there and direct ones."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    wanted.message_content = message_content
    return wanted


class CourseClient(discord.Client):
    """A discord.py client for one run.

    Args:
        handle: the core.
        courses: what is offered while a reader types a command.
        answers: remembers which messages answer a question.
        now: the clock; aware times.
        commands: file with a digest of the commands that Discord was told last; None to tell it each time.
        message_content: whether the portal grants the message-content intent.
        ready: called with the bot's name when it is connected for the first time.
    """

    def __init__(
        self,
        *,
        handle: Handler,
        courses: CourseList,
        answers: Answers,
        now: Callable[[], datetime],
        commands: Path | None = None,
        message_content: bool = False,
        ready: Callable[[str], None] | None = None,
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
        self._commands = commands
        self._greet = ready
        self._questions = Questions(self, answers, now)
        self._choices = Choices(courses)
        self._busy = asyncio.Semaphore(_AT_ONCE)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._ending = False
        self.tree = tree.Tree(self, answer=self.commanded, choices=self._choices)
        tree.build(self.tree)

    async def setup_hook(self) -> None:
        """After login: buttons work again, and Discord learns of commands that changed."""
        self.add_dynamic_items(Pressed)
        await self.tree.set_translator(Names())
        await sync.tell(self.tree, self._commands)

    async def finish(self, *, grace: float, after: float) -> None:
        """End: hear no more, let answers under way be said, close.

        Args:
            grace: seconds that answers under way get.
            after: seconds that closing the connections gets.
        """
        self._ending = True
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=grace)
            for task in late:
                task.cancel()
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
        if not self._ending:
            super().dispatch(event, *args, **kwargs)

    async def on_ready(self) -> None:
        """Connected, perhaps anew."""
        if self._greet and self.user:
            self._greet(self.user.name)
            self._greet = None

    async def on_message(self, heard: discord.Message) -> None:
        """Somebody wrote something."""
        said = incoming.message(heard, me=self.user.id) if self.user else None
        if said:
            await self._take("message", self._message(heard, said))

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """Somebody worded a message anew; previews and pins come as edits too and are none."""
        heard = event.message
        if self.user is None or heard.edited_at is None or not self._questions.reworded(heard):
            return
        said = incoming.message(heard, me=self.user.id, edited=True)
        if said:
            await self._take("message", self._message(heard, said))

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """A fault in handling an event."""
        if error := sys.exception():
            report(event_method, error)

    async def commanded(self, interaction: Interaction, heard: Command) -> None:
        """Answer a command or the entry of a menu."""
        await self._take("command", self._command(interaction, heard))

    async def pressed(self, interaction: Interaction, payload: str) -> None:
        """Answer a button of the core's."""
        await self._take("button", self._press(interaction, payload))

    async def on_interaction(self, interaction: Interaction) -> None:
        """Any interaction; the filled forms among them are ours to answer, the rest is the library's."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        filled = incoming.submission(interaction)
        if filled:
            await self._take("form", self._submit(interaction, filled))

    async def shown(self, interaction: Interaction) -> None:
        """Show a private answer to everyone, once."""
        await self._take("button", sharing.share(interaction, _words(interaction)))

    async def _take(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Do the work for one thing heard; its failure is told to the log and ends nothing else."""
        task = asyncio.current_task()
        if self._ending or task is None:
            work.close()
            return
        self._under_way.add(task)
        try:
            await work
        except Exception as error:  # noqa: BLE001 - one answer that fails must not end the others
            report(what, error)
        finally:
            self._under_way.discard(task)

    async def _command(self, interaction: Interaction, heard: Command) -> None:
        hidden = interaction.guild_id is not None
        replies = await self._replies(interaction, heard, ephemeral=hidden, thinking=True)
        if replies is not None:
            await self._complete(interaction, replies)

    async def _press(self, interaction: Interaction, payload: str) -> None:
        replies = await self._replies(interaction, incoming.press(interaction, payload))
        if replies is not None:
            await self._go_on(interaction, replies)

    async def _replies(
        self, interaction: Interaction, heard: Incoming, **waiting: bool
    ) -> list[Reply] | None:
        """The answer, once Discord was told to wait for it; None when it was a form, which is open now."""
        if not may_ask(heard):
            await interaction.response.defer(**waiting)
            return await self._heard(heard)
        working = asyncio.ensure_future(self._heard(heard))
        try:
            replies = await modals.early(working)
            asking = next((each for each in replies or () if each.form), None)
            if asking:
                await interaction.response.send_modal(modals.modal(asking))
                return None
            await interaction.response.defer(**waiting)
            return await working
        finally:
            working.cancel()

    async def _complete(self, interaction: Interaction, replies: Sequence[Reply]) -> None:
        """Answer what was put off with `thinking`."""
        hidden = interaction.guild_id is not None
        words = _words(interaction)
        label = words.text("discord.show") if hidden else ""
        posts = [
            post
            for reply in modals.late(replies, words)
            for post in outgoing.posts(reply, show="" if reply.private else label)
        ]
        await posting.complete(interaction, posts, hidden=hidden)

    async def _submit(self, interaction: Interaction, heard: Submission) -> None:
        """Answer a form: under the message whose button opened it, or as a command."""
        if interaction.message is None:
            await interaction.response.defer(ephemeral=interaction.guild_id is not None, thinking=True)
            await self._complete(interaction, await self._heard(heard))
        else:
            await interaction.response.defer()
            await self._go_on(interaction, await self._heard(heard))

    async def _go_on(self, interaction: Interaction, replies: Sequence[Reply]) -> None:
        """In place of the button's message where that is the presser's own, else beside it."""
        in_server = interaction.guild_id is not None
        source = interaction.message
        hidden = in_server and source is not None and source.flags.ephemeral
        own = not in_server or hidden or self._questions.asker(source) == interaction.user.id
        words = _words(interaction)
        label = words.text("discord.show") if in_server else ""
        for reply in modals.late(replies, words):
            instead = reply.replaces and own
            # Under what everyone sees, its asker goes on in front of everyone, and others for themselves.
            unseen = in_server and (hidden or reply.private or not own)
            show = label if unseen and not reply.private else ""
            for index, post in enumerate(outgoing.posts(reply, show=show)):
                if instead and index == 0:
                    await posting.replace(interaction, post)
                else:
                    await posting.follow(interaction, post, hidden=unseen)

    async def _message(self, heard: discord.Message, said: Message) -> None:
        async with self._questions.lock(said.id):
            typing_in = heard.channel if said.addressed else None
            replies = await self._heard(said, typing_in=typing_in)
            posts = [post for reply in replies for post in outgoing.posts(reply)]
            if posts:
                await self._questions.answer(heard, posts, edited=said.edited)

    async def _heard(
        self, heard: Incoming, *, typing_in: discord.abc.Messageable | None = None
    ) -> list[Reply]:
        async with self._busy, typing(typing_in):
            return await self._handle(heard)


def _words(interaction: Interaction) -> Catalog:
    """The language of the reader's Discord, for the words that are the adapter's own."""
    return catalog(negotiate(interaction.locale.value))
