"""Normalising and tokenising, for any text at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.normalize import normalize
from knowledge.terms import terms_of, unpack
from knowledge.tokens import tokenize

ANY = st.text(st.characters(), max_size=200)
MIXED = st.text(
    st.sampled_from("資料庫軟體後面乾隆头髮İıſﬁ㍿Ⅳ①ｋ８ｓ\u0307\u200b\u202e\ufeff\t\n🐳aZ.-'"), max_size=30
)


@given(ANY | MIXED)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


@given(ANY | MIXED)
def test_any_text_is_tokenised_and_packed(text: str) -> None:
    terms = terms_of(tokenize(text))
    packed = terms.pack()
    again, end = unpack(packed)
    assert (end, again.pack()) == (len(packed), packed)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Ｋ８Ｓ", "k8s"),
        ("資料庫的軟體", "数据库的软件"),
        ("文件", "文件"),
        ("Straße", "strasse"),
        ("a\u200bb\u202ec", "abc"),
        ("a\tb", "a b"),
    ],
)
def test_what_does_not_differ(written: str, compared: str) -> None:
    assert normalize(written) == compared
