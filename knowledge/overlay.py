"""An index with a change applied beside the real one, which it leaves as it is.

What is on the disk of an index never changes in place (tantivy writes new files and forgets old ones), so an overlay
is made of links to them in an instant, whatever their size, and only what changes is written.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from knowledge.documents import Document
from knowledge.errors import CoursebotError
from knowledge.index import SearchIndex
from knowledge.meaning import VECTORS_FILE

_PREFIX = "overlay-"
_FORGOTTEN = 3600.0
"""Seconds after which an overlay that is still there is one of a process that was killed."""
_TRIES = 5
_LIST = "meta.json"
"""Names the files that make up the index."""


@contextmanager
def overlay(
    index: SearchIndex,
    course: str,
    documents: Sequence[Document],
    removed: Sequence[str],
    *,
    anew: bool = False,
) -> Iterator[SearchIndex]:
    """The index as it would be with these entries of a course put in and those refs taken out.

    Args:
        index: the real one.
        course: whose entries change.
        documents: the entries that are new or different.
        removed: refs of entries that are no more.
        anew: whether `documents` are all that the course has.
    """
    home = index.folder.parent
    _forget(home)
    with TemporaryDirectory(prefix=_PREFIX, dir=home, ignore_cleanup_errors=True) as made:
        copied = _linked(index.folder, Path(made) / index.folder.name)
        _copy_vectors(index.folder.with_name(VECTORS_FILE), copied.with_name(VECTORS_FILE))
        tried = SearchIndex(copied)
        revision = tried.revisions().get(course, 0) + 1
        with tried.updating() as update:
            if anew:
                update.replace(course, revision, documents)
            else:
                update.change(course, revision, documents, removed)
            update.merge_statistics()
        yield tried


def _linked(folder: Path, copy: Path) -> Path:
    """A second index of the same files; taken again when the first one was changed meanwhile."""
    for _ in range(_TRIES):
        try:
            copy.mkdir()
            for file in folder.iterdir():
                _take(file, copy / file.name)
            if (folder / _LIST).read_bytes() == (copy / _LIST).read_bytes():
                return copy
        except FileNotFoundError:
            pass  # it was merged into another
        shutil.rmtree(copy, ignore_errors=True)
    raise CoursebotError("index-busy", path=folder)


def _take(file: Path, to: Path) -> None:
    if file.suffix == ".lock":
        return  # the real index's own
    if file.suffix != ".json":
        try:
            to.hardlink_to(file)
        except FileNotFoundError:
            raise
        except OSError:  # a file system without links
            pass
        else:
            return
    shutil.copyfile(file, to)


def _copy_vectors(file: Path, copy: Path) -> None:
    """What is known of the meaning of entries, so that only new ones need the model."""
    if file.is_file():
        with closing(sqlite3.connect(file)) as held, closing(sqlite3.connect(copy)) as taken:
            held.backup(taken)


def _forget(home: Path) -> None:
    """Remove the overlays of processes that were killed."""
    for left in home.glob(f"{_PREFIX}*"):
        try:
            old = time.time() - left.stat().st_mtime > _FORGOTTEN
        except OSError:
            continue
        if old:
            shutil.rmtree(left, ignore_errors=True)
