"""What is kept of readers, in this process only: enough for a terminal session and for trying things out.

Bounded, and forgotten when the process ends. No aliases are learned here, for there is no index to teach.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from bot.forms import FormAsked
from bot.messages import Chat, Person, Platform
from bot.opinions import Counted, Disputed, Vote
from bot.ports import Preference
from bot.preferences import SessionPreferences
from bot.readers import AskedQuestion, ChatSetting, Ending, Holdings, ReaderStores
from bot.team.cases import Cause, Reported, Wish, Wording

K = TypeVar("K")
V = TypeVar("V")

_ENOUGH = 2
"""Readers who find an entry wrong until it is looked at."""

_Place = tuple[str, str, str]
_Who = tuple[str, str]


class _Bounded(OrderedDict[K, V]):
    """Keeps the newest `capacity` items."""

    capacity = 2_000

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > self.capacity:
            self.popitem(last=False)


def _place(chat: Chat) -> _Place:
    return (chat.platform.value, chat.id, chat.thread)


def _who(person: Person) -> _Who:
    return (person.platform.value, person.id)


class SessionChats:
    """A `ChatStore` of this process."""

    def __init__(self) -> None:
        self._kept: _Bounded[_Place, ChatSetting] = _Bounded()

    async def of(self, chat: Chat) -> ChatSetting:
        """The setting of the topic, else of the whole chat, else the default."""
        whole = self._kept.get((chat.platform.value, chat.id, ""), ChatSetting())
        return self._kept.get(_place(chat), whole)

    async def save(self, chat: Chat, setting: ChatSetting) -> None:
        """Keep a setting."""
        self._kept[_place(chat)] = setting

    async def moved(self, platform: Platform, old: str, new: str) -> None:
        """Carry over what is kept for chat `old` to `new`."""
        for place in [each for each in self._kept if each[:2] == (platform.value, old)]:
            self._kept.setdefault((place[0], new, place[2]), self._kept.pop(place))


class SessionQuestions:
    """A `QuestionLog` of this process."""

    def __init__(self) -> None:
        self._kept: _Bounded[str, tuple[AskedQuestion, _Place, _Who | None, str]] = _Bounded()

    async def add(self, question: AskedQuestion, *, chat: Chat, asker: Person, message: str = "") -> None:
        """Keep a question, in place of an older wording of the same message."""
        older = await self._of_message(message, chat) if message else None
        if older:
            del self._kept[older.id]
        self._kept[question.id] = (question, _place(chat), _who(asker), message)

    async def recall(self, id: str, *, chat: Chat, person: Person) -> AskedQuestion | None:  # noqa: A002
        """The question of that id, if it was asked in that chat."""
        kept = self._kept.get(id)
        if kept is None or kept[1] != _place(chat):
            return None
        return replace(kept[0], mine=kept[2] == _who(person))

    async def asked_as(self, message: str, *, chat: Chat) -> AskedQuestion | None:
        """The question that a message asked."""
        return await self._of_message(message, chat)

    async def _of_message(self, message: str, chat: Chat) -> AskedQuestion | None:
        place = _place(chat)
        return next(
            (each[0] for each in reversed(self._kept.values()) if each[1] == place and each[3] == message),
            None,
        )

    async def unasked_since(self, since: datetime, *, chat: Chat) -> int:
        """How many questions in that chat were answered unasked after that time."""
        return sum(
            each.unasked and each.at > since and place == _place(chat)
            for each, place, _, _ in self._kept.values()
        )

    async def last_answer(self, chat: Chat) -> str:
        """Ref of the last answer that was found in that chat, or empty."""
        for each, place, _, _ in reversed(self._kept.values()):
            if place == _place(chat) and each.ending is Ending.FOUND:
                return each.findings[0].ref
        return ""

    async def purge(self, *, before: datetime) -> int:
        """Forget the questions asked before that time."""
        old = [id_ for id_, (each, *_) in self._kept.items() if each.at < before]
        for id_ in old:
            del self._kept[id_]
        return len(old)

    def disown(self, person: Person) -> int:
        """Make a person's questions nobody's; how many they were."""
        theirs = [(id_, kept) for id_, kept in self._kept.items() if kept[2] == _who(person)]
        for id_, (question, *_) in theirs:
            self._kept[id_] = (question, ("", "", ""), None, "")
        return len(theirs)

    def count(self, person: Person) -> int:
        """How many questions are that person's."""
        return sum(kept[2] == _who(person) for kept in self._kept.values())


class SessionVotes:
    """A `VoteStore` of this process, which learns nothing."""

    def __init__(self) -> None:
        self.kept: _Bounded[tuple[_Who, str, str], Vote] = _Bounded()

    async def cast(self, vote: Vote, *, person: Person, at: datetime) -> Counted:
        """Count a person's vote, in place of an earlier one."""
        key = (_who(person), vote.ref, vote.question)
        changed = self.kept.get(key) != vote
        self.kept[key] = vote
        down = sum(not each.up for (_, *what), each in self.kept.items() if what == [vote.ref, vote.question])
        return Counted(changed, rejected=down >= _ENOUGH)

    async def disputed(self, *, limit: int = 50) -> list[Disputed]:
        """Nothing: there are no admins in a session."""
        return []


