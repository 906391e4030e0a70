"""What every command has at hand: settings, the words to speak, and how a failure is told."""

from __future__ import annotations

import asyncio
import codecs
import io
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from bot.catalog import Catalog, catalog, negotiate
from config.settings import Settings, load
from config.wiring import Application, application
from knowledge.errors import CoursebotError

T = TypeVar("T")

DONE, SOME_SKIPPED, NOTHING_DONE = 0, 1, 2
"""Exit codes: all done; something was left out and said; nothing could be done."""


@dataclass(slots=True, kw_only=True)
class Options:
    """The options that stand before the command."""

    data: Path | None = None
    config: Path | None = None
    verbosity: int = 0

    def settings(self) -> Settings:
        """The settings in force."""
        return load(os.environ, data=self.data, file=self.config)


def options(context: click.Context) -> Options:
    """The options that stood before the command."""
    found = context.find_root().obj
    return found if isinstance(found, Options) else Options()


def words(settings: Settings | None = None) -> Catalog:
    """The catalog in which the command line speaks: the setting's language, else the environment's."""
    spoken = settings.language if settings else os.environ.get("COURSEBOT_LANGUAGE", "")
    places = (spoken, *(os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")))
    return catalog(negotiate(*filter(None, places)))


def with_application(context: click.Context, do: Callable[[Application], Awaitable[T]]) -> T:
    """Run `do` in an event loop with an application that is closed afterwards.

    What it cannot do is told in the language of the settings.
    """
    settings = options(context).settings()

    async def run() -> T:
        async with application(settings) as made:
            return await do(made)

    try:
        return asyncio.run(run())
    except CoursebotError as error:
        complain(words(settings).say(error))
        context.exit(NOTHING_DONE)


def complain(sentence: str) -> None:
    """Say what is wrong on standard error."""
    print(sentence, file=sys.stderr)  # noqa: T201


def say(text: str) -> None:
    """Print what was asked for."""
    print(text)  # noqa: T201


def escape_what_cannot_be_encoded() -> None:
    """Let standard output and error take any text, whatever encoding the environment gave them.

    What that encoding lacks is written as JSON escapes, so that JSON stays the JSON it was.
    """
    codecs.register_error("json-escape", _json_escape)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="json-escape")


def _json_escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)), error.end
