"""A small real model, made here: each word has a vector of its meaning, and the average of them is the text's."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer, models, pre_tokenizers

from config.settings import Settings
from config.wiring import Application
from knowledge import embedding
from knowledge.answering import Answerer
from knowledge.documents import documents
from knowledge.embedding import OnnxEmbedder, SentenceEmbedder, load_embedder
from knowledge.entry import Entry, Source
from knowledge.errors import CoursebotError
from knowledge.index import SearchIndex
from knowledge.meaning import VECTORS_FILE
from knowledge.outcome import Found, NotFound, Outcome, Unsure

MEANINGS = {
    "feline": 0, "cat": 0, "purrs": 1, "vibrates": 1, "rocket": 2, "spaceship": 2, "launches": 3, "departs": 3,
    "bread": 4, "loaf": 4, "rises": 5, "swells": 5,
}  # fmt: skip
DIMENSIONS = 8


def make_model(folder: Path, *, pooled: bool = False) -> Path:
    """Token ids, each with its row of a table; the unknown token's is zeros."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {"[UNK]": 0} | {word: place for place, word in enumerate(MEANINGS, 1)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    table = np.zeros((len(vocabulary), DIMENSIONS), np.float32)
    for word, place in vocabulary.items():
        if word in MEANINGS:
            table[place, MEANINGS[word]] = 1 + place  # a text's vector is of length 1 all the same
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"], axis=0)]
    shape: list[str | int] = ["batch", "tokens", DIMENSIONS]
    output = "last_hidden_state"
    if pooled:
        nodes.append(helper.make_node("ReduceMax", ["last_hidden_state", "axes"], ["sentence"], keepdims=0))
        shape, output = ["batch", DIMENSIONS], "sentence"
    graph = helper.make_graph(
        nodes,
        "table",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
        [
            helper.make_tensor("table", TensorProto.FLOAT, table.shape, table.ravel().tolist()),
            helper.make_tensor("axes", TensorProto.INT64, [1], [1]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


def entry(ref: str, text: str, *aliases: str) -> Entry:
    return Entry(
        ref=ref, source=Source.ADMIN, course="pets", course_title="Pets", text=text, answer=f"about {ref}",
        lesson=None, lesson_title="", lesson_position=0, aliases=aliases,
    )  # fmt: skip


def write(index: SearchIndex, revision: int, entries: Iterable[Entry], removed: Iterable[str] = ()) -> None:
    made = [document for each in entries for document in documents(each)]
    with index.updating() as update:
        if revision == 1:
            update.replace("pets", revision, made)
        else:
            update.change("pets", revision, made, removed)


def first(outcome: Outcome) -> str | None:
    match outcome:
        case Found(best=best):
            return best.entry.ref
        case Unsure(candidates=found) | NotFound(closest=found):
            return found[0].entry.ref if found else None
        case _:
            return None


def stored(tmp_path: Path) -> tuple[set[tuple[str, str]], int]:
    connection = sqlite3.connect(tmp_path / VECTORS_FILE)
    keys = set(connection.execute("SELECT ref, alias FROM wordings").fetchall())
    [(texts,)] = connection.execute("SELECT count(*) FROM texts").fetchall()
    connection.close()
    return keys, texts


PETS = (
    entry("s1", "feline purrs"),
    entry("s2", "rocket launches"),
    entry("s3", "bread rises"),
    *(entry(f"s{place}", f"nothing of note number {place}") for place in range(4, 40)),
)


def test_the_tokens_that_are_there_are_averaged_and_padding_does_not_count(folder: Path) -> None:
    embedder = load_embedder(folder)
    assert isinstance(embedder, OnnxEmbedder)
    assert embedder.dimensions == DIMENSIONS
    alone = embedder.embed(["feline"])
    texts = ["feline purrs rocket launches bread", "feline", "", "unheard-of"]
    rows = embedder.embed(texts)
    assert rows.shape == (4, DIMENSIONS)
    np.testing.assert_allclose(rows[1], alone[0], rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(rows[:2], axis=1), 1.0, rtol=1e-6)
    assert not rows[2:].any()
    np.testing.assert_allclose(embedder.embed(["cat"])[0] @ alone[0], 1.0, rtol=1e-6)
    assert embedder.embed([]).shape == (0, DIMENSIONS)


def test_many_texts_of_any_length_keep_their_order(folder: Path) -> None:
    embedder = load_embedder(folder)
    words = list(MEANINGS)
    texts = [" ".join(words[: 1 + place % len(words)]) for place in range(100)]
    expected = np.concatenate([embedder.embed([text]) for text in texts])
    np.testing.assert_allclose(embedder.embed(texts), expected, rtol=1e-5, atol=1e-6)
    assert embedder.embed(["cat " * 100_000]).shape == (1, DIMENSIONS)


def test_the_first_token_counts_where_the_model_says_so(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "first")
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    embedder = load_embedder(folder)
    np.testing.assert_allclose(embedder.embed(["cat bread"]), embedder.embed(["cat"]))


def test_a_model_that_gives_one_vector_a_text_is_taken_at_its_word(tmp_path: Path) -> None:
    embedder = load_embedder(make_model(tmp_path / "pooled", pooled=True))
    np.testing.assert_allclose(np.linalg.norm(embedder.embed(["cat bread"]), axis=1), 1.0, rtol=1e-6)


def test_another_model_has_another_name_and_the_same_one_the_same(tmp_path: Path, folder: Path) -> None:
    same = make_model(tmp_path / "tiny")
    assert load_embedder(same).name == load_embedder(folder).name
    assert load_embedder(make_model(tmp_path / "tiny", pooled=True)).name != load_embedder(folder).name


def test_a_paraphrase_without_a_common_word_is_found_by_its_meaning(tmp_path: Path, folder: Path) -> None:
    index = SearchIndex(tmp_path / "index")
    write(index, 1, PETS)
    answerer = Answerer(index, embedder=load_embedder(folder))
    for question, ref in (("cat vibrates", "s1"), ("spaceship departs", "s2"), ("loaf swells", "s3")):
        assert first(Answerer(index).ask(question)) != ref
        assert first(answerer.ask(question)) == ref
        assert first(answerer.ask(question, courses=("pets",))) == ref


def test_vectors_follow_the_entries_and_only_new_texts_are_embedded(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded: list[str] = []
    plain = OnnxEmbedder.embed

    def embed(self: OnnxEmbedder, texts: list[str]) -> embedding.Matrix:
        embedded.extend(texts)
        return plain(self, texts)

    index = SearchIndex(tmp_path / "index")
    write(index, 1, PETS)
    embedder = load_embedder(folder)
    monkeypatch.setattr(OnnxEmbedder, "embed", embed)
    answerer = Answerer(index, embedder=embedder)
    answerer.ask("anything")
    assert stored(tmp_path) == ({(each.ref, "") for each in PETS}, len(PETS))

    write(index, 2, [entry("s2", "bread rises", "rocket launches"), entry("new", "feline purrs")], ["s3"])
    embedded.clear()
    assert first(answerer.ask("spaceship departs")) == "s2"
    assert embedded == ["spaceship departs"]
    keys, texts = stored(tmp_path)
    assert {("s2", ""), ("s2", "rocket launches"), ("new", "")} <= keys
    assert ("s3", "") not in keys
    assert texts == len(PETS)

    # Another process finds all vectors there; a course that is gone leaves none behind.
    embedded.clear()
    assert (
        first(Answerer(SearchIndex(tmp_path / "index"), embedder=embedder).ask("spaceship departs")) == "s2"
    )
    assert embedded == ["spaceship departs"]
    write(index, 3, [], ["s2"])
    answerer.follow(())
    assert stored(tmp_path)[1] == len(PETS) - 2
    with index.updating() as update:
        update.drop("pets")
    answerer.follow(())
    assert stored(tmp_path) == (set(), 0)


def test_a_damaged_file_of_vectors_is_made_anew(tmp_path: Path, folder: Path) -> None:
    index = SearchIndex(tmp_path / "index")
    write(index, 1, PETS)
    (tmp_path / VECTORS_FILE).write_bytes(b"no database" * 100)
    assert first(Answerer(index, embedder=load_embedder(folder)).ask("cat vibrates")) == "s1"


def test_what_is_wrong_with_a_model_is_said(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def key_of(path: Path) -> str:
        with pytest.raises(CoursebotError) as caught:
            load_embedder(path)
        return caught.value.key

    assert key_of(tmp_path / "nowhere") == "embedder-missing"
    broken = make_model(tmp_path / "broken")
    (broken / "model.onnx").write_bytes(b"no model")
    assert key_of(broken) == "embedder-broken"
    (make_model(broken) / "tokenizer.json").unlink()
    assert key_of(broken) == "embedder-broken"
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "modules.json").write_text("[]")
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    assert key_of(saved) == "embedder-extra"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert key_of(folder) == "embedder-extra"


def test_a_folder_of_sentence_transformers_is_run_by_that_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SentenceTransformer:
        def __init__(self, path: str, *, local_files_only: bool) -> None:
            assert (path, local_files_only) == (str(tmp_path), True)

        def encode(self, texts: list[str], *, show_progress_bar: bool) -> embedding.Matrix:
            assert not show_progress_bar
            return np.array([[3.0, 4.0]] * len(texts), np.float32)

    library = type(sys)("sentence_transformers")
    library.SentenceTransformer = SentenceTransformer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)
    (tmp_path / "modules.json").write_text("[]")
    embedder = load_embedder(tmp_path)
    assert isinstance(embedder, SentenceEmbedder)
    np.testing.assert_allclose(embedder.embed(["a", "b"]), [[0.6, 0.8]] * 2, rtol=1e-6)


async def test_the_setting_names_the_model(tmp_path: Path, folder: Path) -> None:
    assert Application(Settings(data=tmp_path)).embedder is None
    embedder = Application(Settings(data=tmp_path, embedder=str(folder))).embedder
    assert embedder is not None
    assert embedder.dimensions == DIMENSIONS
    with pytest.raises(CoursebotError, match="embedder-missing"):
        _ = Application(Settings(data=tmp_path, embedder=str(tmp_path / "none"))).library
