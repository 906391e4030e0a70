"""What the reader types, line by line: with editing and history on a terminal, plainly from a pipe."""

from __future__ import annotations

import asyncio
import contextlib
import io
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TextIO

_LONGEST = 100_000
"""Characters of a line that are kept; what follows on the same line is passed over."""


class LineReader(Protocol):
    """A source of lines."""

    async def line(self) -> str | None:
        """The next line without its end, or None when there are no more."""
        ...


class PipeReader:
    """Lines of a stream, each read in a thread when it is asked for, so that the loop goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        if isinstance(stream, io.TextIOWrapper):
            # A byte that is not UTF-8 costs a character, not the conversation.
            stream.reconfigure(errors="replace")

    async def line(self) -> str | None:
        """The next line, or None at the end of the stream."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[str] = loop.create_future()

        def settle(line: str | Exception) -> None:
            if future.cancelled():
                return
            if isinstance(line, Exception):
                future.set_exception(line)
            else:
                future.set_result(line)

        def read() -> None:
            try:
                outcome: str | Exception = self._read()
            except Exception as error:  # noqa: BLE001 - raised again where the line is awaited
                outcome = error
            # The loop may have ended while this waited for a line that nobody wants any more.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(settle, outcome)

        # A daemon, unlike an executor's thread, does not keep the program alive while it waits.
        threading.Thread(target=read, name="console-input", daemon=True).start()
        line = await future
        return line.rstrip("\r\n") if line else None

    def _read(self) -> str:
        line = self._stream.readline(_LONGEST)
        rest = line
        while rest and not rest.endswith("\n") and len(rest) == _LONGEST:
            rest = self._stream.readline(_LONGEST)
        return line


class PromptReader:
    """Lines typed at a terminal, with editing, history and completion of commands.

    Args:
        prompt: stands before what is typed.
        placeholder: shown until something is typed.
        commands: command → what it does, offered after a slash.
        history: file that keeps what was typed for the next time, or None to keep it only this time.
    """

    def __init__(
        self,
        *,
        prompt: str,
        placeholder: str,
        commands: Sequence[tuple[str, str]],
        history: Path | None = None,
    ) -> None:
        # Late, because it takes longer to import than a whole answer takes.
        from prompt_toolkit import PromptSession  # noqa: PLC0415
        from prompt_toolkit.completion import WordCompleter  # noqa: PLC0415
        from prompt_toolkit.formatted_text import FormattedText  # noqa: PLC0415
        from prompt_toolkit.history import FileHistory, InMemoryHistory  # noqa: PLC0415

        self._prompt = FormattedText([("bold", prompt)])
        self._session: PromptSession[str] = PromptSession(
            history=FileHistory(str(history)) if history else InMemoryHistory(),
            completer=WordCompleter([name for name, _ in commands], meta_dict=dict(commands), sentence=True),
            complete_while_typing=True,
            placeholder=FormattedText([("fg:ansibrightblack", placeholder)]),
        )

    async def line(self) -> str | None:
        """The next line, or None at Ctrl-D or Ctrl-C."""
        try:
            return await self._session.prompt_async(self._prompt)
        except (EOFError, KeyboardInterrupt):
            return None
