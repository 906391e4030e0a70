"""What every handler is given: the services behind the bot, and the scene in which something was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.catalog import Catalog
from bot.conversation import Conversations
from bot.messages import Chat, Person, Reply, Span, Text
from bot.ports import Answering, CourseStore, CourseSummary, Preference, PreferenceStore
from bot.spans import marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the handlers work with.

    Attributes:
        answering: finds answers.
        courses: the stored courses.
        preferences: readers' own settings.
        conversations: what was just talked about.
        excerpt: characters of an answer shown before "more".
    """

    answering: Answering
    courses: CourseStore
    preferences: PreferenceStore
    conversations: Conversations
    excerpt: int

    async def in_scope(self, preference: Preference) -> list[CourseSummary]:
        """The courses the reader looks in: the chosen one where it still exists, else all."""
        summaries = await self.courses.summaries()
        return [each for each in summaries if each.slug == preference.course] or summaries


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing that was said.

    Attributes:
        chat: where.
        sender: by whom.
        at: when.
        words: the language to answer in.
        preference: what the sender chose.
    """

    chat: Chat
    sender: Person
    at: datetime
    words: Catalog
    preference: Preference

    def say(self, key: str, /, **values: object) -> Reply:
        """A reply of one sentence from the catalog."""
        if values:
            # Filled sentences hold others' words, which must not become emphasis or code.
            spans: tuple[Span, ...] = (Text(self.words.text(key, **values)),)
        else:
            spans = marked(self.words.text(key))
        return Reply(spans=spans, private=True)
