"""The contrast guard: an entry on 雪崩 does not answer a question on 穿透, however alike the two read.

What gives such a pair away: a short question is in the entry nearly word for word, but for one term, and where the
question has that term the entry has another one of the same kind (穿透 and 雪崩 keep the same company, so their vectors
are near each other, though not so near as those of synonyms).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from knowledge.documents import Kind
from knowledge.prepared import Candidate
from knowledge.question import Question
from knowledge.search import Hits
from knowledge.sounds import sound_ids
from knowledge.terms import GAP, Ids, pairs, unit_id, word_id
from knowledge.tokens import STOPWORDS, stem

SYNONYM = 0.68
"""Cosine from which on a word of the entry may stand for one of the question."""
SAME_KIND = 0.22
"""Cosine from which on two words are of one kind: what can be asked of one can be asked of the other."""
_REST_COVERED = 0.7
_SHARE = 0.15
_MOST_WORDS = 7
_SAME = 0.7
_NAMED = 0.5
"""Share of a question's weight from which on it is about the Latin names in it."""
_COMMON = 0.1
"""Share of entries from which on a word is on everybody's lips in a course."""

_ASKING = (
    "怎么 怎么样 如何 什么 为什么 为啥 怎样 怎么办 哪些 哪个 多少 有没有 能不能 可不可以 会不会 区别 不同 解决 办法",
    "怎么回事 回事 怎么弄 怎么搞 咋 咋办 咋样 啥 啥时候 什么时候 何时 为何 时用 干嘛 干什么 求解 情况 多久 多大 几个",
    "方法 使用 用法 意思 作用 原理 vs versus what why how which when difference between use mean work",
)
ASKING = frozenset(map(stem, " ".join(_ASKING).split()))
"""Words by which a question asks; that an entry asks with others is no contrast."""
_UNTELLING = ASKING | STOPWORDS


def holds_all(hits: Hits, candidate: Candidate) -> bool:
    """Whether an entry has every term of the question."""
    terms = _terms(hits.question)
    return bool(terms) and all(_holds(term, np.uint32(word_id(term)), candidate) for term in terms)


def says_the_same(hits: Hits, candidate: Candidate) -> bool:
    """Whether a sentence of a question and an entry are the same but for order and courtesies.

    All terms of the question are in the entry, and nearly all of the entry's units are in the question.
    """
    if candidate.wording.kind is not Kind.ANSWERED:
        return False
    asked, held = hits.question.units, np.unique(candidate.wording.text.units)
    held = held[held != GAP]
    if len(asked) and np.array_equal(np.unique(asked), held):
        # Also where cutting it into words left none that tells ("时区怎么改").
        return True
    if not holds_all(hits, candidate):
        return False
    shared = len(np.intersect1d(asked, held, assume_unique=True))
    return shared >= _SAME * max(len(asked), len(held))


@lru_cache(maxsize=16)
def _terms(question: Question) -> list[str]:
    """What the question is about, without the words by which it asks."""
    words = dict.fromkeys(w for s in question.sentences for w in s.words if w not in _UNTELLING)
    return [word for word in words if len(word) > 1]


def lacking(hits: Hits, candidate: Candidate) -> tuple[str, ...]:
    """The term that sets the question apart from an entry that is otherwise alike; none where there is no contrast."""
    terms = _terms(hits.question)
    if not 1 <= len(terms) <= _MOST_WORDS:
        return ()
    ids = np.array([word_id(word) for word in terms], np.uint32)
    domain = hits.domain
    weights = domain.statistics.words.rarity(ids) * domain.table.weight(ids)
    held = [_holds(word, number, candidate) for word, number in zip(terms, ids, strict=True)]
    if not any(held):
        # Only the way of asking is alike ("… 的区别是什么").
        return () if any(_has_synonym(number, candidate, hits) for number in ids) else _shown(terms, hits)
    names = [place for place, term in enumerate(terms) if term.isascii() and not _is_common(ids[place], hits)]
    if names and not any(held[place] for place in names) and weights[names].sum() >= _NAMED * weights.sum():
        # A question about git reset and git revert is not one about git's authors and committers.
        return _shown([terms[place] for place in names], hits)
    if held.count(False) != 1:
        return ()
    place = held.index(False)
    whole, missing = float(weights.sum()), float(weights[place])
    rest = float(weights[np.array(held)].sum())
    if missing < _SHARE * whole or rest < _REST_COVERED * (whole - missing):
        return ()
    return _shown([terms[place]], hits) if _is_replaced(terms[place], ids, candidate, hits) else ()


def _shown(words: list[str], hits: Hits) -> tuple[str, ...]:
    """Words as the reader wrote them."""
    surfaces = {
        w: s for each in hits.question.sentences for w, s in zip(each.words, each.surfaces, strict=True)
    }
    return tuple(surfaces.get(word, word) for word in words)


def _is_common(number: np.uint32, hits: Hits) -> bool:
    return float(hits.domain.statistics.words.share(np.array([number], np.uint32))[0]) > _COMMON


def _holds(word: str, number: np.uint32, candidate: Candidate) -> bool:
    wording = candidate.wording
    if any(number in terms.words for terms in (wording.text, wording.heading, wording.answer)):
        return True
    if word.isascii():
        return unit_id(word) in wording.text.units
    # jieba cuts differently in different company (架构师 holds 架构), and typos sound like what was meant.
    return word in candidate.characters or _sounds_alike(word, candidate)


def _sounds_alike(word: str, candidate: Candidate) -> bool:
    return all((candidate.sounds == number).any() for number in _heard(word))


@lru_cache(maxsize=1024)
def _heard(word: str) -> list[int]:
    """How the neighbouring units of a word sound."""
    heard: list[int] = pairs(sound_ids(np.array([unit_id(unit) for unit in word], np.uint32))).tolist()
    return heard


def _has_synonym(number: np.uint32, candidate: Candidate, hits: Hits) -> bool:
    vector, known = hits.domain.table.of(np.array([number], np.uint32))
    cosines = hits.domain.table.cosines(vector, candidate.rows)
    return bool(known[0]) and float(cosines.max(initial=0.0)) >= SYNONYM


def _is_replaced(word: str, asked: Ids, candidate: Candidate, hits: Hits) -> bool:
    """Whether the entry has a term of the same kind instead, and no synonym.

    Names in Latin letters have no synonyms, however alike their company: liveness is not readiness.
    """
    table = hits.domain.table
    vector, known = table.of(np.array([word_id(word)], np.uint32))
    if not known[0]:
        return False
    others = ~np.isin(candidate.wording.text.words, asked)
    cosines = table.cosines(vector, candidate.rows[others])
    nearest = float(cosines.max(initial=0.0))
    return nearest >= SAME_KIND and (word.isascii() or nearest < SYNONYM)
