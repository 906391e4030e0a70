"""What every handler is given: the services behind the bot, and the scene in which something was said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.catalog import Catalog
from bot.conversation import Conversations
from bot.daily.deliveries import Compose
from bot.daily.digests import DigestSource
from bot.daily.subscriptions import SubscriptionStore
from bot.messages import Chat, Person, Platform, Quoted
from bot.ports import Answering, Files, Likeness, Preference
from bot.readers import QUESTIONS_KEPT, ChatSetting, ReaderStores
from bot.rendering.spans import marked
from bot.replies import Reply, Span, Text
from bot.stores import CourseStore, CourseSummary
from bot.team.bulk import Bulk
from bot.team.claims import Claims
from bot.team.curating import Curating
from bot.team.impact import Impacts
from bot.team.pending import PendingStore
from bot.team.reaching import Direct
from bot.team.recent import Recent
from bot.team.roles import NoStaff, StaffStore
from bot.team.settling import Settling
from bot.turns import Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the handlers work with.

    Attributes:
        answering: finds answers.
        courses: the stored courses.
        readers: what is kept of readers and their chats.
        conversations: what was just talked about.
        turns: questions and their outcomes by id.
        excerpt: characters of an answer shown before "more".
        subscriptions: who gets lessons day by day; None where nothing can be sent unasked.
        compose: puts a day's lesson into words; None likewise.
        digests: the lessons' content, or None where there is no database.
        question_days: days for which questions are kept.
        files: where the files that readers send can be had.
        directs: opens private chats with the team.
        staff: who has which role.
        claims: the one-time code by which the first owner is told.
        likeness: tells whether two questions are one; None to go by the very words.
        settling: settles cases; None for a bot without a team.
        team_chat: where the team is told of cases, or None.
        reporting: held while a question becomes a case, so that two alike at once become one.
        curating: changes the team's answers; None where they cannot be changed.
        impacts: tells what a change would do to past questions; None where that is not known.
        bulk: tries and imports files; None where nothing can be imported.
        pending: files that wait to be imported.
        recent: what was just said in groups.
        speaking_up: held while it is decided whether to answer unasked, so that two at once keep to the cap.
    """

    answering: Answering
    courses: CourseStore
    readers: ReaderStores
    conversations: Conversations
    turns: Turns
    excerpt: int
    question_days: int = QUESTIONS_KEPT.days
    subscriptions: SubscriptionStore | None = None
    compose: Compose | None = None
    digests: DigestSource | None = None
    files: Mapping[Platform, Files] = field(default_factory=dict)
    directs: Mapping[Platform, Direct] = field(default_factory=dict)
    staff: StaffStore = field(default_factory=NoStaff)
    claims: Claims = field(default_factory=Claims)
    likeness: Likeness | None = None
    settling: Settling | None = None
    team_chat: Chat | None = None
    reporting: asyncio.Lock = field(default_factory=asyncio.Lock)
    curating: Curating | None = None
    impacts: Impacts | None = None
    bulk: Bulk | None = None
    pending: PendingStore | None = None
    recent: Recent = field(default_factory=Recent)
    speaking_up: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def in_scope(self, course: str) -> list[CourseSummary]:
        """The courses to look in: the chosen one where it still exists, else all."""
        summaries = await self.courses.summaries()
        return [each for each in summaries if each.slug == course] or summaries


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing that was said.

    Attributes:
        chat: where.
        sender: by whom.
        at: when.
        words: the language to answer in.
        preference: what the sender chose.
        setting: what the managers of the chat chose; nothing in private.
        by_manager: whether the sender may manage the chat.
        message: the platform's id of what was said, or empty where ids begin anew with each session.
        edited: whether it is a new wording of that message.
        reply_to: the platform's id of the message that it replies to, or empty.
        quoted: that message itself, where the platform hands it out.
    """

    chat: Chat
    sender: Person
    at: datetime
    words: Catalog
    preference: Preference
    setting: ChatSetting = field(default_factory=ChatSetting)
    by_manager: bool = False
    message: str = ""
    edited: bool = False
    reply_to: str = ""
    quoted: Quoted | None = None

    @property
    def course(self) -> str:
        """Slug of the course to look in, or empty: what the chat is bound to, else the reader's own choice."""
        return self.setting.course or self.preference.course

    def say(self, key: str, /, **values: object) -> Reply:
        """A reply of one sentence from the catalog."""
        if values:
            # Filled sentences hold others' words, which must not become emphasis or code.
            spans: tuple[Span, ...] = (Text(self.words.text(key, **values)),)
        else:
            spans = marked(self.words.text(key))
        return Reply(spans=spans, private=True)
