from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from config import logs

TELEGRAM = "7654321:AAF-k3hG_x0mExampleOfATokenThatIsNone1"
DISCORD = "MTE4NzY1NDMyMTA5ODc2NTQzMg.GexAmP.le-Of_aTokenThatIsNoneAtAll-0123456789"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged, at the highest verbosity."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure(2)
    yield stream
    root.handlers, root.level = before


@pytest.mark.parametrize(
    "line",
    [
        f"HTTP Request: POST https://api.telegram.org/bot{TELEGRAM}/getMe",
        "HTTP Request: POST http://127.0.0.1:1/bot1:short/getMe",
        f"logging in with {DISCORD}",
        "the secret is swordfish",
    ],
)
def test_tokens_and_named_secrets_are_hidden(shown: io.StringIO, line: str) -> None:
    logs.hide(["swordfish", ""])
    logging.getLogger("httpx").info("%s", line)
    text = shown.getvalue()
    assert "[hidden]" in text
    for secret in (TELEGRAM, DISCORD, "swordfish", "1:short"):
        assert secret not in text


def test_tracebacks_too(shown: io.StringIO) -> None:
    def refuse() -> None:
        raise ValueError(f"The token `{TELEGRAM}` was rejected")

    try:
        refuse()
    except ValueError:
        logging.getLogger("x").exception("failed")
    assert TELEGRAM not in shown.getvalue()
    assert "The token `[hidden]` was rejected" in shown.getvalue()


def test_other_words_stay(shown: io.StringIO) -> None:
    logging.getLogger("x").warning("at 12:30:45 chat -1001234567890 got robot 5: ok")
    assert "at 12:30:45 chat -1001234567890 got robot 5: ok" in shown.getvalue()
