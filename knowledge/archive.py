"""Zip files from strangers: read within limits, and never to a place that they choose.

Nothing is believed that the archive says of itself: sizes are counted while it is unpacked (a part that is longer
than announced fails its checksum), and paths are looked at before anything is written.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from knowledge.errors import CoursebotError

FILES = 5_000
"""Parts of an archive at most; the largest course known has 113 lessons."""
UNPACKED = 200 << 20
"""Bytes of an archive's parts together, at most."""
RATIO = 200
"""How many times as large as the archive its parts may be; Markdown shrinks to a third, repeated text to a 30th."""
_SMALL = 10 << 20
"""Bytes up to which the ratio does not matter: so much can be held by anybody."""
WANTED = {".md", ".markdown", ".html", ".htm", ".toml", ".yml", ".yaml"}
"""Kinds of files that a course is read from; others, such as pictures, are passed over."""
_NESTED = {".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".zst", ".jar"}
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)
_DEEPEST = 10
_LONGEST_NAME = 200
_PIECE = 1 << 16
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_ENTRY = b"PK\x01\x02"
"""How each line of an archive's list of parts begins."""


def checked(
    content: bytes, name: object, *, total: int = UNPACKED, broken: str = "zip-broken"
) -> Iterator[tuple[str, bytes]]:
    """The pieces of all parts of an archive, each with its part's name, while they stay within the limits.

    Raises:
        CoursebotError: "zip-bomb" beyond the limits; "zip-encrypted"; `broken` for what is no sound archive.
    """
    if content.count(_ENTRY) > FILES:  # before the library makes an object of each
        raise CoursebotError("zip-many", file=name, limit=FILES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = 0
            for part in parts:
                if part.flag_bits & _ENCRYPTED:
                    raise CoursebotError("zip-encrypted", file=name)
                if part.is_dir():
                    continue
                with archive.open(part) as opened:
                    yield _name(part), b""  # there is a file, empty as it may be
                    while piece := opened.read(_PIECE):
                        unpacked += len(piece)
                        if unpacked > total or unpacked > max(_SMALL, RATIO * len(content)):
                            raise CoursebotError("zip-bomb", file=name, limit=total >> 20)
                        yield _name(part), piece
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise CoursebotError(broken, file=name) from error


def unpack_course(content: bytes, name: object, to: Path) -> Path:
    """Write the files of a course into the empty folder `to`; the folder that the course is in.

    Raises:
        CoursebotError: as of `checked`; "zip-path" for a part that would leave the folder or is no plain file;
            "zip-nested" for an archive within the archive; "nothing-to-import" where no file is left.
    """
    _check_names(content, name)
    paths: dict[str, Path] = {}
    for part, piece in checked(content, name):
        path = paths.setdefault(part, to / PurePosixPath(part))
        if _wanted(part):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("ab") as file:
                    file.write(piece)
            except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
                raise CoursebotError("zip-path", file=name, part=_shown(part)) from error
    if not any(map(_wanted, paths)):
        raise CoursebotError("nothing-to-import", path=name)
    top = list(to.iterdir())
    while len(top) == 1 and top[0].is_dir():
        to = top[0]
        top = list(to.iterdir())
    return to


def _wanted(part: str) -> bool:
    """Whether a part may belong to the course; macOS adds a shadow of every file."""
    path = PurePosixPath(part)
    hidden = any(step.startswith((".", "__MACOSX")) for step in path.parts)
    return path.suffix.lower() in WANTED and not hidden


def _check_names(content: bytes, name: object) -> None:
    if content.count(_ENTRY) > FILES:
        raise CoursebotError("zip-many", file=name, limit=FILES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise CoursebotError("zip-broken", file=name) from error
    seen: set[str] = set()
    for part in parts:
        path = _name(part)
        # The name as it is written: the library takes out drives and turns strokes before anybody has seen them.
        if not _harmless(path) or not _plain_file(part) or (not part.is_dir() and path.casefold() in seen):
            raise CoursebotError("zip-path", file=name, part=_shown(path))
        seen.add(path.casefold())
        if PurePosixPath(path).suffix.lower() in _NESTED:
            raise CoursebotError("zip-nested", file=name, part=_shown(path))


def _name(part: zipfile.ZipInfo) -> str:
    """A part's name as it was written; Chinese Windows writes GBK without saying so."""
    name = part.orig_filename
    if part.flag_bits & _UTF8_NAME:
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _harmless(path: str) -> bool:
    """Whether a path stays below where it is put, on every system, and is not absurd."""
    if not path or "\\" in path or ":" in path or path.startswith("/") or len(path) > 4 * _LONGEST_NAME:
        return False
    steps = path.removesuffix("/").split("/")
    return len(steps) <= _DEEPEST and all(_harmless_step(step) for step in steps)


def _harmless_step(step: str) -> bool:
    return (
        step not in {"", ".", ".."}
        and len(step.encode("utf-8", "replace")) <= _LONGEST_NAME
        and not step.endswith((" ", "."))
        and not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", step)
        and not _DEVICES.fullmatch(step)
    )


def _plain_file(part: zipfile.ZipInfo) -> bool:
    """Whether a part is a file or a folder, and no link, pipe or device."""
    mode = stat.S_IFMT(part.external_attr >> 16)
    return mode in {0, stat.S_IFREG, stat.S_IFDIR}


def _shown(path: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "?", path)[:80]
