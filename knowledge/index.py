"""The inverted index on disk: a replica of the store's entries, searched without a scan.

An index can be thrown away at any time: it is rebuilt from the store.
Which revision of each course it holds stands in the index itself and is committed together with the entries, so a
crash leaves the state before or after an update and never something between.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from knowledge import stored
from knowledge.documents import Document, Kind, Wording, unpack_entry
from knowledge.entry import Entry
from knowledge.errors import CoursebotError
from knowledge.room import is_full
from knowledge.statistics import Statistics

ALL_COURSES = "*"
_HEAP = 24_000_000
"""Bytes that are gathered before they are written. A merge of eight such parts is mapped into memory at once."""

_LOCK_WAIT = 30.0
_REMEMBERED = 6_000
_RECOUNT_SHARE = 0.02


_Wordings = dict[tuple[int, int], Wording]
"""Wordings that were read, by segment and place in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term of a query: where it is looked for, and what a match is worth."""

    field: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which entries take part.

    Attributes:
        courses: slugs, or None for all courses.
        number: the number that a course itself gives a lesson, or None for all lessons.
    """

    courses: tuple[str, ...] | None = None
    number: int | None = None


class SearchIndex:
    """Entries of all courses, searchable by terms.

    Args:
        folder: where the index lives; made when missing, emptied when it is of another format or unreadable.

    Raises:
        CoursebotError: "index-unusable" when the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index = stored.opened(folder)
        self._schema = self._index.schema
        # A search and the wordings it finds belong together, also when another thread reloads in between.
        self._current: tuple[tantivy.Searcher, _Wordings] = (self._index.searcher(), {})
        self._statistics = lru_cache(maxsize=64)(self._read_statistics)
        self._revisions = self._read_revisions()
        self.generation = 0

    # Reading -----------------------------------------------------------------------------------------------

    def revisions(self) -> dict[str, int]:
        """The revision of each course that the index holds."""
        return dict(self._revisions)

    def reload(self) -> None:
        """See what another process, or `update`, has committed."""
        self._index.reload()
        self._current = (self._index.searcher(), {})
        self._statistics.cache_clear()
        self.generation += 1
        self._revisions = self._read_revisions()

    def search(self, terms: Iterable[Term], *, kind: Kind, scope: Scope, limit: int) -> list[Wording]:
        """The wordings of at most `limit` entries that share the most with `terms`, best first."""
        mark = stored.MARKS[kind]
        wanted = [
            (Occur.Should, Query.boost_query(self.term(term.field, mark + term.text), term.weight))
            for term in terms
        ]
        if not wanted:
            return []
        query = Query.boolean_query(wanted)
        if filters := self._filter(scope):
            query = Query.boolean_query([(Occur.Must, query), *filters])
        searcher, held = self._current
        hits = searcher.search(query, limit, count=False).hits
        return [_wording(searcher, held, address) for _, address in hits]

    def entry(self, ref: str) -> Entry | None:
        """The entry known by `ref`."""
        searcher, held = self._current
        hits = searcher.search(self.term("ref", ref), 1, count=False).hits
        return unpack_entry(_wording(searcher, held, hits[0][1]).entry) if hits else None

    def wordings_of(self, refs: Iterable[str], *, kind: Kind, scope: Scope) -> list[Wording]:
        """The wordings of these entries that are of a kind and in scope."""
        of_kind = Query.const_score_query(self.term("kind", kind), 0.0)
        clauses = [(Occur.Must, self._any("ref", refs)), (Occur.Must, of_kind), *self._filter(scope)]
        searcher, held = self._current
        hits = searcher.search(Query.boolean_query(clauses), self._most(), count=False).hits
        return [_wording(searcher, held, address) for _, address in hits]

    def statistics(self, courses: tuple[str, ...] | None) -> Statistics:
        """How common terms are in a course, or in several or all courses (None) together."""
        known = tuple(self._revisions)
        chosen = known if courses is None else courses
        return self._statistics(chosen[0] if len(chosen) == 1 else ALL_COURSES)

    def latin_terms(self, prefix: str, courses: tuple[str, ...] | None) -> list[tuple[str, int]]:
        """Latin units that begin with `prefix`, each with the number of entries it is in, commonest first."""
        among = (
            None if courses is None or set(courses) == set(self._revisions) else self._any("course", courses)
        )
        counts: dict[str, int] = {}
        for mark in stored.MARKS.values():
            for term, count in self._current[0].terms_with_prefix("unit", mark + prefix, among, 2_000):
                counts[term[len(mark) :]] = counts.get(term[len(mark) :], 0) + count
        return sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))

    def has_unit(self, unit: str) -> bool:
        """Whether any entry has this unit."""
        return any(self._current[0].doc_freq("unit", mark + unit) for mark in stored.MARKS.values())

    def count(self, course: str) -> int:
        """How many wordings of a course the index holds."""
        return len(self._current[0].search(self._entries_of(course), self._most(), count=False).hits)

    # Writing -----------------------------------------------------------------------------------------------

    @contextmanager
    def updating(self) -> Iterator[Update]:
        """Change the index: all changes are committed together at the end, or none when the block raises.

        Raises:
            CoursebotError: "index-busy" when another process has been writing for half a minute;
                "index-unusable" when the folder cannot be written; "database-full" when nothing fits into it.
        """
        update = Update(self, self._lock())
        try:
            yield update
            update.commit()
        except OSError as error:
            raise CoursebotError("index-unusable", path=self.folder) from error
        except ValueError as error:
            # Also what a damaged index raises; but on a full disk it is not to be thrown away.
            if is_full(self.folder):
                raise CoursebotError("database-full") from error
            raise
        finally:
            update.close()

    def wordings(self, course: str) -> Iterator[Wording]:
        """All wordings of a course."""
        searcher, _ = self._current
        for _, address in searcher.search(self._entries_of(course), self._most(), count=False).hits:
            yield stored.wording_of(searcher.doc(address))

    def _lock(self) -> tantivy.IndexWriter:
        """The writer, of which there can be one among all processes."""
        deadline = time.monotonic() + _LOCK_WAIT
        while True:
            try:
                return self._index.writer(_HEAP, 1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise CoursebotError("index-unusable", path=self.folder) from error
                if time.monotonic() > deadline:
                    raise CoursebotError("index-busy", path=self.folder) from error
                time.sleep(0.02)

    # Within ------------------------------------------------------------------------------------------------

    def _most(self) -> int:
        """As many hits as there can be."""
        return max(self._current[0].num_docs, 1)

    def term(self, field: str, text: str) -> Query:
        """Matches what has the term `text` in `field`."""
        return Query.term_query(self._schema, field, text, "freq" if field in stored.FIELDS else "basic")

    def _any(self, field: str, texts: Iterable[str]) -> Query:
        return Query.term_set_query(self._schema, field, list(texts))

    def _entries_of(self, course: str) -> Query:
        return Query.boolean_query(
            [
                (Occur.Must, self.term("course", course)),
                (Occur.Must, self._any("kind", Kind)),
            ]
        )

    def _filter(self, scope: Scope) -> list[tuple[Occur, Query]]:
        filters: list[Query] = []
        if scope.courses is not None and set(scope.courses) != set(self._revisions):
            filters.append(self._any("course", scope.courses))
        if scope.number is not None:
            filters.append(self.term("number", str(scope.number)))
        return [(Occur.Must, Query.const_score_query(query, 0.0)) for query in filters]

    def _read_statistics(self, course: str) -> Statistics:
        searcher, _ = self._current
        hits = searcher.search(self.term("ref", stored.statistics_ref(course)), 1, count=False).hits
        if not hits:
            return Statistics.of(())
        return Statistics.unpack(stored.value(searcher.doc(hits[0][1]), "terms"))

    def _read_revisions(self) -> dict[str, int]:
        searcher, _ = self._current
        states = searcher.search(self.term("kind", "state"), self._most(), count=False).hits
        heads = [json.loads(stored.value(searcher.doc(address), "head")) for _, address in states]
        return {head["course"]: head["revision"] for head in heads}


def _wording(searcher: tantivy.Searcher, held: _Wordings, address: tantivy.DocAddress) -> Wording:
    """A wording, read or remembered."""
    key = (address.segment_ord, address.doc)
    wording = held.get(key)
    if wording is None:
        if len(held) >= _REMEMBERED:
            held.clear()
        wording = held[key] = stored.wording_of(searcher.doc(address))
    return wording


class Update:
    """Changes to an index that are committed together; see `SearchIndex.updating`."""

    def __init__(self, index: SearchIndex, writer: tantivy.IndexWriter) -> None:
        self._index = index
        self._writer = writer
        self._recount: set[str] = set()
        self._written: dict[str, int] = {}

    def close(self) -> None:
        """Give the lock back; what has not been committed is lost.

        The writer gives it back once nothing refers to it, and an error's traceback may refer to this update.
        """
        del self._writer

    def replace(self, course: str, revision: int, documents: Iterable[Document]) -> None:
        """Let `documents` be all that the index holds of a course."""
        self._writer.delete_documents_by_query(self._index.term("course", course))
        counted = []
        for document in documents:
            self._writer.add_document(stored.document_of(document))
            counted.append(document.wording.text)
        self._note(course, revision)
        self._write_statistics(course, Statistics.of(counted))

    def change(
        self, course: str, revision: int, documents: Iterable[Document], removed: Iterable[str]
    ) -> None:
        """Replace the entries that `documents` are of (all documents of an entry together) and drop `removed`."""
        changed, replaced = 0, ""
        for ref in removed:
            self._writer.delete_documents_by_term("ref", ref)
            changed += 1
        for document in documents:
            if document.wording.ref != replaced:
                replaced = document.wording.ref
                self._writer.delete_documents_by_term("ref", replaced)
            self._writer.add_document(stored.document_of(document))
            changed += 1
        self._note(course, revision)
        if changed > _RECOUNT_SHARE * self._index.statistics((course,)).units.total:
            self._recount.add(course)

    def drop(self, course: str) -> None:
        """Forget a course."""
        self._writer.delete_documents_by_query(self._index.term("course", course))
        for ref in (stored.state_ref(course), stored.statistics_ref(course)):
            self._writer.delete_documents_by_term("ref", ref)

    def commit(self) -> None:
        """Commit what has been changed so far and let the index see it."""
        self._writer.commit()
        self._index.reload()
        for course in self._recount:
            self._write_statistics(course, Statistics.of(w.text for w in self._index.wordings(course)))
        if self._recount:
            self._writer.commit()
            self._index.reload()
        self._recount.clear()

    def merge_statistics(self) -> None:
        """Count terms over all courses anew, for questions to several at once, where the count is far from true."""
        self.commit()
        courses = self._index.revisions()
        if len(courses) < 2:
            return
        parts = [self._index.statistics((course,)) for course in courses]
        total, counted = sum(part.units.total for part in parts), self._index.statistics(None).units.total
        if abs(total - counted) > _RECOUNT_SHARE * total:
            self._write_statistics(ALL_COURSES, Statistics.merged(parts))

    def _note(self, course: str, revision: int) -> None:
        self._writer.delete_documents_by_term("ref", stored.state_ref(course))
        self._writer.add_document(stored.state_document(course, revision))

    def _write_statistics(self, course: str, statistics: Statistics) -> None:
        self._writer.delete_documents_by_term("ref", stored.statistics_ref(course))
        document = tantivy.Document()
        document.add_text("ref", stored.statistics_ref(course))
        document.add_bytes("terms", statistics.pack())
        self._writer.add_document(document)
