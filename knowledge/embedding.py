"""Sentence embeddings from a model in a local folder: an extra that the bot works without.

A text becomes a vector, and texts that mean alike get vectors that point alike, whatever their words. Nothing is ever
downloaded: the operator names a folder, as exported by optimum (ONNX) or saved by sentence-transformers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import CoursebotError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Matrix = NDArray[np.float32]

MOST_CHARACTERS = 2_000
"""Of a longer text the beginning counts."""
_MOST_TOKENS = 512
_BATCH = 32
_SAMPLE = 1_000_000


class Embedder(Protocol):
    """Turns texts into vectors of length 1."""

    @property
    def name(self) -> str:
        """Tells this model from others, so that vectors of different models are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """The number of components of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Matrix:
        """[n, dimensions] the vector of each text."""
        ...


def load_embedder(folder: Path) -> Embedder:
    """The model in a folder: ONNX where there is a `model.onnx`, else one that sentence-transformers saved.

    Raises:
        CoursebotError: "embedder-missing" when there is no model, "embedder-extra" when a library is not installed,
            "embedder-broken" when the model cannot be used.
    """
    for file in (folder / "model.onnx", folder / "onnx" / "model.onnx"):
        if file.is_file():
            return _tried(folder, lambda file=file: OnnxEmbedder(folder, file))
    if (folder / "modules.json").is_file():
        return _tried(folder, lambda: SentenceEmbedder(folder))
    raise CoursebotError("embedder-missing", path=folder)


def _tried(folder: Path, make: Any) -> Embedder:
    try:
        embedder: Embedder = make()
        probe = embedder.embed(["coursebot"])
    except ImportError as error:
        raise CoursebotError("embedder-extra", package=error.name or str(error)) from error
    except Exception as error:  # what the libraries raise is their own; a broken file can be anything
        raise CoursebotError("embedder-broken", path=folder, reason=_first_line(error)) from error
    if probe.shape != (1, embedder.dimensions) or not np.isfinite(probe).all():
        raise CoursebotError("embedder-broken", path=folder, reason=f"{probe.shape}")
    return embedder


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class OnnxEmbedder:
    """A transformer in ONNX with its `tokenizer.json`.

    The vectors of a text's tokens are averaged (or the first one is taken, where `1_Pooling/config.json` says so)
    and brought to length 1. A model that gives one vector a text is taken at its word.

    Args:
        folder: where the tokenizer is.
        file: the model.
    """

    def __init__(self, folder: Path, file: Path) -> None:
        import onnxruntime  # noqa: PLC0415 (an extra)
        from tokenizers import Tokenizer  # noqa: PLC0415 (an extra)

        tokenizer = folder / "tokenizer.json"
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(tokenizer))
        limit = (self._tokenizer.truncation or {}).get("max_length", _MOST_TOKENS)
        self._tokenizer.enable_truncation(min(int(limit), _MOST_TOKENS))
        self._tokenizer.no_padding()
        quiet = onnxruntime.SessionOptions()
        quiet.log_severity_level = 3  # errors; what could be tidier in a model is not for the operator's eyes
        self._session = onnxruntime.InferenceSession(
            str(file), sess_options=quiet, providers=["CPUExecutionProvider"]
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._first_token = _takes_first_token(folder)
        self.name = _name(folder, [file, tokenizer])
        self.dimensions = len(self.embed(["coursebot"])[0])

    def embed(self, texts: Sequence[str]) -> Matrix:
        """[n, dimensions] the vector of each text; texts of like length go through the model together."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        encoded = self._tokenizer.encode_batch([text[:MOST_CHARACTERS] for text in texts])
        tokens = [each.ids for each in encoded]
        order = sorted(range(len(tokens)), key=lambda place: len(tokens[place]))
        batches = (order[start : start + _BATCH] for start in range(0, len(order), _BATCH))
        found = np.concatenate([self._run([tokens[place] for place in batch]) for batch in batches])
        return found[np.argsort(order)]

    def _run(self, tokens: list[list[int]]) -> Matrix:
        width = max(1, *(len(each) for each in tokens))
        ids = np.zeros((len(tokens), width), np.int64)
        mask = np.zeros((len(tokens), width), np.int64)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        fed = {name: value for name, value in given.items() if name in self._inputs}
        states = np.asarray(self._session.run(None, fed)[0], np.float32)
        if states.ndim == 3:
            states = states[:, 0] if self._first_token else _mean(states, mask)
        return unit(states)


class SentenceEmbedder:
    """A folder that sentence-transformers saved, run by that library."""

    def __init__(self, folder: Path) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (an extra)

        self._model = SentenceTransformer(str(folder), local_files_only=True)
        weights = sorted((*folder.rglob("*.safetensors"), *folder.rglob("*.bin")))
        self.name = _name(folder, [folder / "modules.json", *weights])
        self.dimensions = len(self.embed(["coursebot"])[0])

    def embed(self, texts: Sequence[str]) -> Matrix:
        """[n, dimensions] the vector of each text."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        cut = [text[:MOST_CHARACTERS] for text in texts]
        return unit(np.asarray(self._model.encode(cut, show_progress_bar=False), np.float32))


def unit(rows: Matrix) -> Matrix:
    """Rows of length 1; a row of zeros stays so."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def _mean(states: Matrix, mask: NDArray[np.int64]) -> Matrix:
    """The mean of the tokens' vectors; padding does not count."""
    counted = mask[:, :, None].astype(np.float32)
    return np.asarray((states * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1.0), np.float32)


def _takes_first_token(folder: Path) -> bool:
    file = folder / "1_Pooling" / "config.json"
    return file.is_file() and bool(json.loads(file.read_text("utf-8")).get("pooling_mode_cls_token"))


def _name(folder: Path, files: Sequence[Path]) -> str:
    """The folder's name with a mark of the files' beginnings, ends and sizes: a model that was exchanged is another."""
    mark = blake2b(digest_size=6)
    for file in files:
        size = file.stat().st_size
        mark.update(f"{size}".encode())
        with file.open("rb") as content:
            mark.update(content.read(_SAMPLE))
            content.seek(max(size - _SAMPLE, 0))
            mark.update(content.read())
    return f"{folder.resolve().name}-{mark.hexdigest()}"
