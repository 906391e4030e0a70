"""The index on disk, seen by the one who writes and by another who reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.documents import Document, Kind, documents
from knowledge.entry import Entry, Source
from knowledge.index import Scope, SearchIndex, Term


def entry(ref: str, text: str, *, course: str = "k8s", aliases: tuple[str, ...] = ()) -> Entry:
    return Entry(
        ref=ref,
        source=Source.AUTHOR,
        course=course,
        course_title=course,
        text=text,
        answer="是。",
        aliases=aliases,
    )


def made(*entries: Entry) -> list[Document]:
    return [document for each in entries for document in documents(each)]


def fill(index: SearchIndex, *entries: Entry, revision: int = 1, course: str = "k8s") -> None:
    with index.updating() as update:
        update.replace(course, revision, made(*entries))
        update.merge_statistics()


def found(index: SearchIndex, word: str, courses: tuple[str, ...] | None = None) -> list[str]:
    terms = [Term(field="word", text=word, weight=1.0)]
    hits = index.search(terms, kind=Kind.ANSWERED, scope=Scope(courses=courses), limit=9)
    return sorted(hit.ref for hit in hits)


@pytest.fixture
def writer(tmp_path: Path) -> SearchIndex:
    return SearchIndex(tmp_path / "index")


@pytest.fixture
def reader(writer: SearchIndex) -> SearchIndex:
    return SearchIndex(writer.folder)


def test_another_sees_what_was_committed_once_it_reloads(writer: SearchIndex, reader: SearchIndex) -> None:
    fill(writer, entry("c1", "镜像是什么？"), revision=3)
    assert (reader.revisions(), reader.count("k8s")) == ({}, 0)
    reader.reload()
    assert (reader.revisions(), reader.count("k8s")) == ({"k8s": 3}, 1)
    assert found(reader, "镜像") == ["c1"]
    kept = reader.entry("c1")
    assert kept == entry("c1", "镜像是什么？")


def test_replacing_leaves_nothing_of_before(writer: SearchIndex) -> None:
    fill(writer, entry("c1", "镜像是什么？"))
    fill(writer, entry("c2", "网络是什么？"), revision=2)
    assert (found(writer, "镜像"), found(writer, "网络")) == ([], ["c2"])
    assert (writer.revisions(), writer.entry("c1")) == ({"k8s": 2}, None)


def test_a_change_replaces_entries_with_all_their_wordings(writer: SearchIndex, reader: SearchIndex) -> None:
    fill(
        writer,
        entry("c1", "镜像是什么？", aliases=("网络",)),
        entry("c2", "存储是什么？"),
        entry("c3", "调度"),
    )
    assert writer.count("k8s") == 4
    with writer.updating() as update:
        update.change("k8s", 2, made(entry("c1", "镜像有多大？", aliases=("磁盘", "仓库"))), ["c3"])
    reader.reload()
    assert (reader.revisions(), reader.count("k8s")) == ({"k8s": 2}, 4)
    assert [found(reader, word) for word in ("网络", "磁盘", "存储", "调度")] == [[], ["c1"], ["c2"], []]


def fail_half_way(index: SearchIndex) -> None:
    with index.updating() as update:
        update.replace("k8s", 2, made(entry("c2", "网络")))
        update.drop("k8s")
        raise RuntimeError


def test_an_update_that_fails_changes_nothing(writer: SearchIndex, reader: SearchIndex) -> None:
    fill(writer, entry("c1", "镜像是什么？"))
    with pytest.raises(RuntimeError):
        fail_half_way(writer)
    for index in (writer, reader):
        index.reload()
        assert (index.revisions(), found(index, "镜像"), found(index, "网络")) == ({"k8s": 1}, ["c1"], [])
    fill(reader, entry("c2", "网络"), revision=2)  # the lock was given back


def test_a_dropped_course_is_gone_and_others_stay(writer: SearchIndex) -> None:
    fill(writer, entry("c1", "镜像是什么？"))
    fill(writer, entry("c2", "镜像有多大？", course="git"), course="git")
    assert (found(writer, "镜像"), found(writer, "镜像", ("git",))) == (["c1", "c2"], ["c2"])
    with writer.updating() as update:
        update.drop("k8s")
    assert (writer.revisions(), found(writer, "镜像"), writer.count("k8s")) == ({"git": 1}, ["c2"], 0)


def test_statistics_of_several_courses_are_their_sum(writer: SearchIndex) -> None:
    fill(writer, *(entry(f"c{n}", "镜像是什么？") for n in range(3)))
    fill(writer, *(entry(f"d{n}", "镜像有多大？", course="git") for n in range(5)), course="git")
    totals = [
        writer.statistics(courses).units.total for courses in (("k8s",), ("git",), None, ("git", "k8s"))
    ]
    assert totals == [3, 5, 8, 8]


def test_an_index_of_another_format_is_begun_anew(writer: SearchIndex) -> None:
    fill(writer, entry("c1", "镜像是什么？"))
    (writer.folder / "format.json").write_text('{"format": 0}')
    assert SearchIndex(writer.folder).revisions() == {}


def test_an_update_that_failed_does_not_keep_others_waiting_while_its_error_is_looked_at(
    writer: SearchIndex, reader: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.index._LOCK_WAIT", 0.0)

    def fail() -> None:
        with writer.updating() as update:
            update.replace("k8s", 1, made(entry("c1", "镜像是什么？")))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        fail()
    fill(reader, entry("c2", "容器是什么？"))
    assert caught.tb is not None
    assert found(reader, "容器") == ["c2"]
    assert reader.entry("c1") is None
