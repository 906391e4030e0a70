"""What a text consists of when it is searched: units, and words.

A *unit* is one Han, kana or hangul character, or one run of letters and digits of another script ("k8s",
"kubernetes", "3.5"). A *word* is what jieba finds in a run of Han characters, or the stem of such a run of letters.
Single characters find what other words say (架构师 / 架构), words tell apart what single characters confuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import tantivy

from knowledge.normalize import normalize

LONGEST_TOKEN = 40
"""Longer runs of letters are keys, hashes and addresses: they are cut, so that they cannot swell the index."""

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SINGLE = _HAN + r"\u3040-\u30ff\uac00-\ud7af"
# Runs of other letters hold together over the signs of technical names: c++, c#, node.js, tcp/ip stays two.
_TOKEN = re.compile(
    rf"[{_SINGLE}]+|(?:(?![{_SINGLE}])[^\W_])+(?:[._'’\-](?:(?![{_SINGLE}])[^\W_])+)*[+#]{{0,2}}"
)
_SENTENCE_END = re.compile(r"[。！？!?；;\n…]+|\.(?=\s|$)")
_IS_SINGLE = re.compile(rf"[{_SINGLE}]")

STOPWORDS = frozenset(
    [
        "的",
        "了",
        "吗",
        "呢",
        "吧",
        "啊",
        "呀",
        "哦",
        "嘛",
        "啦",
        "么",
        "着",
        "过",
        "得",
        "地",
        "之",
        "也",
        "都",
        "就",
        "还",
        "又",
        "在",
        "是",
        "有",
        "和",
        "与",
        "及",
        "或",
        "而",
        "且",
        "但",
        "把",
        "被",
        "让",
        "给",
        "对",
        "从",
        "到",
        "向",
        "于",
        "为",
        "以",
        "这",
        "那",
        "这个",
        "那个",
        "这样",
        "那样",
        "这种",
        "那种",
        "这里",
        "那里",
        "这些",
        "那些",
        "我",
        "你",
        "他",
        "她",
        "它",
        "我们",
        "你们",
        "他们",
        "自己",
        "大家",
        "一个",
        "一下",
        "一些",
        "一点",
        "一种",
        "很",
        "太",
        "挺",
        "比较",
        "非常",
        "可以",
        "能",
        "会",
        "要",
        "想",
        "应该",
        "可能",
        "需要",
        "如果",
        "那么",
        "所以",
        "因为",
        "但是",
        "然后",
        "而且",
        "或者",
        "以及",
        "就是",
        "不是",
        "还是",
        "是否",
        "是不是",
        "老师",
        "请问",
        "问",
        "问题",
        "谢谢",
        "感谢",
        "您",
        "您好",
        "你好",
        "请教",
        "想问",
        "麻烦",
        "一直",
        "其实",
        "感觉",
        "觉得",
        "认为",
        "理解",
        "知道",
        "明白",
        "看到",
        "说",
        "讲",
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "do",
        "does",
        "did",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "with",
        "by",
        "from",
        "as",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "i",
        "you",
        "he",
        "she",
        "we",
        "they",
        "me",
        "my",
        "your",
        "our",
        "their",
        "and",
        "or",
        "but",
        "if",
        "so",
        "can",
        "could",
        "should",
        "would",
        "will",
        "may",
        "might",
        "please",
        "thanks",
        "thank",
        "hi",
        "hello",
        "there",
        "here",
        "s",
        "t",
        "m",
        "re",
        "ve",
        "d",
        "ll",
        "not",
        "no",
        "yes",
        "just",
        "really",
        "also",
        "about",
        "into",
        "than",
        "then",
    ]
)
"""Words that carry nothing by which one question could be told from another. Question words stay: why is not how."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The units and words of one sentence.

    Attributes:
        units: with "" where something that is no unit stands between two of them.
        words: without stop words; Latin ones are stems.
        surfaces: the words as they are written.
    """

    units: tuple[str, ...]
    words: tuple[str, ...]
    surfaces: tuple[str, ...]


def tokenize(text: str) -> list[Sentence]:
    """The sentences of `text` (any text), normalised; sentences without a unit are left out."""
    normal = normalize(text)
    return [sentence for piece in _SENTENCE_END.split(normal) if (sentence := _sentence(piece)).units]


def _sentence(piece: str) -> Sentence:
    units: list[str] = []
    words: list[str] = []
    surfaces: list[str] = []
    end = 0
    for found in _TOKEN.finditer(piece):
        if units and found.start() > end and not piece[end : found.start()].isspace():
            units.append("")
        token, end = found.group(), found.end()
        if _IS_SINGLE.match(token):
            units.extend(token)
            found_words = list(_han_words(token))
            words.extend(found_words)
            surfaces.extend(found_words)
        else:
            for part in latin_parts(token):
                units.append(part)
                if part not in STOPWORDS:
                    words.append(stem(part))
                    surfaces.append(part)
    return Sentence(tuple(units), tuple(words), tuple(surfaces))


def _han_words(run: str) -> Iterator[str]:
    import rjieba  # noqa: PLC0415 (reads its dictionary: 0.2 s that a start need not wait for)

    for word in rjieba.cut(run):
        if word not in STOPWORDS:
            yield word


@lru_cache(maxsize=16_384)
def latin_parts(token: str) -> tuple[str, ...]:
    """A run of letters as one unit, cut where it is too long; "'s" at its end is dropped."""
    bare = token.removesuffix("'s").removesuffix("’s")[:LONGEST_TOKEN]
    return (bare,) if bare else ()


_STEMMER = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.stemmer("english")).build()
)


@lru_cache(maxsize=16_384)
def stem(token: str) -> str:
    """The English stem of a Latin token; tokens of other scripts and with digits are left as they are."""
    return _STEMMER.analyze(token)[0] if token.isascii() and token.isalpha() else token
