"""All stores of readers and their chats, over one database and one key."""

from __future__ import annotations

from adapters.sql.daily.digests import SqlExerciseStore
from adapters.sql.database import Database
from adapters.sql.forms import SqlFormStore
from adapters.sql.personal import SqlPersonalData
from adapters.sql.preferences import SqlChatStore, SqlPreferenceStore
from adapters.sql.pseudonyms import Pseudonyms
from adapters.sql.questions import SqlQuestionLog
from adapters.sql.team.cases import SqlCaseStore
from adapters.sql.votes import SqlVoteStore
from bot.readers import ReaderStores


def reader_stores(database: Database) -> ReaderStores:
    """The stores, to be made once in a process: questions are written together by one of them."""
    pseudonyms = Pseudonyms(database)
    return ReaderStores(
        preferences=SqlPreferenceStore(database, pseudonyms),
        chats=SqlChatStore(database),
        questions=SqlQuestionLog(database, pseudonyms),
        votes=SqlVoteStore(database, pseudonyms),
        cases=SqlCaseStore(database, pseudonyms),
        personal=SqlPersonalData(database, pseudonyms),
        forms=SqlFormStore(database, pseudonyms),
        exercises=SqlExerciseStore(database, pseudonyms),
    )
