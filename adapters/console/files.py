"""Files at the terminal: typed, pasted or dropped paths come in, documents go to a folder."""

from __future__ import annotations

import asyncio
import re
import shlex
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.messages import Attachment
from bot.ports import LARGEST_FILE
from bot.replies import Document
from bot.team.uploads import Gathered, gone, too_big
from knowledge.errors import CoursebotError

_COMMAND = re.compile(r"\s*[/／](?:upload|上传|上傳)\s+(.+)", re.DOTALL | re.IGNORECASE)
_PATH = re.compile(r"""\s*(?:['"]?(?:[/~]|\.{1,2}[/\\]|[A-Za-z]:[/\\])|file://)""")
_KINDS = {".jsonl", ".json", ".csv", ".tsv", ".xlsx", ".md", ".zip"}
"""What a path must end with so that it is a file and no question, when there is no command before it."""
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_PIECE = 1 << 20


def uploaded(line: str) -> tuple[Attachment, str] | None:
    """The file that a line names, and the words after it; None for a line that is something else.

    A path in quotes, with escaped spaces or as a `file://` address is what terminals make of a file that is dropped
    on them. Without `/upload` before it, only a whole line that names a file which is there is taken for one.
    """
    command = _COMMAND.fullmatch(line)
    if command is None:
        path = _path(line.strip()) if _PATH.match(line) else None
        known = path is not None and path.suffix.lower() in _KINDS and path.is_file()
        return (_attachment(path), "") if path and known else None
    said = command[1].strip()
    whole = _path(said)
    if whole is not None and whole.is_file():
        return _attachment(whole), ""
    first, _, rest = _split(said)
    return _attachment(Path(first).expanduser()), rest


def _path(said: str) -> Path | None:
    """The one path that is written there, however it is quoted."""
    if said.startswith("file://"):
        said = unquote(urlsplit(said).path)
    elif not Path(said).expanduser().is_file():
        first, _, rest = _split(said)
        if rest:
            return None
        said = first
    return Path(said).expanduser()


def _split(said: str) -> tuple[str, str, str]:
    """The first word as a shell reads it, and the rest."""
    try:
        words = shlex.split(said)
    except ValueError:  # an open quote
        return said.partition(" ")
    return words[0] if words else said, " ", " ".join(words[1:])


def _attachment(path: Path) -> Attachment:
    size = path.stat().st_size if path.is_file() else 0
    return Attachment(id=str(path.absolute()), name=path.name, size=size)


async def fetch(attachment: Attachment, *, limit: int = LARGEST_FILE) -> bytes:
    """The content of a file; as in `bot.ports.Files`."""
    if attachment.size > limit:
        raise too_big(attachment)
    return await asyncio.to_thread(_read, attachment, limit)


def _read(attachment: Attachment, limit: int) -> bytes:
    path = Path(attachment.id)
    if not path.is_file():  # nothing there; or a folder, a pipe or a device, which may have no end
        raise CoursebotError("path-missing", path=path)
    gathered = Gathered(attachment, limit=limit)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                gathered.add(piece)
    except OSError as error:
        raise gone(attachment, type(error).__name__) from error
    return gathered.content


def save(folder: Path, document: Document) -> Path:
    """Keep a document in a folder, under a name that is not taken; where it is.

    Raises:
        CoursebotError: "path-unwritable".
    """
    name = Path(_UNFIT.sub("_", document.name).strip(" .") or "file")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, 10_000):
            path = folder / (name if number == 1 else f"{name.stem}-{number}{name.suffix}")
            try:
                with path.open("xb") as file:
                    file.write(document.content)
            except FileExistsError:
                continue
            return path
    except OSError as error:
        raise CoursebotError("path-unwritable", path=folder, reason=error.strerror or "") from error
    raise CoursebotError("path-unwritable", path=folder, reason=document.name)
