"""The library: courses' entries in a local index that follows the store, and what it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from bot.ports import EntryChanges, EntryFeed
from knowledge.answering import Answerer
from knowledge.documents import Document, documents
from knowledge.entry import Entry
from knowledge.index import SearchIndex, Update
from knowledge.outcome import Outcome

COMMIT_EVERY = 50_000
"""Documents between two commits of a large update: what was taken in so far survives a kill."""


class Library:
    """Answers questions from an index that is brought in step with the store before each of them.

    Args:
        index: the replica; `None` in `feed` revisions or an older one there makes it catch up.
        feed: what the store says has changed.
        glance: a cheaper way to the store's revisions than `feed`, or None.
    """

    def __init__(
        self,
        index: SearchIndex,
        feed: EntryFeed,
        *,
        glance: Callable[[], Mapping[str, int] | None] | None = None,
    ) -> None:
        self._index = index
        self._feed = feed
        self._glance = glance
        self._answerer = Answerer(index)
        self._catching_up = asyncio.Lock()

    async def ask(self, question: str, *, courses: tuple[str, ...] | None = None, limit: int = 5) -> Outcome:
        """What the courses (None: all) have to say to `question`.

        Raises:
            CoursebotError: "question-empty" when there is nothing to search for.
        """
        await self.refresh()
        return await asyncio.to_thread(self._answerer.ask, question, courses=courses, limit=limit)

    def courses(self) -> frozenset[str]:
        """Slugs of the courses that the index holds now."""
        return frozenset(self._index.revisions())

    async def entry(self, ref: str) -> Entry | None:
        """The entry known by `ref`, as the store has it now."""
        await self.refresh()
        return self._answerer.entry(ref)

    async def refresh(self, progress: Callable[[int], None] | None = None) -> bool:
        """Bring the index in step with the store; True when there was something to do.

        Args:
            progress: called with the number of entries that were taken in since the last call.
        """
        revisions = self._glance() if self._glance else None
        if revisions is None:
            revisions = await self._feed.revisions()
        if dict(revisions) == self._index.revisions():
            return False
        async with self._catching_up:
            self._index.reload()  # another process may have done it
            held = self._index.revisions()
            stale = {
                course: revision for course, revision in revisions.items() if held.get(course) != revision
            }
            if not stale and held.keys() <= revisions.keys():
                return False
            with self._index.updating() as update:
                await self._apply(update, stale, held, progress)
                for course in held.keys() - revisions.keys():
                    update.drop(course)
        return True

    async def _apply(
        self,
        update: Update,
        stale: Mapping[str, int],
        held: Mapping[str, int],
        progress: Callable[[int], None] | None,
    ) -> None:
        waiting = 0
        for course, revision in stale.items():
            # A revision beyond the store's is of another database (a backup was restored): start over.
            since = held.get(course, 0) if held.get(course, 0) < revision else 0
            removed: list[str] = []
            prepared: list[Document] = []
            async for changes in self._feed.changes(course, since=since):
                removed.extend(changes.removed)
                prepared.extend(await asyncio.to_thread(_prepare, changes))
                if progress is not None:
                    progress(len(changes.upserts))
            if since:
                await asyncio.to_thread(update.change, course, revision, prepared, removed)
            else:
                await asyncio.to_thread(update.replace, course, revision, prepared)
            waiting += len(prepared)
            if waiting > COMMIT_EVERY:
                await asyncio.to_thread(update.commit)
                waiting = 0
        await asyncio.to_thread(update.merge_statistics)


def _prepare(changes: EntryChanges) -> list[Document]:
    return [document for entry in changes.upserts for document in documents(entry)]
