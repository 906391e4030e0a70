from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

from adapters.discord import failures, outgoing, sharing
from adapters.discord.calm import calm_log
from adapters.discord.failures import Trouble
from bot.errors import Failure


def fail(error: Exception) -> None:
    raise error


def http(status: int, code: int = 0) -> discord.HTTPException:
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    kind = discord.DiscordServerError if status >= 500 else kind
    response: Any = SimpleNamespace(status=status, reason="reason")
    return kind(response, {"code": code, "message": "secret words"})


CASES: list[tuple[Exception, Trouble, Failure]] = [
    (http(403, 50007), Trouble.CLOSED, Failure.BLOCKED),
    (http(403, 50278), Trouble.CLOSED, Failure.BLOCKED),
    (http(403, 0), Trouble.CLOSED, Failure.BLOCKED),
    (http(400, 50083), Trouble.CLOSED, Failure.BLOCKED),
    (http(404, 10003), Trouble.CLOSED, Failure.BLOCKED),
    (http(404, 10008), Trouble.GONE, Failure.BLOCKED),
    (http(400, 40060), Trouble.GONE, Failure.REFUSED),
    (http(401), Trouble.FAULT, Failure.DOWN),
    (http(429), Trouble.BUSY, Failure.UNSENT),
    (discord.RateLimited(90.0), Trouble.BUSY, Failure.UNSENT),
    (http(400, 50035), Trouble.FAULT, Failure.REFUSED),
    (http(500), Trouble.DOWN, Failure.UNKNOWN),
    (aiohttp.ServerDisconnectedError(), Trouble.DOWN, Failure.UNKNOWN),
    (aiohttp.SocketTimeoutError(), Trouble.DOWN, Failure.UNKNOWN),
    (aiohttp.ConnectionTimeoutError(), Trouble.DOWN, Failure.UNSENT),
    (
        aiohttp.ClientConnectorError(SimpleNamespace(host="h", port=1, ssl=False), OSError("refused")),  # type: ignore[arg-type]
        Trouble.DOWN,
        Failure.UNSENT,
    ),
    (TimeoutError(), Trouble.DOWN, Failure.UNKNOWN),
    (ConnectionResetError(), Trouble.DOWN, Failure.UNKNOWN),
    (ValueError("a reader's words"), Trouble.FAULT, Failure.REFUSED),
]


@pytest.mark.parametrize(
    ("error", "trouble", "failure"), CASES, ids=lambda each: getattr(each, "value", repr(each)[:40])
)
def test_every_error_has_its_place(
    error: Exception, trouble: Trouble, failure: Failure, caplog: pytest.LogCaptureFixture
) -> None:
    assert failures.trouble(error) is trouble
    found = failures.send_error(error)
    assert found.failure is failure
    caplog.set_level(logging.INFO, "coursebot.discord")
    failures.report("message", error)
    for said in (str(found), caplog.text):
        assert "words" not in said
        assert type(error).__name__ in said


def test_a_pause_that_was_asked_for_is_handed_on() -> None:
    assert failures.send_error(discord.RateLimited(90.0)).retry_after == 90.0


def test_a_fault_is_reported_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    def fails() -> None:
        try:
            fail(KeyError("inner words"))
        except KeyError as inner:
            raise ValueError("outer words") from inner

    with pytest.raises(ValueError, match="outer") as caught:
        fails()
    failures.report("message", caught.value)
    assert "in fails" in caplog.text
    assert "words" not in caplog.text.replace('"outer words"', "").replace('"inner words"', "")


def test_only_the_librarys_noise_is_calmed(caplog: pytest.LogCaptureFixture) -> None:
    library = logging.getLogger("discord.client")
    with calm_log():
        try:
            fail(OSError("gone"))
        except OSError:
            library.exception("Attempting a reconnect in %.2fs", 1.0)
            library.exception("Ignoring exception in %s", "x")
        library.warning("PyNaCl is not installed, voice will NOT be supported")
    assert [(each.levelname, each.exc_info is None) for each in caplog.records] == [
        ("WARNING", True),
        ("ERROR", False),
    ]
    library.warning("PyNaCl is not installed, voice will NOT be supported")
    assert len(caplog.records) == 3


def test_who_shows_an_answer_is_left_out_where_there_is_no_room() -> None:
    def source(length: int) -> Any:
        return SimpleNamespace(content="x" * length, embeds=[], components=[])

    assert sharing.shared(source(100), "ann_b shows").content.startswith("-# ann\\_b shows\nx")
    assert sharing.shared(source(outgoing.CONTENT), "ann shows").content == "x" * outgoing.CONTENT