class SessionCases:
    """A `CaseIntake` of this process, where nobody answers."""

    def __init__(self) -> None:
        self.kept: _Bounded[tuple[_Who, int], Wish] = _Bounded()
        self._numbers: _Bounded[tuple[str, str], int] = _Bounded()

    async def wordings(self, course: str, *, limit: int = 2000) -> list[Wording]:
        """The wordings of a course's cases, those of the newest first."""
        found = {
            Wording(number, wish.question) for (_, number), wish in self.kept.items() if wish.course == course
        }
        return sorted(found, key=lambda each: (-each.case, each.text))[:limit]

    async def report(self, wish: Wish, *, case: int | None = None) -> Reported:
        """Count a reader in a case, once."""
        words = (wish.course, wish.question)
        known = case or self._numbers.get(words)
        number = known or len(self._numbers) + 1
        self._numbers.setdefault(words, number)
        key = (_who(wish.person), number)
        held = self.kept.get(key)
        joined = held is None or (held.cause is Cause.DOUBTED and wish.cause is not Cause.DOUBTED)
        if joined:
            self.kept[key] = wish
        return Reported(number, opened=known is None, joined=joined)

    async def reported_since(self, since: datetime, *, person: Person) -> int:
        """In how many cases a person was counted after that time."""
        return sum(key[0] == _who(person) and wish.at > since for key, wish in self.kept.items())


class SessionForms:
    """A `FormStore` of this process."""

    def __init__(self) -> None:
        self._kept: _Bounded[tuple[_Who, _Place], FormAsked] = _Bounded()

    async def of(self, person: Person, chat: Chat) -> FormAsked | None:
        """The form of that person there."""
        return self._kept.get((_who(person), _place(chat)))

    async def save(self, asked: FormAsked, *, person: Person, chat: Chat) -> FormAsked | None:
        """Keep a form in place of the one of the same version."""
        held = self._kept.get((_who(person), _place(chat)))
        there = held.version if held else 0
        if asked.version not in {0, there}:
            return None
        kept = replace(asked, version=there + 1)
        self._kept[_who(person), _place(chat)] = kept
        return kept

    async def drop(self, person: Person, chat: Chat) -> None:
        """Forget the form of that person there."""
        self._kept.pop((_who(person), _place(chat)), None)

    async def purge(self, *, before: datetime) -> int:
        """Forget the forms that expired before that time."""
        old = [key for key, asked in self._kept.items() if asked.expires_at < before]
        for key in old:
            del self._kept[key]
        return len(old)

    def forget(self, person: Person) -> None:
        """Forget a person's forms, wherever they are."""
        for key in [each for each in self._kept if each[0] == _who(person)]:
            del self._kept[key]


class SessionExercises:
    """An `ExerciseStore` of this process."""

    def __init__(self) -> None:
        self.kept: _Bounded[tuple[_Who, str, str], datetime] = _Bounded()

    async def seen(self, person: Person, course: str, lesson: str) -> bool:
        """Whether that person answered, or gave up, before."""
        return (_who(person), course, lesson) in self.kept

    async def see(self, person: Person, course: str, lesson: str, *, at: datetime) -> None:
        """Remember that they did."""
        self.kept[_who(person), course, lesson] = at


class SessionPersonalData:
    """A person's data in this process."""

    def __init__(
        self,
        *,
        preferences: SessionPreferences,
        questions: SessionQuestions,
        votes: SessionVotes,
        cases: SessionCases,
        forms: SessionForms,
        exercises: SessionExercises,
    ) -> None:
        self._preferences = preferences
        self._questions = questions
        self._votes = votes
        self._cases = cases
        self._forms = forms
        self._exercises = exercises

    async def of(self, person: Person) -> Holdings:
        """How much is kept of that person."""
        who = _who(person)
        return Holdings(
            preferences=int(await self._preferences.of(person) != Preference()),
            questions=self._questions.count(person),
            votes=sum(key[0] == who for key in self._votes.kept),
            requests=sum(key[0] == who for key in self._cases.kept),
            exercises=sum(key[0] == who for key in self._exercises.kept),
        )

    async def erase(self, person: Person) -> Holdings:
        """Erase what is kept of that person; what there was."""
        held = await self.of(person)
        who = _who(person)
        self._preferences.forget(person)
        self._questions.disown(person)
        self._forms.forget(person)
        for vote in [key for key in self._votes.kept if key[0] == who]:
            del self._votes.kept[vote]
        for wish in [key for key in self._cases.kept if key[0] == who]:
            del self._cases.kept[wish]
        for exercise in [key for key in self._exercises.kept if key[0] == who]:
            del self._exercises.kept[exercise]
        return held


def session_stores(preferences: SessionPreferences | None = None) -> ReaderStores:
    """Stores that forget when the process ends."""
    preferences = SessionPreferences() if preferences is None else preferences
    questions, votes, cases = SessionQuestions(), SessionVotes(), SessionCases()
    forms, exercises = SessionForms(), SessionExercises()
    return ReaderStores(
        preferences=preferences,
        chats=SessionChats(),
        questions=questions,
        votes=votes,
        cases=cases,
        personal=SessionPersonalData(
            preferences=preferences,
            questions=questions,
            votes=votes,
            cases=cases,
            forms=forms,
            exercises=exercises,
        ),
        forms=forms,
        exercises=exercises,
    )
