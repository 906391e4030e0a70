"""Telegram as a place where readers talk to the bot.

    polling or webhook ─► inbox ─► lanes (a chat's updates in order) ─► turn ─► sender

Runs the library inside our event loop, beside other platforms; never its `run_polling`, which takes the process.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Collection, Coroutine, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from adapters.telegram import files, menus
from adapters.telegram.failures import Problem, fatal, problem
from adapters.telegram.http import AioRequest
from adapters.telegram.incoming import Me
from adapters.telegram.lanes import Lanes
from adapters.telegram.limiter import Limiter, LimiterClosedError
from adapters.telegram.managers import Managers
from adapters.telegram.polling import KeepingRequest, Polling, Raw
from adapters.telegram.sender import Sender
from adapters.telegram.signs import Press
from adapters.telegram.turn import Given, Inline, Turns
from adapters.telegram.webhook import Webhook, WebhookAddress
from bot.errors import Failure, SendError
from bot.inbox import Inbox, KeptUpdate
from bot.messages import Attachment, Chat
from bot.ports import Arm, ChatMoves, Handler, Receipt
from bot.replies import Reply
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.telegram")

API = "https://api.telegram.org"
_CONNECTIONS = 64
"""Requests at the same time: 25 a second that take 2 s each, and some."""
_REMEMBERED = timedelta(hours=48)
"""How long answers can still be edited, which is as long as Telegram lets readers edit a question."""
_TIDY_EVERY = 3600.0
_TOKEN = re.compile(r"[0-9]{1,20}:[\w-]{1,100}", re.ASCII)
"""A number and a secret; nothing else is put into an address."""
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
_GRACE, _AFTER = 2.0, 1.0
"""Seconds that answers under way get when the program ends, and then the last request. Below 5 together."""


class Telegram:
    """A `ChatAdapter`, a `Messenger` and the `Files` of one Telegram bot.

    Args:
        token: as BotFather gave it.
        inbox: where updates are kept until they are answered.
        now: the clock; aware times.
        base_url: of the Bot API server; empty for Telegram's own. A path `/bot` at its end may be left out.
        webhook: where Telegram calls us; None to poll.
        inline: answers inline queries, or None.
        moves: told when a group has a new id, or None.
        staff: who is in the team, for menus of their own; or None.
        former: who was, and may have such a menu still; or None.
        limiter: the rate; Telegram's by default.
        ready: called with the bot's @name when it listens.
    """

    def __init__(
        self,
        token: str,
        *,
        inbox: Inbox,
        now: Callable[[], datetime],
        base_url: str = "",
        webhook: WebhookAddress | None = None,
        inline: Inline | None = None,
        moves: ChatMoves | None = None,
        staff: menus.Team | None = None,
        former: menus.Former | None = None,
        limiter: Limiter | None = None,
        ready: Callable[[str], None] | None = None,
    ) -> None:
        root = (base_url or API).rstrip("/").removesuffix("/bot")
        self._request = KeepingRequest()
        self._bot = Bot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=AioRequest(_CONNECTIONS),
            get_updates_request=self._request,
        )
        self._inbox = inbox
        self._now = now
        self._address = webhook
        self._inline = inline
        self._menus = menus.Menus(self._bot, staff, former)
        self._limiter = limiter or Limiter()
        self._sender = Sender(self._bot, self._limiter, moves=moves)
        self._ready = ready
        self._sending: set[asyncio.Task[Any] | None] = set()
        self._lanes = Lanes()
        self._under_way: set[int] = set()
        self._failed: asyncio.Future[CoursebotError] | None = None
        self._listening = asyncio.Event()

    async def run(self, handle: Handler) -> None:
        """Listen until cancelled.

        Raises:
            CoursebotError: "telegram-token" when Telegram refuses the token, "telegram-conflict" when another
                program uses it, "telegram-webhook" when nothing can listen at the webhook's address.
        """
        if not _TOKEN.fullmatch(self._bot.token):
            raise CoursebotError("telegram-token")
        self._failed = asyncio.get_running_loop().create_future()
        source: Polling | Webhook | None = None
        tidying: asyncio.Task[None] | None = None
        try:
            me = await self._introduce()
            account = f"telegram:{me.id}"
            turns = Turns(
                bot=self._bot,
                me=me,
                account=account,
                inbox=self._inbox,
                sender=self._sender,
                managers=Managers(self._bot),
                handle=handle,
                inline=self._inline,
                now=self._now,
                failed=self._fail,
            )
            tidying = asyncio.create_task(self._tidy())
            self._feed(turns, await self._inbox.waiting(account), again=True)
            source = await self._open(turns, account)
            self._listening.set()
            if self._ready:
                self._ready(f"@{me.username}")
            raise await self._failed
        finally:
            self._listening.clear()
            await _through(self._stop(source, tidying))

    @property
    def connected(self) -> bool:
        """Whether the adapter listens, so that something can be sent."""
        return self._listening.is_set()

    async def send(self, chat: Chat, reply: Reply, *, key: str = "", arm: Arm | None = None) -> Receipt:
        """Say something unasked, as in `bot.ports.Messenger`; UNSENT while the adapter does not run.

        Telegram knows no name for a message by which a second sending could be told, so `key` is of no use here.
        """
        if not self.connected:
            raise SendError(Failure.UNSENT, "not running")
        task = asyncio.current_task()
        self._sending.add(task)
        try:
            return await self._sender.send(chat, reply, arm=arm)
        except SendError as error:
            if error.failure is Failure.DOWN:
                self._fail(error)
            raise
        finally:
            self._sending.discard(task)

    async def find(self, chat: Chat, payloads: Collection[str]) -> Receipt | None:
        """Nothing: Telegram shows a bot no history."""
        return None

    async def fetch(self, attachment: Attachment) -> bytes:
        """The content of a file that was sent to the bot, as in `bot.ports.Files`."""
        return await files.fetch(self._bot, attachment)

    async def _introduce(self) -> Me:
        """Who we are; asked until Telegram answers."""
        wait = _FIRST_WAIT
        while True:
            try:
                await self._bot.initialize()
            except TelegramError as error:
                found = problem(error)
                if found.failure is Failure.DOWN:
                    # Not chained: the library's message quotes the token.
                    raise fatal(found) from None
                logger.warning("Telegram does not answer: %s", found.reason, extra={"action": "no-answer"})
                await asyncio.sleep(found.retry_after or wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                return Me(self._bot.id, self._bot.username)

    async def _open(self, turns: Turns, account: str) -> Polling | Webhook:
        async def keep(updates: list[Raw]) -> None:
            pairs = [(int(each["update_id"]), json.dumps(each, ensure_ascii=False)) for each in updates]
            self._feed(turns, await self._inbox.keep(account, pairs, at=self._now()))

        if self._address:
            webhook = Webhook(self._bot, self._address, keep)
            await webhook.start()
            return webhook
        self._request.keep = keep
        self._request.refused = self._fail_for
        polling = Polling(self._bot, failed=self._fail_for)
        await polling.start()
        return polling

    def _feed(self, turns: Turns, updates: Iterable[KeptUpdate], *, again: bool = False) -> None:
        """Put updates on their chats' lanes; those that are there already stay where they are."""
        for kept in updates:
            if kept.id in self._under_way:
                continue
            self._under_way.add(kept.id)
            given = turns.read(kept, again=again)
            press = turns.pressed(given)
            self._lanes.put(given.lane, partial(self._take, turns, given, press))

    def _fail(self, error: SendError) -> None:
        self._fail_for(Problem(failure=error.failure, reason=error.reason))

    def _fail_for(self, found: Problem) -> None:
        if self._failed and not self._failed.done():
            self._failed.set_result(fatal(found))

    async def _take(self, turns: Turns, given: Given, press: Press | None) -> None:
        try:
            await turns.take(given, press)
        except LimiterClosedError:
            logger.info("an answer waits for the next start", extra={"action": "left"})
        finally:
            self._under_way.discard(given.kept.id)

    async def _tidy(self) -> None:
        """Keep the menus as they should be, and forget old things every hour."""
        await self._menus.publish()
        tidied = -_TIDY_EVERY
        while True:
            await self._menus.follow()
            now = asyncio.get_running_loop().time()
            if now - tidied >= _TIDY_EVERY:
                tidied = now
                await self._forget()
            await asyncio.sleep(menus.FOLLOWED_EVERY)

    async def _forget(self) -> None:
        try:
            await self._inbox.prune(before=self._now() - _REMEMBERED)
        except CoursebotError as error:
            logger.warning("inbox not tidied: %s", error.key, extra={"action": "tidy-failed"})

    async def _stop(self, source: Polling | Webhook | None, tidying: asyncio.Task[None] | None) -> None:
        """End in less than five seconds: ask for no more, let what is half said be said, leave the rest kept."""
        stopping = [self._lanes.close(grace=_GRACE, last=self._limiter.close, after=_AFTER)]
        if source:
            stopping.append(source.stop())
        if tidying:
            tidying.cancel()
            stopping.append(_ended(tidying))
        await asyncio.gather(*stopping, return_exceptions=True)
        if sending := [task for task in self._sending if task]:
            # What was said unasked may be on its way: an answer that we do not wait for leaves that in doubt.
            await asyncio.wait(sending, timeout=_AFTER)
        with suppress(TimeoutError, TelegramError):
            async with asyncio.timeout(0.5):
                await self._bot.shutdown()


async def _through(ending: Coroutine[None, None, None]) -> None:
    """Await something that must run to its end although we are cancelled (once more) meanwhile."""
    task = asyncio.create_task(ending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


async def _ended(task: asyncio.Task[None]) -> None:
    """Give a cancelled task the time to give back what it holds."""
    await asyncio.wait([task], timeout=_AFTER)
