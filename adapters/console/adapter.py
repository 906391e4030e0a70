"""The conversation at a terminal or through a pipe."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

from adapters.console import files, screen
from adapters.console.clean import clean
from adapters.console.reading import LineReader, PipeReader, PromptReader
from bot.catalog import SIMPLIFIED, Catalog, catalog, negotiate
from bot.commands import COMMANDS, Called, parse
from bot.messages import Attachment, ButtonPress, Chat, Command, Incoming, Message, Person, Platform, Quoted
from bot.ports import Handler
from bot.replies import Button, Document, Reply
from knowledge.errors import CoursebotError

_REPLIES = re.compile(r"\s*(?:>>|》》|＞＞)\s*(.*)", re.DOTALL)
_PRESSED = re.compile(r"\[?(\d{1,3})\]?")


class Console:
    """A `ChatAdapter` and the `Files` for one reader at a terminal, or for lines through a pipe.

    Buttons are shown as `[1] 更多  [2] 为什么` and pressed by typing the number; the ones shown last count. A command
    is about what was shown last, as if it replied to it, and so is a line that begins with `>>`.

    Args:
        now: the clock; returns aware times.
        stdin: where lines come from.
        stdout: where replies go.
        language: BCP 47 tag or locale name (`zh_CN.UTF-8`) of the reader's system, or empty.
        history: file that keeps what was typed on a terminal for the next time, or None.
        saves: folder for the files that the bot hands over, or None to hand over none.
        greet: whether to say hello first.
        opening: a question that is asked on the reader's behalf first, to show how it works; or empty.
        width: cells of a line; None to ask the terminal.
        environ: environment variables; `NO_COLOR` (no-color.org) and `TERM=dumb` turn styling off.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        language: str = "",
        history: Path | None = None,
        saves: Path | None = None,
        greet: bool = True,
        opening: str = "",
        width: int | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._now = now
        self._stdin = sys.stdin if stdin is None else stdin
        self._stdout = sys.stdout if stdout is None else stdout
        self._history = history
        self._saves = saves
        self._greet = greet
        self._opening = opening
        self._width = width
        environ = os.environ if environ is None else environ
        self._typed = self._stdin.isatty() and self._stdout.isatty()
        self._color = screen.wants_color(self._stdout, environ)
        self._chat = Chat(platform=Platform.CONSOLE, id="console")
        self._reader = Person(platform=Platform.CONSOLE, id="reader", language=language)
        self._words: Catalog = catalog(negotiate(language) if language else SIMPLIFIED)
        self._buttons: tuple[Button, ...] = ()
        self._last = Quoted(text="", ours=True)
        self._heard = 0

    async def run(self, handle: Handler) -> None:
        """Talk until the input ends, `/quit`, Ctrl-D or Ctrl-C, or until nobody reads the output any more."""
        try:
            await self._talk(handle)
        except BrokenPipeError:
            # What is still buffered would raise again when Python flushes the stream at its end
            # (https://docs.python.org/3/library/signal.html#note-on-sigpipe).
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stdout.fileno())

    async def fetch(self, attachment: Attachment) -> bytes:
        """The content of a file whose path was typed, as in `bot.ports.Files`."""
        return await files.fetch(attachment)

    async def _talk(self, handle: Handler) -> None:
        if isinstance(self._stdout, io.TextIOWrapper):
            self._stdout.reconfigure(errors="replace")
        reader = self._line_reader()
        if self._greet:
            self._show(await handle(self._command("start")))
        if self._opening:
            self._print(self._words.text("console.prompt") + self._opening)
            self._show(await handle(self._incoming(self._opening)))
        while (line := await reader.line()) is not None:
            if not line.strip():
                continue
            if not self._typed:
                # Piped lines are not on the screen yet; with them the output reads as a conversation.
                self._print(self._words.text("console.prompt") + clean(line).replace("\n", " "))
            if self._leaves(line):
                break
            self._show(await handle(self._incoming(line)))
        self._show(await handle(self._command("quit")))

    def _command(self, name: str) -> Command:
        return Command(
            chat=self._chat, sender=self._reader, id=self._next_id(), name=name, arguments="", at=self._now()
        )

    def _line_reader(self) -> LineReader:
        if not self._typed:
            return PipeReader(self._stdin)
        words = self._words
        offered = [(f"/{spec.name}", words.text(spec.help)) for spec in COMMANDS if spec.on(Platform.CONSOLE)]
        return PromptReader(
            prompt=words.text("console.prompt"),
            placeholder=words.text("console.placeholder"),
            commands=offered,
            history=self._history,
        )

    def _leaves(self, line: str) -> bool:
        command = parse(line, Platform.CONSOLE)
        return isinstance(command, Called) and command.spec.name == "quit"

    def _next_id(self) -> str:
        self._heard += 1
        return str(self._heard)

    def _incoming(self, line: str) -> Incoming:
        """What a line means: the number of a button that is shown, or something said."""
        number = _PRESSED.fullmatch(unicodedata.normalize("NFKC", line).strip())
        index = int(number[1]) - 1 if number else -1
        if 0 <= index < len(self._buttons):
            return ButtonPress(
                chat=self._chat,
                sender=self._reader,
                message_id=self._next_id(),
                payload=self._buttons[index].payload,
                at=self._now(),
            )
        found = files.uploaded(line)
        attached, text = ((found[0],), found[1]) if found else ((), line)
        replies = _REPLIES.fullmatch(line)
        about = replies is not None or parse(line, Platform.CONSOLE) is not None
        return Message(
            chat=self._chat,
            sender=self._reader,
            id=self._next_id(),
            text=replies[1] if replies else text,
            at=self._now(),
            quoted=self._last if about and self._last.text else None,
            files=attached,
        )

    def _show(self, replies: list[Reply]) -> None:
        self._buttons = tuple(button for reply in replies for row in reply.buttons for button in row)
        if replies:
            carried = tuple(button.payload for button in self._buttons)
            self._last = Quoted(text="\n".join(each.text for each in replies), ours=True, payloads=carried)
        for position, reply in enumerate(replies, 1):
            last = position == len(replies)
            self._print("")
            for line in screen.lines(
                reply,
                width=self._columns(),
                color=self._color,
                buttons=self._buttons if last else (),
            ):
                self._print(line)
            if reply.document:
                self._hand_over(reply.document)
        self._print("")

    def _hand_over(self, document: Document) -> None:
        """Save a document and say where; a picture is described too, as it is not seen here."""
        if document.alt:
            self._print(clean(document.alt))
        if self._saves is None:
            return
        try:
            self._print(self._words.text("console.saved", path=files.save(self._saves, document)))
        except CoursebotError as error:
            self._print(self._words.say(error))

    def _columns(self) -> int:
        return screen.terminal_width(self._stdout) if self._width is None else self._width

    def _print(self, line: str) -> None:
        self._stdout.write(f"{line}\n")
        self._stdout.flush()
