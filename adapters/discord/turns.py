"""One thing heard, from the event to the answer.

    message, edit ─► kept ─► core ─► outgoing ─► message under the question (remembered, for an edit)
    command, menu ─► kept, defer ─► core ─► outgoing ─► answer that only the reader sees, with a button to show it
    button ────────► defer ────► core ─► outgoing ─► in place of the message, or beside it
    either, if its answer may be a form ─► core ─► modal, or defer and go on as above
    filled form ───► kept, defer ─► core ─► outgoing ─► as for what opened it

`defer()` comes first because Discord waits three seconds for a first sign and then fifteen minutes for the rest
(https://discord.com/developers/docs/interactions/receiving-and-responding).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from adapters.discord import incoming, keeping, modals, outgoing, posting, sharing
from adapters.discord.keeping import Keeping
from adapters.discord.questions import Questions
from adapters.discord.signs import typing
from bot.catalog import Catalog, catalog, negotiate
from bot.forms import may_ask
from bot.inbox import KeptUpdate
from bot.messages import Command, Incoming, Message, Person, Submission
from bot.ports import Handler
from bot.replies import Reply

Interaction = discord.Interaction[Any]

_AT_ONCE = 16
"""Questions that are worked on at the same time; sending does not count."""


class Turns:
    """Answers, one call for each thing heard; errors of Discord are raised.

    Args:
        client: who answers.
        handle: the core.
        questions: remembers which messages answer a question.
        keeping: keeps what is under way.
    """

    def __init__(
        self, client: discord.Client, handle: Handler, questions: Questions, keeping: Keeping
    ) -> None:
        self._client = client
        self._handle = handle
        self._questions = questions
        self._keeping = keeping
        self._busy = asyncio.Semaphore(_AT_ONCE)
        self._closed = False

    def close(self) -> None:
        """Answer no more: what comes is kept for the next start."""
        self._closed = True

    async def message(self, heard: discord.Message, said: Message) -> None:
        """Answer a message, or a new wording of one."""
        number = keeping.message_number(heard, edited=said.edited)
        # Losing what was only overheard loses nothing that anybody waits for.
        if said.addressed:
            packed = keeping.packed_message(heard, edited=said.edited)
            if not await self._keeping.keep(number, packed):
                return
        async with self._keeping.until_answered(number), self._questions.in_turn(heard):
            if self._closed:
                self._keeping.leave(number)
                return
            await self._answer(heard, said, wording=keeping.wording(heard) if said.edited else "")

    async def command(self, interaction: Interaction, heard: Command) -> None:
        """Answer a command or the entry of a menu."""
        hidden = interaction.guild_id is not None
        if may_ask(heard):
            await self._ask(interaction, heard, ephemeral=hidden, thinking=True)
            return
        async with self._keeping.until_answered(interaction.id):
            if await self._put_off(interaction, heard, ephemeral=hidden, thinking=True):
                await self._complete(interaction, await self._heard(heard), heard.sender)

    async def press(self, interaction: Interaction, payload: str) -> None:
        """Answer a button; one is not kept."""
        if self._closed:
            return
        heard = incoming.press(interaction, payload)
        if may_ask(heard):
            await self._ask(interaction, heard)
        else:
            await interaction.response.defer()
            await self._go_on(interaction, await self._heard(heard))

    async def submit(self, interaction: Interaction, heard: Submission) -> None:
        """Answer a form: under the message whose button opened it, or as a command."""
        alone = interaction.message is None
        waiting = {"ephemeral": interaction.guild_id is not None, "thinking": True} if alone else {}
        async with self._keeping.until_answered(interaction.id):
            if not await self._put_off(interaction, heard, **waiting):
                return
            replies = await self._heard(heard)
            if alone:
                await self._complete(interaction, replies, heard.sender)
            else:
                await self._go_on(interaction, replies)

    async def show(self, interaction: Interaction) -> None:
        """Show a private answer to everyone, once."""
        if not self._closed:
            await sharing.share(interaction, catalog(negotiate(interaction.locale.value)))

    async def kept(self) -> list[KeptUpdate]:
        """What waits for an answer from before."""
        return [] if self._closed else await self._keeping.waiting()

    async def again(self, kept: KeptUpdate) -> None:
        """Answer what was kept, as far as it is not answered yet."""
        if self._closed:
            return
        payload = await self._keeping.again(kept)
        if payload is None:
            return
        async with self._keeping.until_answered(kept.id):
            if "token" in payload:
                await self._answer_late(payload)
                return
            wording = str(payload["wording"])
            heard = await self._read(payload)
            said = incoming.message(heard, me=self._me, edited=bool(wording))
            if said and said.addressed:
                async with self._questions.in_turn(heard):
                    await self._answer(heard, said, wording=wording, again=True)

    async def _put_off(self, interaction: Interaction, heard: Command | Submission, **waiting: bool) -> bool:
        """Keep what was heard and tell Discord to wait; whether it is to be answered now."""
        await asyncio.gather(
            interaction.response.defer(**waiting),
            self._keeping.keep(
                interaction.id, keeping.packed_interaction(interaction, heard, waits=bool(waiting))
            ),
        )
        if self._closed:
            self._keeping.leave(interaction.id)
        return not self._closed

    async def _ask(self, interaction: Interaction, heard: Incoming, **waiting: bool) -> None:
        """Answer with a form, or as if it could not have been one."""
        working = asyncio.ensure_future(self._heard(heard))
        try:
            replies = await modals.early(working)
            asking = next((each for each in replies or () if each.form), None)
            if asking:
                await interaction.response.send_modal(modals.modal(asking))
                return
            await interaction.response.defer(**waiting)
            if waiting:
                await self._complete(interaction, await working, heard.sender)
            else:
                await self._go_on(interaction, await working)
        finally:
            working.cancel()

    @property
    def _me(self) -> int:
        return self._client.user.id if self._client.user else 0

    async def _read(self, payload: Mapping[str, Any]) -> discord.Message:
        """A message as it now stands; an error of Discord's where it is no more, or not to be read."""
        place: Any = self._client.get_channel(payload["channel"])
        place = place or await self._client.fetch_channel(payload["channel"])
        found: discord.Message = await place.fetch_message(payload["message"])
        return found

    async def _answer(
        self, heard: discord.Message, said: Message, *, wording: str, again: bool = False
    ) -> None:
        replies = await self._heard(said, typing_in=heard.channel if said.addressed else None)
        posts = [post for reply in replies for post in outgoing.posts(reply)]
        if posts:
            await self._questions.answer(heard, posts, edited=said.edited, wording=wording, again=again)

    async def _answer_late(self, payload: Mapping[str, Any]) -> None:
        """Answer an interaction that was kept."""
        # As much of it as it takes to answer it; the library has no public way to make one.
        data: Any = keeping.interaction_data(payload)
        interaction: Interaction = discord.Interaction(data=data, state=self._client._connection)  # noqa: SLF001
        heard = keeping.unpacked_interaction(payload)
        replies = await self._heard(heard)
        if payload["waits"]:
            await self._complete(interaction, replies, heard.sender, again=True)
            return
        # The message whose button opened the form is not at hand to be replaced.
        for reply in modals.late(replies, _words(heard.sender)):
            for post in outgoing.posts(reply):
                await posting.follow(interaction, post, hidden=not heard.chat.private)

    async def _complete(
        self, interaction: Interaction, replies: Sequence[Reply], asker: Person, *, again: bool = False
    ) -> None:
        """Answer what was put off with `thinking`."""
        hidden = interaction.guild_id is not None
        words = _words(asker)
        label = words.text("discord.show") if hidden else ""
        posts = [
            post
            for reply in modals.late(replies, words)
            for post in outgoing.posts(reply, show="" if reply.private else label)
        ]
        await self._questions.complete(interaction, posts, hidden=hidden, again=again)

    async def _go_on(self, interaction: Interaction, replies: Sequence[Reply]) -> None:
        """In place of the button's message where that is the presser's own, else beside it."""
        in_server = interaction.guild_id is not None
        source = interaction.message
        hidden = in_server and source is not None and source.flags.ephemeral
        own = not in_server or hidden or self._questions.asker(source) == interaction.user.id
        words = catalog(negotiate(interaction.locale.value))
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

    async def _heard(
        self, heard: Incoming, *, typing_in: discord.abc.Messageable | None = None
    ) -> list[Reply]:
        async with self._busy, typing(typing_in):
            return await self._handle(heard)


def _words(reader: Person) -> Catalog:
    """The language of the reader's Discord, for the words that are the adapter's own."""
    return catalog(negotiate(reader.language))
