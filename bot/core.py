"""The core: one thing heard in, any number of replies out, the same on every platform.

    platform ─► adapter ─► Core.handle ─► handlers ─► ports
                                └──────► render ──► Reply ─► adapter ─► platform

`handle` never raises: an error that a person can mend is told in their language; any other is logged with a
short id that the apology names. Readers' words are never logged, so neither are exceptions' messages, which
may quote them.
"""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Awaitable, Callable

from bot import commands, payloads
from bot.catalog import LANGUAGES, SIMPLIFIED, Catalog, catalog, has_han, negotiate
from bot.commands import Called, Mistyped
from bot.conversation import Conversations
from bot.handlers import ask, courses, lessons, recall, settings
from bot.handlers import help as helping
from bot.handlers.scene import Scene, Services
from bot.messages import ButtonPress, Command, Incoming, Message, Reply, Text
from bot.ports import Answering, CourseStore, Preference, PreferenceStore
from bot.preferences import SessionPreferences
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.core")

EXCERPT = 300
"""Characters of an answer shown before "more", unless set otherwise."""

_HEARD = 20_000
"""Characters of a message that are looked at; a question keeps fewer (`handlers.ask.LONGEST`)."""
# Half characters cannot be stored or sent, and NUL ends strings in many a library.
_UNFIT = re.compile(r"[\x00\ud800-\udfff]")

Do = Callable[[Services, Scene, str], Awaitable[list[Reply]]]

HANDLERS: dict[str, Do] = {
    "ask": ask.ask,
    "more": recall.more,
    "why": recall.why,
    "lessons": lessons.lessons,
    "lesson": lessons.lesson,
    "course": courses.course,
    "settings": settings.settings,
    "help": helping.help_,
    "start": helping.start,
    "quit": helping.leave,
}
"""What does each command."""


def _incident() -> str:
    return secrets.token_hex(3)


class Core:
    """The platform-free bot.

    Args:
        answering: finds answers.
        courses: the stored courses.
        preferences: readers' own settings; kept in this process by default.
        conversations: what was just talked about; kept in this process by default.
        excerpt: characters of an answer shown before "more", at least 4.
        new_incident: makes the short ids by which unexpected errors are found in the log.
    """

    def __init__(
        self,
        *,
        answering: Answering,
        courses: CourseStore,
        preferences: PreferenceStore | None = None,
        conversations: Conversations | None = None,
        excerpt: int = EXCERPT,
        new_incident: Callable[[], str] = _incident,
    ) -> None:
        self._services = Services(
            answering=answering,
            courses=courses,
            preferences=SessionPreferences() if preferences is None else preferences,
            conversations=Conversations() if conversations is None else conversations,
            excerpt=excerpt,
        )
        self._new_incident = new_incident

    async def handle(self, incoming: Incoming) -> list[Reply]:
        """What the bot says to one thing it heard; never raises."""
        words = catalog(negotiate(incoming.sender.language) if incoming.sender.language else SIMPLIFIED)
        try:
            preference = await self._services.preferences.of(incoming.sender)
            words = await self._words(incoming, preference)
            scene = Scene(
                chat=incoming.chat, sender=incoming.sender, at=incoming.at, words=words, preference=preference
            )
            return await self._dispatch(incoming, scene)
        except CoursebotError as error:
            return [_sentence(words.say(error))]
        except Exception as error:  # noqa: BLE001 - the reader gets a word, the log the place
            incident = self._new_incident()
            logger.error(  # noqa: TRY400 - exception() would log the message, which may quote the reader
                "incident %s: %s on %s failed\n%s",
                incident,
                type(incoming).__name__,
                incoming.chat.platform.value,
                _places(error),
                extra={"action": "incident", "incident": incident},
            )
            return [_sentence(words.text("error.incident", incident=incident))]

    async def _dispatch(self, incoming: Incoming, scene: Scene) -> list[Reply]:
        services, platform = self._services, incoming.chat.platform
        match incoming:
            case ButtonPress(payload=payload):
                return await self._press(payloads.decode(payload), scene)
            case Command(name=name, arguments=arguments):
                return await self._run(commands.resolve(_fit(name), _fit(arguments), platform), scene)
            case Message(text=text):
                said = _fit(text)
                command = commands.parse(said, platform)
                if command is None:
                    return await ask.ask(services, scene, said)
                return await self._run(command, scene)

    async def _run(self, command: Called | Mistyped, scene: Scene) -> list[Reply]:
        if isinstance(command, Mistyped):
            return [helping.mistyped(scene, command)]
        do = HANDLERS.get(command.spec.name)
        return await do(self._services, scene, command.arguments) if do else []

    async def _press(self, payload: payloads.Payload | None, scene: Scene) -> list[Reply]:
        services = self._services
        match payload:
            case None:
                return [scene.say("answer.old-button")]
            case payloads.Language():
                return await settings.press(services, scene, payload)
            case payloads.PickCourse():
                return await courses.press(services, scene, payload)
            case payloads.Lessons():
                return await lessons.press(services, scene, payload)
            case payloads.Run(command):
                return await self._run(commands.resolve(command, "", scene.chat.platform), scene)
            case _:
                return await recall.press(services, scene, payload)

    async def _words(self, incoming: Incoming, preference: Preference) -> Catalog:
        """The language: the reader's choice, else the platform's, else the words' own, else the course's."""
        if preference.language in LANGUAGES:
            return catalog(preference.language)
        if incoming.sender.language:
            return catalog(negotiate(incoming.sender.language))
        said = incoming.text if isinstance(incoming, Message) else ""
        if isinstance(incoming, Command):
            said = incoming.arguments
        if has_han(said[:_HEARD]):
            return catalog(SIMPLIFIED)
        last = self._services.conversations.last(incoming.chat, incoming.sender, at=incoming.at)
        if last and not said:
            return catalog(last.language)
        scope = await self._services.in_scope(preference)
        spoken = {negotiate(each.language) for each in scope}
        # Chinese readers ask in English words too ("redis?"), so one Chinese course is enough.
        return catalog(next((each for each in LANGUAGES if each in spoken), SIMPLIFIED))


def _fit(text: str) -> str:
    """What of a message can be worked with."""
    return _UNFIT.sub("\ufffd", text[:_HEARD]).strip()


def _sentence(text: str) -> Reply:
    return Reply(spans=(Text(text),), private=True)


def _places(error: BaseException) -> str:
    """The traceback of an error and its causes: types and places, without messages."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines += [*traceback.format_tb(current.__traceback__), f"{type(current).__qualname__}\n"]
        current = current.__cause__ or current.__context__
    return "".join(lines).rstrip()
