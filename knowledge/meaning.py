"""The meaning of entries: their vectors by an embedder, kept in a file beside the index and in step with it.

The file is a cache. It says of each course which revision of the index it has followed, so one that fell behind (a
crash, an update by a process without the model) catches up by itself, and only texts it has never seen are embedded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from pathlib import Path
from threading import Lock

import numpy as np

from knowledge.documents import Wording, unpack_entry
from knowledge.embedding import MOST_CHARACTERS, Embedder, Matrix
from knowledge.errors import CoursebotError
from knowledge.index import SearchIndex

VECTORS_FILE = "vectors.sqlite"
WEIGHT = 8.0
"""What a cosine of 1 adds to a candidate's score, beside the weights of `ranking.toml`. A text that means the same is
about .5 nearer than an unrelated one, which makes 4; between the first candidate and the twentieth lie 5.5 at the
median. Not learned, for it must suit a model that we do not know; docs/embedding.md has what other weights brought."""
NEAREST = 20
"""How many entries nearest in meaning become candidates, whatever their words."""
MOST_COMPARED = 20_000
"""In more wordings than that the nearest are not looked for: candidates then come from the words alone."""
_BATCH = 256
_SCHEMA = """
CREATE TABLE IF NOT EXISTS texts (model TEXT, hash BLOB, vector BLOB, PRIMARY KEY (model, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wordings (
    model TEXT, course TEXT, ref TEXT, alias TEXT, hash BLOB, PRIMARY KEY (model, ref, alias)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS wordings_of_course ON wordings (model, course);
CREATE TABLE IF NOT EXISTS followed (model TEXT, course TEXT, revision INTEGER, PRIMARY KEY (model, course));
"""

Key = tuple[str, str]
"""An entry's ref and the alias (empty for its own text)."""


class Meaning:
    """Vectors of an index's entries.

    Args:
        file: where they are kept; made when missing, and anew when it is damaged.
        embedder: the model.
    """

    def __init__(self, file: Path, embedder: Embedder) -> None:
        self._file = file
        self._embedder = embedder
        self._following = Lock()
        self._compared: dict[tuple[str, ...], tuple[list[str], Matrix]] = {}

    def question(self, text: str) -> Matrix:
        """[d] the vector of a question."""
        row: Matrix = self._embedder.embed([text[:MOST_CHARACTERS]])[0]
        return row

    def follow(self, index: SearchIndex, *, anew: Collection[str] = ()) -> None:
        """Bring the vectors in step with the index; the courses in `anew` even where the revision is the same."""
        with self._following, self._opened() as connection:
            self._compared.clear()
            model, revisions = self._embedder.name, index.revisions()
            rows = connection.execute("SELECT course, revision FROM followed WHERE model = ?", (model,))
            held: dict[str, int] = dict(rows.fetchall())
            for course, revision in revisions.items():
                if held.get(course) != revision or course in anew:
                    self._follow_course(connection, index, course, revision)
            for course in held.keys() - revisions.keys():
                for table in ("wordings", "followed"):
                    connection.execute(
                        f"DELETE FROM {table} WHERE model = ? AND course = ?",  # noqa: S608 (names of our own)
                        (model, course),
                    )
            if held != revisions or anew:
                connection.execute(
                    "DELETE FROM texts WHERE model = ?1 AND hash NOT IN "
                    "(SELECT hash FROM wordings WHERE model = ?1)",
                    (model,),
                )
            connection.commit()

    def _follow_course(
        self, connection: sqlite3.Connection, index: SearchIndex, course: str, revision: int
    ) -> None:
        model = self._embedder.name
        texts: dict[bytes, str] = {}
        kept: list[tuple[str, str, str, str, bytes]] = []
        for wording in index.wordings(course):
            text = _text(wording)
            mark = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            texts[mark] = text
            kept.append((model, course, wording.ref, wording.alias, mark))
        known = {mark for (mark,) in connection.execute("SELECT hash FROM texts WHERE model = ?", (model,))}
        new = [mark for mark in texts if mark not in known]
        for start in range(0, len(new), _BATCH):
            part = new[start : start + _BATCH]
            vectors = self._embedder.embed([texts[mark] for mark in part]).astype(np.float16)
            connection.executemany(
                "INSERT OR REPLACE INTO texts VALUES (?, ?, ?)",
                [(model, mark, vector.tobytes()) for mark, vector in zip(part, vectors, strict=True)],
            )
            connection.commit()  # what was embedded so far survives a kill
        connection.execute("DELETE FROM wordings WHERE model = ? AND course = ?", (model, course))
        connection.executemany("INSERT OR REPLACE INTO wordings VALUES (?, ?, ?, ?, ?)", kept)
        connection.execute("INSERT OR REPLACE INTO followed VALUES (?, ?, ?)", (model, course, revision))
        connection.commit()

    def cosines(self, asked: Matrix, keys: Sequence[Key]) -> Matrix:
        """[n] how near each wording is to the question, -1..1; 0 for one without a vector."""
        found: dict[Key, bytes] = {}
        refs = sorted({ref for ref, _ in keys})
        with self._opened() as connection:
            for start in range(0, len(refs), 500):
                part = refs[start : start + 500]
                marks = ", ".join("?" * len(part))
                rows = connection.execute(
                    "SELECT ref, alias, vector FROM wordings JOIN texts USING (model, hash) "  # noqa: S608 (marks only)
                    f"WHERE model = ? AND ref IN ({marks})",
                    (self._embedder.name, *part),
                )
                found |= {(ref, alias): vector for ref, alias, vector in rows}
        none = np.zeros(len(asked), np.float16).tobytes()
        return self._matrix([found.get(key, none) for key in keys]) @ asked

    def nearest(self, asked: Matrix, courses: tuple[str, ...]) -> list[str]:
        """Refs of the entries of these courses that are nearest to the question, where they are few enough."""
        if courses not in self._compared:
            self._compared[courses] = self._read(courses)
        refs, vectors = self._compared[courses]
        if not refs:
            return []
        order = np.argsort(-(vectors @ asked), kind="stable")[:NEAREST]
        return list(dict.fromkeys(refs[place] for place in order.tolist()))

    def _read(self, courses: tuple[str, ...]) -> tuple[list[str], Matrix]:
        refs: list[str] = []
        vectors: list[bytes] = []
        with self._opened() as connection:
            for course in courses:
                rows = connection.execute(
                    "SELECT ref, vector FROM wordings JOIN texts USING (model, hash) "
                    "WHERE model = ? AND course = ? LIMIT ?",
                    (self._embedder.name, course, MOST_COMPARED + 1),
                ).fetchall()
                refs += [ref for ref, _ in rows]
                vectors += [vector for _, vector in rows]
                if len(refs) > MOST_COMPARED:
                    return [], self._matrix([])
        return refs, self._matrix(vectors)

    def _matrix(self, rows: Sequence[bytes]) -> Matrix:
        flat = np.frombuffer(b"".join(rows), np.float16).astype(np.float32)
        return flat.reshape(len(rows), self._embedder.dimensions)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connect()) as connection:
                yield connection
        except sqlite3.Error as error:
            raise CoursebotError("vectors-unusable", path=self._file) from error

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=30)
        try:
            connection.executescript(_SCHEMA)
        except sqlite3.OperationalError:
            connection.close()
            raise
        except sqlite3.DatabaseError:  # no database at all: it is a cache, so it may go
            connection.close()
            self._file.unlink()
            connection = sqlite3.connect(self._file, timeout=30)
            connection.executescript(_SCHEMA)
        return connection


def _text(wording: Wording) -> str:
    """What an entry means: the alias, or the searched text with its heading."""
    return (wording.alias or unpack_entry(wording.entry).searched)[:MOST_CHARACTERS]
