"""Discord as a place where readers talk to the bot.

Runs the library inside our event loop, beside other platforms; never its `run`, which takes the process and sets up
logging. Reconnecting and resuming are the library's; coming back after a failed start is ours.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Collection, Coroutine
from datetime import datetime, timedelta
from pathlib import Path

import discord

from adapters.discord import files, outgoing, posting
from adapters.discord.calm import calm_log
from adapters.discord.choices import CourseList
from adapters.discord.client import CourseClient
from adapters.discord.endpoints import endpoints
from adapters.discord.failures import brief, passing, refused_token, send_error
from bot.errors import Failure, NotArmedError, SendError
from bot.inbox import Inbox
from bot.messages import Attachment, Chat, Person, Platform
from bot.ports import Arm, Handler, Receipt
from bot.replies import Reply
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.discord")

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_GRACE, _AFTER = 2.0, 1.5
"""Seconds that answers under way get when the program ends, and then closing. Below 5 together."""
_REMEMBERED = timedelta(hours=48)
"""How long an edited question still gets its answer edited."""
_TIDY_EVERY = 3600.0
_TOKEN = re.compile(r"[\x21-\x7e]+")


class Discord:
    """A `ChatAdapter`, a `Messenger` and the `Files` of one Discord bot.

    Args:
        token: as the developer portal gave it.
        courses: what is offered while a reader types a command; a `CourseStore` is one.
        inbox: where questions are kept until they are answered.
        now: the clock; aware times.
        commands: file with a digest of the commands that Discord was told last; None to tell it at each start.
        message_content: whether the portal grants the message-content intent.
        api: address of the REST API with its version; empty for Discord's.
        gateway: address of the gateway; empty for Discord's.
        ready: called with the bot's name when it is connected.
        save_emoji: the sign under a message that is told to the core; empty for none.
    """

    def __init__(
        self,
        token: str,
        *,
        courses: CourseList,
        inbox: Inbox,
        now: Callable[[], datetime],
        commands: Path | None = None,
        message_content: bool = False,
        api: str = "",
        gateway: str = "",
        ready: Callable[[str], None] | None = None,
        save_emoji: str = "",
    ) -> None:
        self._token = token.strip()
        self._courses = courses
        self._inbox = inbox
        self._now = now
        self._commands = commands
        self._message_content = message_content
        self._api = api
        self._gateway = gateway
        self._ready = ready
        self._save_emoji = save_emoji
        self._client: CourseClient | None = None

    async def run(self, handle: Handler) -> None:
        """Listen until cancelled.

        Raises:
            CoursebotError: "discord-token" when Discord refuses the token.
        """
        if not _TOKEN.fullmatch(self._token):
            raise CoursebotError("discord-token")
        tidying = asyncio.create_task(self._tidy(), name="discord-tidy")
        wait = _FIRST_WAIT
        try:
            with endpoints(api=self._api, gateway=self._gateway), calm_log():
                while True:
                    began = asyncio.get_running_loop().time()
                    error = await self._once(handle)
                    if asyncio.get_running_loop().time() - began > _LONGEST_WAIT:
                        wait = _FIRST_WAIT
                    if isinstance(error, discord.PrivilegedIntentsRequired) and self._message_content:
                        logger.warning(
                            "Discord does not grant the message-content intent, so unasked questions are not seen; "
                            "switch it on in the developer portal (Bot, Message Content Intent) and start again.",
                            extra={"action": "no-content"},
                        )
                        self._message_content = False
                        continue
                    logger.warning("Discord does not answer: %s", brief(error), extra={"action": "no-answer"})
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, _LONGEST_WAIT)
        finally:
            tidying.cancel()

    @property
    def connected(self) -> bool:
        """Whether the bot is connected, so that something can be sent."""
        return self._client is not None and self._client.is_ready()

    async def send(self, chat: Chat, reply: Reply, *, key: str = "", arm: Arm | None = None) -> Receipt:
        """Say something unasked, as in `bot.ports.Messenger`; UNSENT while the adapter is not connected.

        A message with the same key, or without one the same words, to the same chat carries the same name, so that
        Discord itself drops a second sending within a few minutes.
        """
        channel, place = self._channel(chat)
        last = ""
        for index, post in enumerate(outgoing.posts(reply)):
            name = posting.nonce(place, key, index) if key else posting.name_of(place, index, post)
            if arm is not None and not await arm():
                raise NotArmedError
            arm = None
            try:
                last = str((await posting.say(channel, post, name=name)).id)
            except Exception as error:
                found = send_error(error)
                if last and found.failure is Failure.UNSENT:
                    # A part is out: whoever tries all of it again would say that twice.
                    found = SendError(Failure.UNKNOWN, found.reason)
                raise found from error
        if not last:
            raise SendError(Failure.REFUSED, "nothing to say")
        return Receipt(last)

    async def find(self, chat: Chat, payloads: Collection[str]) -> Receipt | None:
        """The latest message of ours with such a button, as in `bot.ports.Messenger`."""
        channel, _ = self._channel(chat)
        wanted = {outgoing.custom_id(each) for each in payloads}
        try:
            return await posting.find(channel, wanted)
        except Exception as error:
            found = send_error(error)
            if found.failure in {Failure.BLOCKED, Failure.REFUSED}:
                return (
                    None  # a channel whose history the bot may not read; sending tells whether it may write
                )
            # Looking has sent nothing, whatever became of it.
            failure = Failure.UNSENT if found.failure is Failure.UNKNOWN else found.failure
            raise SendError(failure, found.reason, retry_after=found.retry_after) from error

    async def direct(self, person: Person) -> Chat | None:
        """The direct messages with somebody, as in `bot.team.reaching.Direct`; Discord gives the same each time."""
        client = self._client
        if client is None or not client.is_ready() or not person.id.isdecimal():
            return None
        try:
            channel = await client.create_dm(discord.Object(int(person.id)))
        except Exception as error:  # noqa: BLE001 - whoever asks has another place to tell it
            logger.info("no direct messages: %s", brief(error), extra={"action": "no-direct"})
            return None
        return Chat(platform=Platform.DISCORD, id=str(channel.id))

    def _channel(self, chat: Chat) -> tuple[discord.PartialMessageable, str]:
        """The channel or thread of a chat, and its id."""
        client = self._client
        if client is None or not client.is_ready():
            raise SendError(Failure.UNSENT, "not connected")
        place = chat.thread or chat.id
        if not place.isdecimal():
            raise SendError(Failure.REFUSED, "no such chat")
        return client.get_partial_messageable(int(place)), place

    async def fetch(self, attachment: Attachment) -> bytes:
        """The content of a file that was sent to the bot, as in `bot.ports.Files`."""
        return await files.fetch(attachment)

    async def _once(self, handle: Handler) -> Exception:
        """Connect and listen for as long as that works; what ended it, when it is worth another try.

        Raises:
            CoursebotError: "discord-token" when Discord refuses the token.
        """
        client = CourseClient(
            handle=handle,
            courses=self._courses,
            inbox=self._inbox,
            now=self._now,
            commands=self._commands,
            message_content=self._message_content,
            ready=self._ready,
            save_emoji=self._save_emoji,
        )
        self._client = client
        try:
            await client.start(self._token)
        except discord.PrivilegedIntentsRequired as error:
            return error
        except Exception as error:
            if refused_token(error):
                raise CoursebotError("discord-token") from None
            if not passing(error):
                raise
            return error
        finally:
            self._client = None
            await _through(client.finish(grace=_GRACE, after=_AFTER))
        return ConnectionError("closed")

    async def _tidy(self) -> None:
        """Forget old answers every hour."""
        while True:
            try:
                await self._inbox.prune(before=self._now() - _REMEMBERED)
            except CoursebotError as error:
                logger.warning("answers not tidied: %s", error.key, extra={"action": "tidy-failed"})
            await asyncio.sleep(_TIDY_EVERY)


async def _through(ending: Coroutine[None, None, None]) -> None:
    """Await something that must run to its end although we are cancelled (once more) meanwhile."""
    task = asyncio.create_task(ending)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
