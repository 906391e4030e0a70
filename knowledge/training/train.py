"""Train a small Chinese and English table of word vectors from tokenised sentences.

    python -m knowledge.training.tokenise SOURCES CLEAN          texts -> sentences of tokens
    python -m knowledge.training.train CLEAN vectors.npz         sentences -> the table

Two views of the same words are made and fused. One: co-occurrences in a window of five, positive pointwise mutual
information, truncated SVD without the singular values' weights. Two: skip-gram with negative sampling (gensim), its
spectrum flattened. The rows of both are joined, reduced by one more SVD, and stored as small integers. The result
depends only on the sentences, the arguments and the versions of the libraries (one thread trains the skip-gram).

What is written is what `knowledge.vectors.WordVectors.load` reads. Needs the extra `coursebot[training]`.
"""

from __future__ import annotations

import argparse
import gzip
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.vectors import complete

if TYPE_CHECKING:
    from scipy import sparse

logger = logging.getLogger("coursebot.training")

Matrix = NDArray[np.float32]


def lines_of(clean: Path) -> Iterator[str]:
    """The sentences of all files, in the order of the files' names."""
    for file in sorted(clean.glob("*.txt.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            yield from lines


def encode(clean: Path, size: int, minimum: int) -> tuple[list[str], NDArray[np.int64], NDArray[np.int32]]:
    """Vocabulary by falling count, the counts, and the corpus as ids.

    Of all the ids, -1 is a word out of the vocabulary and -2 the end of a sentence.
    """
    counter: Counter[str] = Counter()
    for line in lines_of(clean):
        counter.update(line.split())
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    kept = [(word, count) for word, count in ranked[:size] if count >= minimum]
    index = {word: number for number, (word, _) in enumerate(kept)}
    parts, ids = [], []
    for line in lines_of(clean):
        ids += [index.get(word, -1) for word in line.split()]
        ids.append(-2)
        if len(ids) > 1_000_000:
            parts.append(np.array(ids, dtype=np.int32))
            ids = []
    parts.append(np.array(ids, dtype=np.int32))
    return [word for word, _ in kept], np.array([count for _, count in kept]), np.concatenate(parts)


def co_occurrences(
    ids: NDArray[np.int32], size: int, window: int, chunk: int = 4_000_000
) -> sparse.csr_matrix:
    """Symmetric counts of pairs of one sentence, a pair at distance d weighing (window + 1 - d) / window."""
    from scipy import sparse

    ends = np.cumsum(ids == -2, dtype=np.int32)
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    for start in range(0, len(ids), chunk):
        part = sparse.csr_matrix((size, size), dtype=np.float32)
        for distance in range(1, window + 1):
            left = ids[start : min(start + chunk, len(ids) - distance)]
            right = ids[start + distance : start + distance + len(left)]
            same = ends[start : start + len(left)] == ends[start + distance : start + distance + len(left)]
            keep = same & (left >= 0) & (right >= 0)
            weights = np.full(int(keep.sum()), (window + 1 - distance) / window, np.float32)
            part = part + sparse.coo_matrix((weights, (left[keep], right[keep])), (size, size)).tocsr()
        total = total + part
    return (total + total.T).tocsr()


def ppmi(counts: sparse.csr_matrix, smoothing: float, shift: float, least: float) -> sparse.csr_matrix:
    """Positive pointwise mutual information less log(shift); contexts' distribution to the power ``smoothing``."""
    from scipy import sparse

    rows = np.asarray(counts.sum(axis=1)).ravel()
    context = rows**smoothing
    context /= context.sum()
    matrix = counts.tocoo()
    value = matrix.data / rows[matrix.row] / context[matrix.col]
    value = np.log(np.maximum(value, 1e-12)) - np.log(shift)
    keep = (value > 0) & (matrix.data >= least)
    return sparse.csr_matrix(
        (value[keep].astype(np.float32), (matrix.row[keep], matrix.col[keep])), matrix.shape
    )


def unit(rows: Matrix) -> Matrix:
    """Rows of length one."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)


def flatten(rows: Matrix, dims: int, skip: int, power: float) -> Matrix:
    """Unit rows of U * S**power of the centred rows, the ``skip`` first components left out."""
    centred = unit(rows)
    values, basis = np.linalg.eigh(np.cov(centred, rowvar=False).astype(np.float64))
    basis, values = basis[:, ::-1][:, skip : skip + dims], values[::-1][skip : skip + dims]
    scores = (centred - centred.mean(axis=0)) @ basis
    return unit(scores * np.maximum(values, 1e-12) ** ((power - 1) / 2))


def skip_gram(
    clean: Path, words: list[str], counts: NDArray[np.int64], options: argparse.Namespace
) -> Matrix:
    """Skip-gram vectors of the words, trained on the sentences in a random order."""
    from gensim.models import Word2Vec

    lines = list(lines_of(clean))
    order = np.random.default_rng(options.seed).permutation(len(lines))
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
        file.writelines(lines[number] for number in order)
        file.flush()
        model = Word2Vec(
            vector_size=options.skip_gram_dims, window=options.window, min_count=1, sg=1, workers=1,
            negative=options.negative, sample=options.sample, seed=options.seed,
        )  # fmt: skip
        model.build_vocab_from_freq(dict(zip(words, counts.tolist(), strict=True)), corpus_count=len(lines))
        total = int(counts.sum())
        model.train(
            corpus_file=file.name, total_words=total, total_examples=len(lines), epochs=options.epochs
        )
    return np.stack([model.wv[word] for word in words]).astype(np.float32)


def quantise(rows: Matrix, levels: int) -> NDArray[np.int8]:
    """Rows as integers of -levels..levels; their directions are kept, their lengths are not."""
    largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-7)
    # The scale was first written as a 16-bit float: rounding it so keeps the table what it was.
    scale = (largest / levels).astype(np.float16).astype(np.float32)
    return np.asarray(np.clip(np.rint(rows / np.maximum(scale, 1e-7)), -levels, levels), np.int8)


def train(options: argparse.Namespace) -> None:
    """Sentences of ``options.clean`` to the table ``options.out``."""
    from sklearn.utils.extmath import randomized_svd

    words, counts, ids = encode(options.clean, options.vocabulary, options.minimum)
    logger.info("%d words of %d tokens", len(words), int((ids != -2).sum()))
    matrix = ppmi(
        co_occurrences(ids, len(words), options.window), options.smoothing, options.shift, options.least
    )
    left = randomized_svd(
        matrix, options.svd_dims + options.skip, n_oversamples=20, n_iter=4, random_state=options.seed
    )[0]
    views = [unit(left[: options.keep, options.skip :].astype(np.float32))]
    logger.info("%d pairs reduced to %d dimensions", matrix.nnz, options.svd_dims)
    if options.epochs:
        rows = skip_gram(options.clean, words, counts, options)[: options.keep]
        views.append(flatten(rows, options.skip_gram_dims, 2, 0.5))
    quantised = quantise(flatten(np.hstack(views), options.dims, 0, 0.5), options.levels)
    frequency = (counts / int((ids != -2).sum())).astype(np.float32)[: options.keep]
    blob = np.frombuffer("\n".join(words[: options.keep]).encode(), np.uint8)
    np.savez(options.out, words=blob, q=quantised, frequency=frequency)
    complete(options.out)


def main() -> None:
    """Read the arguments and train."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description="Train a small word-vector table.")
    parser.add_argument("clean", type=Path, help="folder of *.txt.gz, one sentence a line")
    parser.add_argument("out", type=Path, help="the table to write")
    whole = {
        "vocabulary": 80_000, "minimum": 10, "keep": 60_000, "window": 5, "svd-dims": 300, "skip": 4,
        "skip-gram-dims": 128, "epochs": 8, "negative": 6, "dims": 200, "levels": 15, "seed": 20,
    }  # fmt: skip
    for name, default in whole.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    for name, number in {"smoothing": 0.75, "shift": 1.0, "least": 1.0, "sample": 5e-5}.items():
        parser.add_argument(f"--{name}", type=float, default=number)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
