"""How the index is written down: its fields, its documents, and the folder that holds them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import tantivy

from knowledge.documents import Document, Kind, Wording, unpack_terms
from knowledge.errors import CoursebotError

FORMAT = 3
"""Raised whenever what is written changes (schema, normalisation, tokens): older indexes are then rebuilt."""

FIELDS = ("unit", "pair", "word")
MARKS = {Kind.ANSWERED: "a", Kind.REMARK: "r", Kind.PASSAGE: "p"}
"""What a term begins with in the index: each kind has terms of its own, so that a search walks through no other's."""


def value(document: tantivy.Document, field: str) -> bytes:
    """A stored field; empty where the document has none."""
    found = document.get_first(field)
    return bytes(found) if found is not None else b""


def state_ref(course: str) -> str:
    """By which the document is known that holds a course's revision."""
    return f"state:{course}"


def statistics_ref(course: str) -> str:
    """By which the document is known that holds a course's term counts."""
    return f"statistics:{course}"


def state_document(course: str, revision: int) -> tantivy.Document:
    """Says which revision of a course the index holds."""
    document = tantivy.Document()
    document.add_text("ref", state_ref(course))
    document.add_text("kind", "state")
    document.add_bytes("head", json.dumps({"course": course, "revision": revision}).encode())
    return document


def document_of(document: Document) -> tantivy.Document:
    """A wording as it is written down; `wording_of` reads it."""
    wording = document.wording
    head = {
        "course": wording.course,
        "lesson": wording.lesson,
        "kind": wording.kind,
        "alias": wording.alias,
        "asks": wording.asks,
        "likes": wording.likes,
        "number": wording.number,
    }
    made = tantivy.Document()
    made.add_text("ref", wording.ref)
    made.add_text("kind", wording.kind)
    made.add_text("course", wording.course)
    if wording.number is not None:
        made.add_text("number", str(wording.number))
    for field, terms in (("unit", document.units), ("pair", document.pairs), ("word", document.words)):
        made.add_text(field, _marked(terms, MARKS[wording.kind]))
    made.add_bytes("head", json.dumps(head).encode())
    made.add_bytes("terms", wording.pack_terms())
    made.add_bytes("entry", wording.entry)
    return made


def wording_of(document: tantivy.Document) -> Wording:
    """The wording that `document_of` wrote down."""
    head = json.loads(value(document, "head"))
    text, heading, answer = unpack_terms(value(document, "terms"))
    return Wording(
        ref=str(document.get_first("ref")),
        course=head["course"],
        lesson=head["lesson"],
        kind=Kind(head["kind"]),
        alias=head["alias"],
        text=text,
        heading=heading,
        answer=answer,
        entry=value(document, "entry"),
        asks=head["asks"],
        likes=head["likes"],
        number=head["number"],
    )


def _marked(terms: str, mark: str) -> str:
    """Terms with spaces between them, each with a mark before it."""
    return mark + terms.replace(" ", f" {mark}") if terms else ""


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("ref", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("kind", "course", "number"):
        builder.add_text_field(name, stored=False, tokenizer_name="raw", index_option="basic")
    for name in FIELDS:
        builder.add_text_field(name, stored=False, tokenizer_name="spaces", index_option="freq")
    for name in ("head", "terms", "entry"):
        builder.add_bytes_field(name, stored=True)
    return builder.build()


def opened(folder: Path) -> tantivy.Index:
    """The index in `folder`, or a new one where it is missing, of another format or damaged."""
    stamp = folder / "format.json"
    expected = json.dumps({"format": FORMAT})
    try:
        if not stamp.is_file() or stamp.read_text() != expected:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)
            index = _with_tokenizer(tantivy.Index(_schema(), path=str(folder)))
            stamp.write_text(expected)
            return index
        try:
            return _with_tokenizer(tantivy.Index.open(str(folder)))
        except ValueError:
            stamp.unlink()
            return opened(folder)
    except OSError as error:
        raise CoursebotError("index-unusable", path=folder) from error


def _with_tokenizer(index: tantivy.Index) -> tantivy.Index:
    spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("spaces", spaces)
    return index
