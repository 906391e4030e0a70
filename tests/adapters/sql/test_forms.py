"""Forms that wait in a chat: the same contract for both databases, and for the store of one process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.forms import FormAsked, FormStore
from bot.messages import Chat, Person, Platform
from bot.readers import ReaderStores
from bot.replies import Field, Form
from bot.session import session_stores
from tests.adapters.sql.samples import AT

ADA, BO = (Person(platform=Platform.TELEGRAM, id=name) for name in ("ada", "bo"))
CHAT = Chat(platform=Platform.TELEGRAM, id="1")
FORM = Form(payload="f", title="加一条", fields=(Field(name="a", label="甲", value="旧", long=True),))
ASKED = FormAsked(
    form=FORM,
    answers={"a": "写了\n两行"},
    messages={"a": "12"},
    too_long_at=AT,
    expires_at=AT + timedelta(minutes=15),
    told=True,
)


@pytest.fixture(params=["database", "process"])
def stores(request: pytest.FixtureRequest, readers: ReaderStores) -> ReaderStores:
    return readers if request.param == "database" else session_stores()


@pytest.fixture
def forms(stores: ReaderStores) -> FormStore:
    return stores.forms


async def test_it_comes_back_as_it_was(forms: FormStore) -> None:
    assert await forms.of(ADA, CHAT) is None
    kept = await forms.save(ASKED, person=ADA, chat=CHAT)
    assert kept == replace(ASKED, version=1)
    assert await forms.of(ADA, CHAT) == kept
    assert await forms.of(BO, CHAT) is None
    assert await forms.of(ADA, replace(CHAT, thread="3")) is None


async def test_of_two_changes_one_counts(forms: FormStore) -> None:
    kept = await forms.save(ASKED, person=ADA, chat=CHAT)
    assert kept
    both = await asyncio.gather(
        *(forms.save(kept.answered("a", text), person=ADA, chat=CHAT) for text in "xy")
    )
    assert sum(each is not None for each in both) == 1
    assert await forms.of(ADA, CHAT) in both


async def test_a_new_form_takes_the_place_of_any(forms: FormStore) -> None:
    first = await forms.save(ASKED, person=ADA, chat=CHAT)
    second = await forms.save(replace(ASKED, answers={}), person=ADA, chat=CHAT)
    assert first
    assert second
    assert second.version > first.version
    assert await forms.save(first, person=ADA, chat=CHAT) is None


async def test_it_is_forgotten(stores: ReaderStores) -> None:
    await stores.forms.save(ASKED, person=ADA, chat=CHAT)
    await stores.forms.drop(ADA, CHAT)
    assert await stores.forms.of(ADA, CHAT) is None
    await stores.forms.save(ASKED, person=ADA, chat=CHAT)
    assert await stores.forms.purge(before=ASKED.expires_at) == 0
    assert await stores.forms.purge(before=ASKED.expires_at + timedelta(seconds=1)) == 1
    await stores.forms.save(ASKED, person=ADA, chat=CHAT)
    await stores.personal.erase(ADA)
    assert await stores.forms.of(ADA, CHAT) is None
