"""The library: courses' entries in a local index that follows the store, and what it answers."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from bot.stores import EntryChanges, EntryFeed
from knowledge.answering import Answerer
from knowledge.comparison import Comparison
from knowledge.documents import Document, documents
from knowledge.entry import Entry
from knowledge.errors import CoursebotError
from knowledge.index import SearchIndex, Update
from knowledge.outcome import Outcome
from knowledge.sameness import ALIKE
from knowledge.trial import Scoped, tried

COMMIT_EVERY = 50_000
"""Documents between two commits of a large update: what was taken in so far survives a kill."""

_ANSWERING = 2
"""Threads that search. Python runs one at a time; the second goes on while the first is in numpy or tantivy. Each more
would keep a pool of memory of its own, and finish nothing sooner."""

logger = logging.getLogger("coursebot.library")

T = TypeVar("T")
Progress = Callable[[int], None]
"""Called with the number of entries that were taken in since the last call."""


class Library:
    """Answers questions from an index that is brought in step with the store before each of them.

    The index is a replica. One that turns out to be damaged is thrown away and filled again, once in the life of
    a library: what fails again then is no damage.

    Args:
        index: the replica.
        feed: what the store says has changed.
        glance: a cheaper way to the store's revisions than `feed`, or None.
        answerer: what answers from an index.
    """

    def __init__(
        self,
        index: SearchIndex,
        feed: EntryFeed,
        *,
        glance: Callable[[], Mapping[str, int] | None] | None = None,
        answerer: Callable[[SearchIndex], Answerer] = Answerer,
    ) -> None:
        self._index = index
        self._feed = feed
        self._glance = glance
        self._make = answerer
        self._answerer = answerer(index)
        self._renewed = False
        self._catching_up = asyncio.Lock()
        self._writing = ThreadPoolExecutor(1, "index")
        self._comparing = ThreadPoolExecutor(1, "compare")
        self._answering = ThreadPoolExecutor(_ANSWERING, "answer")

    async def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        """What the courses (None: all) have to say to `question`.

        Raises:
            CoursebotError: "question-empty" when there is nothing to search for.
        """
        return await self._sound(
            lambda: self._in_turn(lambda: self._answerer.ask(question, courses=courses, limit=limit))
        )

    def courses(self) -> frozenset[str]:
        """Slugs of the courses that the index holds now."""
        return frozenset(self._index.revisions())

    async def entry(self, ref: str) -> Entry | None:
        """The entry known by `ref`, as the store has it now."""

        async def look() -> Entry | None:
            return self._answerer.entry(ref)

        return await self._sound(look)

    async def alike(
        self,
        question: str,
        others: Sequence[str],
        *,
        courses: tuple[str, ...] | None = None,
        least: float = ALIKE,
    ) -> list[float]:
        """[others] how probable it is that each asks what `question` asks; 0 below `least`."""
        return await self._sound(
            lambda: self._in_turn(
                lambda: self._answerer.alike(question, others, courses=courses, least=least)
            )
        )

    async def refresh(self, progress: Progress | None = None) -> bool:
        """Bring the index in step with the store; True when there was something to do."""
        revisions = self._glance() if self._glance else None
        if revisions is None:
            revisions = await self._feed.revisions()
        if dict(revisions) == self._index.revisions():
            return False
        async with self._catching_up:
            self._index.reload()  # another process may have done it
            held = self._index.revisions()
            stale = [course for course, revision in revisions.items() if held.get(course) != revision]
            if not stale and held.keys() <= revisions.keys():
                return False
            # A revision beyond the store's is of another database (a backup was restored): start over.
            since = {
                course: seen if (seen := held.get(course, 0)) < revisions[course] else 0 for course in stale
            }
            await self._take_in(revisions, since, progress)
        return True

    async def check(self) -> frozenset[str]:
        """Bring the index in step, then compare its size with the store's; slugs of the courses filled anew.

        Revisions are all that `refresh` compares. They agree by chance when a database was put back and changed
        as often as the one before it.
        """
        await self.refresh()
        sizes = await self._feed.sizes()
        wrong = frozenset(course for course, size in sizes.items() if self._index.count(course) not in size)
        if wrong:
            logger.warning("the index does not hold what the store does: %s", ", ".join(sorted(wrong)))
            await self.rebuild(wrong)
        return wrong

    async def rebuild(self, courses: Collection[str] | None = None, progress: Progress | None = None) -> int:
        """Fill the index anew with these courses (None: all); how many there were."""
        async with self._catching_up:
            self._index.reload()
            revisions = await self._feed.revisions()
            since = {course: 0 for course in revisions if courses is None or course in courses}
            await self._take_in(revisions, since, progress)
        return len(since)

    async def _take_in(
        self, revisions: Mapping[str, int], since: Mapping[str, int], progress: Progress | None
    ) -> None:
        """Take in what changed in courses after a revision (0: all of it), and drop what the store lacks."""
        with self._index.updating() as update:
            waiting = 0
            for course, revision in since.items():
                waiting += await self._take_in_course(update, course, revision, revisions[course], progress)
                if waiting > COMMIT_EVERY:
                    await self._write(update.commit)
                    waiting = 0
            for course in self._index.revisions().keys() - revisions.keys():
                update.drop(course)
            await self._write(update.merge_statistics)
        await asyncio.to_thread(self._answerer.follow, since)

    async def _take_in_course(
        self, update: Update, course: str, since: int, revision: int, progress: Progress | None
    ) -> int:
        removed: list[str] = []
        prepared: list[Document] = []
        async for changes in self._feed.changes(course, since=since):
            removed.extend(changes.removed)
            prepared.extend(await self._write(_prepare, changes))
            if progress is not None:
                progress(len(changes.upserts))
        if since:
            await self._write(update.change, course, revision, prepared, removed)
        else:
            await self._write(update.replace, course, revision, prepared)
        return len(prepared)

    async def _in_turn(self, read: Callable[[], T]) -> T:
        """What the index says, read beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._answering, read)

    async def _write(self, step: Callable[..., T], *arguments: object) -> T:
        """Take a step of an update, always in the same thread: each that allocates keeps a pool of memory."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, step, *arguments)

    async def compare(
        self, questions: Sequence[Scoped], changed: EntryChanges, course: str, *, within: float
    ) -> list[Comparison]:
        """What questions get now, and what they would get if entries of a course changed; in order.

        Args:
            questions: each with the courses to look in (None: all).
            changed: the entries.
            course: whose they are.
            within: seconds after which no more are asked, beside the time to apply the change.
        """
        await self.refresh()
        # One at a time: each takes memory, and time from those who ask.
        return await asyncio.get_running_loop().run_in_executor(
            self._comparing,
            lambda: tried(
                self._index,
                self._answerer,
                self._make,
                questions,
                course=course,
                documents=_prepare(changed),
                removed=changed.removed,
                within=within,
            ),
        )

    # A damaged index ---------------------------------------------------------------------------------------

    async def _sound(self, read: Callable[[], Awaitable[T]]) -> T:
        """What `read` makes of the index in step with the store; once more with a new index if this is damaged."""
        index = self._index
        try:
            await self.refresh()
            return await read()
        except BaseException as error:
            if not _is_damage(error) or (self._renewed and index is self._index):
                raise
        await self._renew(index)
        await self.refresh()
        return await read()

    async def _renew(self, damaged: SearchIndex) -> None:
        async with self._catching_up:
            if self._index is damaged:  # nobody else was faster
                self._renewed = True
                self._index = _begun_anew(damaged.folder)
                self._answerer = self._make(self._index)


def open_index(folder: Path) -> SearchIndex:
    """The index in `folder`; one that is too damaged to open is begun anew."""
    try:
        return SearchIndex(folder)
    except BaseException as error:
        if not _is_damage(error):
            raise
    return _begun_anew(folder)


def _begun_anew(folder: Path) -> SearchIndex:
    logger.warning("the index in %s is damaged and is filled anew", folder)
    shutil.rmtree(folder, ignore_errors=True)
    return SearchIndex(folder)


def _is_damage(error: BaseException) -> bool:
    """Whether reading the index failed in a way that a sound one cannot fail in.

    Bytes that flipped on the disk make tantivy raise ValueError, or panic (which is no Exception).
    """
    if isinstance(error, CoursebotError) or not (
        isinstance(error, Exception) or type(error).__name__ == "PanicException"
    ):
        return False
    return "knowledge.index" in _modules(error.__traceback__)


def _modules(traceback: TracebackType | None) -> set[str]:
    modules: set[str] = set()
    while traceback is not None:
        modules.add(traceback.tb_frame.f_globals.get("__name__", ""))
        traceback = traceback.tb_next
    return modules


def _prepare(changes: EntryChanges) -> list[Document]:
    return [document for entry in changes.upserts for document in documents(entry)]
