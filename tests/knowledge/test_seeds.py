"""Files of seeded answers, written and read again."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import CoursebotError
from knowledge.model import Seed
from knowledge.seeds import read_seeds, write_seeds

STORABLE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WORDS = st.text(STORABLE | st.sampled_from("|｜[]\"',\r\n;=\ufeff 容器"), max_size=30).map(str.strip)
SAID = WORDS.filter(bool)
SEEDS = st.builds(
    Seed,
    question=SAID,
    answer=SAID,
    aliases=st.lists(SAID, max_size=3, unique=True).map(tuple),
    lesson=st.none() | SAID.filter(lambda name: not name.endswith(".md")),
    author=WORDS,
)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
@given(seeds=st.lists(SEEDS, max_size=4))
def test_what_is_written_is_read_again(suffix: str, seeds: list[Seed]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"seeds.{suffix}"
        assert write_seeds(file, seeds) == len(seeds)
        read = read_seeds(file)
    assert (read.bad, [seed for _, seed in read.seeds]) == ((), seeds)


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
@given(data=st.binary(max_size=200) | st.text(STORABLE, max_size=200).map(str.encode))
def test_no_file_raises_what_is_no_sentence(suffix: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"seeds.{suffix}"
        file.write_bytes(data)
        with suppress(CoursebotError):
            read_seeds(file)
