from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.conversation import Conversations, Turn, short_id
from bot.messages import Chat, Person, Platform
from knowledge.outcome import NotFound

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHAT = Chat(platform=Platform.TELEGRAM, id="1")
OTHER = Chat(platform=Platform.TELEGRAM, id="2")
IDS = count()


def person(name: str) -> Person:
    return Person(platform=Platform.TELEGRAM, id=name)


def ask(conversations: Conversations, name: str = "a", *, chat: Chat = CHAT, at: datetime = NOW) -> Turn:
    turn = Turn(id=f"turn{next(IDS)}", asker=name, question="?", outcome=NotFound(), language="en", at=at)
    conversations.remember(turn, chat, person(name))
    return turn


def test_the_last_turn_is_each_persons_own() -> None:
    conversations = Conversations()
    first, second = ask(conversations, "a"), ask(conversations, "b")
    assert conversations.last(CHAT, person("a"), at=NOW) == first
    assert conversations.last(CHAT, person("b"), at=NOW) == second
    assert conversations.last(OTHER, person("a"), at=NOW) is None


def test_a_turn_belongs_to_its_chat() -> None:
    conversations = Conversations()
    turn = ask(conversations)
    assert conversations.turn(turn.id, CHAT, at=NOW) == turn
    assert conversations.turn(turn.id, OTHER, at=NOW) is None


def test_turns_are_forgotten_in_time() -> None:
    conversations = Conversations(lifetime=timedelta(minutes=30))
    turn = ask(conversations)
    assert conversations.turn(turn.id, CHAT, at=NOW + timedelta(minutes=30))
    assert conversations.turn(turn.id, CHAT, at=NOW + timedelta(minutes=31)) is None
    ask(conversations, "b", at=NOW + timedelta(minutes=31))
    assert len(conversations) == 1


def test_a_flood_pushes_out_only_its_own() -> None:
    conversations = Conversations(each=2)
    quiet = ask(conversations, "quiet")
    for _ in range(100):
        ask(conversations, "loud")
    assert len(conversations) == 3
    assert conversations.last(CHAT, person("quiet"), at=NOW) == quiet


def test_memory_is_bounded() -> None:
    conversations = Conversations(capacity=10)
    for number in range(50):
        ask(conversations, str(number))
    assert len(conversations) == 10
    assert conversations.last(CHAT, person("39"), at=NOW) is None
    assert conversations.last(CHAT, person("40"), at=NOW)


def test_what_is_shown_and_offered_is_noted() -> None:
    conversations = Conversations()
    turn = ask(conversations)
    conversations.update(turn, offered=("c1", "c2"))
    conversations.update(turn, shown="c2")
    noted = conversations.turn(turn.id, CHAT, at=NOW)
    assert noted
    assert (noted.shown, noted.offered) == ("c2", ("c1", "c2"))


def test_updating_what_is_gone_changes_nothing() -> None:
    conversations = Conversations(each=1)
    gone = ask(conversations)
    ask(conversations)
    conversations.update(gone, shown="c1")
    assert conversations.turn(gone.id, CHAT, at=NOW) is None


def test_a_person_can_be_forgotten() -> None:
    conversations = Conversations()
    ask(conversations, "a")
    ask(conversations, "a", chat=OTHER)
    kept = ask(conversations, "b")
    conversations.forget(person("a"))
    assert len(conversations) == 1
    assert conversations.last(CHAT, person("a"), at=NOW) is None
    assert conversations.last(CHAT, person("b"), at=NOW) == kept


def test_ids_fit_into_payloads() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{8}", short_id())
