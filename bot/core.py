"""The core: one thing heard in, any number of replies out, the same on every platform.

    platform ─► adapter ─► Core.handle ─► handlers ─► ports
                                └──────► render ──► Reply ─► adapter ─► platform

`handle` never raises: an error that a person can mend is told in their language; any other is logged with a
short id that the apology names (`bot/incidents.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot import commands
from bot.buttons import payloads
from bot.buttons.forms import FormStep
from bot.catalog import LANGUAGES, SIMPLIFIED, Catalog, catalog, has_han, negotiate
from bot.commands import Called, Mistyped
from bot.conversation import Conversations
from bot.daily.deliveries import Compose
from bot.daily.digests import DigestSource
from bot.daily.subscriptions import SubscriptionStore
from bot.handlers import ask, commanding, filling, overhear, pressing, smalltalk, submitting
from bot.handlers import inline as choosing
from bot.handlers.daily import exercises, returning
from bot.handlers.scene import Scene, Services
from bot.handlers.team import cases, saving, uploads
from bot.heard import fit, overheard, said_in
from bot.incidents import new_incident, report
from bot.messages import (
    ButtonPress,
    Chat,
    Command,
    Incoming,
    InlineQuery,
    Message,
    Person,
    Platform,
    Reaction,
    Submission,
)
from bot.pace import Pace, Verdict
from bot.ports import Answering, Files, Likeness
from bot.readers import QUESTIONS_KEPT, ChatSetting, ReaderStores
from bot.replies import InlineAnswer, Reply, Text
from bot.session import session_stores
from bot.stores import CourseStore
from bot.team.bulk import Bulk
from bot.team.claims import Claims
from bot.team.curating import Curating
from bot.team.impact import Impacts
from bot.team.pending import PendingStore
from bot.team.reaching import Direct
from bot.team.roles import NoStaff, StaffStore
from bot.team.settling import Settling
from bot.turns import Turns
from knowledge.errors import CoursebotError

EXCERPT = 300
"""Characters of an answer shown before "more", unless set otherwise."""

SAVE_EMOJI = "✍️"
"""The sign with which the team saves a message as an answer, unless set otherwise: one that Telegram allows everywhere
(https://core.telegram.org/bots/api#reactiontypeemoji)."""


class Core:
    """The platform-free bot.

    Args:
        answering: finds answers.
        courses: the stored courses.
        readers: what is kept of readers and their chats; kept in this process by default.
        conversations: what was just talked about; kept in this process by default.
        pace: how fast one person may ask.
        files: where the files that readers send can be had; adapters may be added later.
        directs: opens private chats with the team; likewise.
        subscriptions: who gets lessons day by day; by default nobody can.
        compose: puts a day's lesson into words.
        excerpt: characters of an answer shown before "more", at least 4.
        staff: who has which role; nobody by default.
        claims: the one-time code for the first owner; none by default.
        digests: the lessons' content; without it there are no exercises to answer.
        settling: settles cases of readers' questions; None for a bot without a team.
        team_chat: where the team is told of cases, or None.
        question_days: days for which questions are kept, as `/privacy` says.
        likeness: tells whether two questions are one; by default only the very words do.
        curating: changes the team's answers; nothing does by default.
        impacts: tells what a change would do to past questions; None where that is not known.
        bulk: tries and imports files; None where nothing can be imported.
        pending: files that wait to be imported.
        save_emoji: the sign with which somebody of the team saves a message as an answer; empty for none.
        new_incident: makes the short ids by which unexpected errors are found in the log.
    """

    def __init__(
        self,
        *,
        answering: Answering,
        courses: CourseStore,
        readers: ReaderStores | None = None,
        conversations: Conversations | None = None,
        pace: Pace | None = None,
        files: Mapping[Platform, Files] | None = None,
        directs: Mapping[Platform, Direct] | None = None,
        subscriptions: SubscriptionStore | None = None,
        compose: Compose | None = None,
        excerpt: int = EXCERPT,
        staff: StaffStore | None = None,
        claims: Claims | None = None,
        digests: DigestSource | None = None,
        question_days: int = QUESTIONS_KEPT.days,
        likeness: Likeness | None = None,
        curating: Curating | None = None,
        impacts: Impacts | None = None,
        bulk: Bulk | None = None,
        pending: PendingStore | None = None,
        settling: Settling | None = None,
        team_chat: Chat | None = None,
        save_emoji: str = SAVE_EMOJI,
        new_incident: Callable[[], str] = new_incident,
    ) -> None:
        self._save_sign = same_sign(save_emoji)
        readers = session_stores() if readers is None else readers
        conversations = Conversations() if conversations is None else conversations
        self._services = Services(
            answering=answering,
            courses=courses,
            readers=readers,
            conversations=conversations,
            turns=Turns(conversations, readers.questions, answering),
            excerpt=excerpt,
            subscriptions=subscriptions,
            compose=compose,
            digests=digests,
            files={} if files is None else files,
            directs={} if directs is None else directs,
            staff=NoStaff() if staff is None else staff,
            claims=Claims() if claims is None else claims,
            question_days=question_days,
            likeness=likeness,
            curating=curating,
            impacts=impacts,
            bulk=bulk,
            pending=pending,
            settling=settling,
            team_chat=team_chat,
        )
        self._pace = Pace() if pace is None else pace
        self._press_pace = Pace(burst=10, every=timedelta(seconds=1))
        self._new_incident = new_incident

    async def handle(self, incoming: Incoming) -> list[Reply]:
        """What the bot says to one thing it heard, which may be nothing; never raises."""
        words = _first_words(incoming.sender)
        if isinstance(incoming, Reaction) and same_sign(incoming.emoji) != self._save_sign:
            return []
        if isinstance(incoming, Message):
            self._services.recent.note(incoming)
        try:
            scene = await self._scene(incoming)
            words = scene.words
            if isinstance(incoming, Reaction):
                return await self._dispatch(incoming, scene)
            if overheard(incoming):
                return await overhear.overhear(self._services, scene, said_in(incoming))
            verdict = self._verdict(incoming)
            if verdict is Verdict.GO:
                back = await returning.welcome(self._services, scene)
                return [*back, *await self._dispatch(incoming, scene)]
            return [scene.say("pace.slow")] if verdict is Verdict.SLOW else []
        except CoursebotError as error:
            return [] if overheard(incoming) else [_sentence(words.say(error))]
        except Exception as error:  # noqa: BLE001 - the reader gets a word, the log the place
            incident = self._report(error, type(incoming).__name__, incoming.chat.platform)
            if overheard(incoming):
                return []
            return [_sentence(words.text("error.incident", incident=incident))]

    async def inline(self, query: InlineQuery) -> list[InlineAnswer]:
        """Up to ten answers to choose from, best first; none for an empty text; never raises."""
        try:
            preference = await self._services.readers.preferences.of(query.sender)
            said = fit(query.text)
            scene = Scene(
                chat=Chat(platform=query.sender.platform, id=""),
                sender=query.sender,
                at=query.at,
                words=await self._words(query.sender, said, preference.language, preference.course),
                preference=preference,
            )
            return await choosing.inline(self._services, scene, said)
        except CoursebotError:
            return []
        except Exception as error:  # noqa: BLE001 - a list cannot apologise; the log has the place
            self._report(error, type(query).__name__, query.sender.platform)
            return []

    def _report(self, error: Exception, what: str, platform: Platform) -> str:
        """Log an unexpected error; the id to find it by."""
        incident = self._new_incident()
        report(error, incident, what=what, platform=platform)
        return incident

    def _verdict(self, incoming: Incoming) -> Verdict:
        if incoming.chat.platform is Platform.CONSOLE:
            # Whoever sits at the terminal slows down nobody but themselves.
            return Verdict.GO
        pace = self._press_pace if isinstance(incoming, ButtonPress) else self._pace
        return pace.verdict(incoming.sender, at=incoming.at)

    async def _scene(self, incoming: Incoming) -> Scene:
        chat, sender = incoming.chat, incoming.sender
        if isinstance(incoming, Reaction):
            # Telegram names the group and not the topic.
            chat = self._services.recent.place(chat, incoming.id, at=incoming.at)
        preference = await self._services.readers.preferences.of(sender)
        setting = ChatSetting() if chat.private else await self._services.readers.chats.of(chat)
        course = setting.course or preference.course
        words = await self._words(sender, said_in(incoming), preference.language, course, incoming)
        console = chat.platform is Platform.CONSOLE
        return Scene(
            chat=chat,
            sender=sender,
            at=incoming.at,
            words=words,
            preference=preference,
            setting=setting,
            by_manager=not isinstance(incoming, Message | Reaction) and incoming.by_manager,
            # The console counts its messages from 1 each time, so there an id names nothing.
            message="" if console or isinstance(incoming, ButtonPress | Reaction) else incoming.id,
            edited=isinstance(incoming, Message) and incoming.edited,
            reply_to=_about(incoming),
            quoted=incoming.quoted if isinstance(incoming, Message | Command | Reaction) else None,
        )

    async def _dispatch(self, incoming: Incoming, scene: Scene) -> list[Reply]:
        return await filling.shown(self._services, scene, incoming, await self._answered(incoming, scene))

    async def _answered(self, incoming: Incoming, scene: Scene) -> list[Reply]:
        platform = incoming.chat.platform
        match incoming:
            case ButtonPress(payload=payload):
                return await self._press(payloads.decode(payload), scene)
            case Submission(payload=payload, fields=fields):
                return await submitting.submit(self._services, scene, payload, fields)
            case Command(name=name, arguments=arguments):
                return await self._said(
                    scene, commands.resolve(fit(name), fit(arguments), platform), fit(arguments)
                )
            case Message(text=text, files=files):
                said = fit(text)
                if (
                    files
                    and (replies := await uploads.uploaded(self._services, scene, said, files)) is not None
                ):
                    return replies
                return await self._said(scene, commands.parse(said, platform), said)
            case Reaction():
                return await saving.reacted(self._services, scene)

    async def _said(self, scene: Scene, command: Called | Mistyped | None, said: str) -> list[Reply]:
        """Something typed: a command, else the answer that a form waits for, else a question."""
        services = self._services
        if command is None and (replies := await cases.replied(services, scene, said)) is not None:
            return replies
        asked = await filling.waiting(services, scene)
        before: list[Reply] = []
        if asked and isinstance(command, Called):
            if command.spec.name != "cancel" and not scene.edited:
                before = await filling.leave(services, scene, asked)
        elif asked and not (isinstance(command, Mistyped) and (command.meant or command.elsewhere)):
            filled = await filling.take(services, scene, asked, said)
            if filled is not None:
                return await self._filled(scene, filled)
            before = await filling.expired(services, scene, asked)
        replies = await (
            commanding.run(self._services, scene, command) if command else self._plain(scene, said)
        )
        return [*before, *replies]

    async def _plain(self, scene: Scene, said: str) -> list[Reply]:
        """Words that are no command: an answer to a digest's exercises, small talk, else a question."""
        for answer in (exercises.replied, smalltalk.smalltalk):
            replies = await answer(self._services, scene, said)
            if replies is not None:
                return replies
        return await ask.ask(self._services, scene, said)

    async def _filled(self, scene: Scene, filled: filling.Filled) -> list[Reply]:
        if not isinstance(filled, Submission):
            return filled
        replies = await submitting.submit(self._services, scene, filled.payload, filled.fields)
        await filling.finished(self._services, scene)
        return replies

    async def _press(self, payload: payloads.Payload | None, scene: Scene) -> list[Reply]:
        if payload is None:
            return [scene.say("answer.old-button")]
        if isinstance(payload, payloads.Run):
            return await commanding.run(
                self._services, scene, commands.resolve(payload.command, "", scene.chat.platform)
            )
        if isinstance(payload, FormStep):
            return await self._filled(scene, await filling.press(self._services, scene, payload))
        return await pressing.press(self._services, scene, payload)

    async def _words(
        self, sender: Person, said: str, chosen: str, course: str, incoming: Incoming | None = None
    ) -> Catalog:
        """The language: the reader's choice, else the platform's, else the words' own, else the course's."""
        if chosen in LANGUAGES:
            return catalog(chosen)
        if sender.language:
            return catalog(negotiate(sender.language))
        if has_han(said):
            return catalog(SIMPLIFIED)
        if incoming and not said:
            last = self._services.conversations.last(incoming.chat, sender, at=incoming.at)
            if last:
                return catalog(last.language)
        spoken = {negotiate(each.language) for each in await self._services.in_scope(course)}
        # Chinese readers ask in English words too ("redis?"), so one Chinese course is enough.
        return catalog(next((each for each in LANGUAGES if each in spoken), SIMPLIFIED))


def same_sign(emoji: str) -> str:
    """An emoji without the mark that asks for it in colour, which platforms send or leave out."""
    return emoji.replace("\ufe0f", "").strip()


def _about(incoming: Incoming) -> str:
    """Id of the message that something is about."""
    match incoming:
        case Message(reply_to=message) | Command(reply_to=message) | Reaction(id=message):
            return message
        case _:
            return ""


def _first_words(sender: Person) -> Catalog:
    """The language to speak while nothing else is known."""
    return catalog(negotiate(sender.language) if sender.language else SIMPLIFIED)


def _sentence(text: str) -> Reply:
    return Reply(spans=(Text(text),), private=True)
