"""Questions that lean on the one before: "那第二种呢", "为什么呢？", "how do I fix it?".

Pure: a question leans when it is short and either points back ("它", "上面那个", "the second one") with nothing
before that it could point to, or has no word of its own that says what it is about. Anything else stands by itself,
and is never mixed with what was asked before.
"""

from __future__ import annotations

import re
from functools import cache

from knowledge.normalize import normalize
from knowledge.tokens import stem, tokenize

_LONGEST_UNITS = 24
"""Characters (or Latin words) of a question beyond which it says itself what it is about."""
_TOPIC = 6
"""Key words of a topic at most."""

_COUNT = r"[一二三四五六七八九十两几\d]"
_KIND = r"[种個个步点條条项項类類题題句段者样樣部方]"
_POINTING = re.compile(
    rf"它们?|他们?这|[这那此该](?:{_COUNT})?(?:{_KIND}|里|边|时|么|一|些)|上面|上述|上一{_KIND}|刚才|刚刚|前面(?:说|讲|提|那)|"
    rf"前者|后者|另外?(?:{_COUNT}){_KIND}|另外?的|其[他它余]|其中|第{_COUNT}+{_KIND}(?!.*讲)|"
    r"\b(?:it|its|they|them|this|that|these|those|the (?:first|second|third|other|former|latter|last)(?: one| way)?|"
    r"the (?:one|ones) (?:above|before)|the above)\b"
)
_LEADING = re.compile(
    r"^(?:那么?|所以|然后|但是?|可是?|而|如果是?|换成?|(?:so|and|but|then|what about|how about)\b)"
)
_CLOSING = re.compile(r"(?:呢|咋办|怎么办)[?？!！。~～\s]*$|^(?:and|what about|how about)\b")
_ASKING = re.compile(
    r"[?？]|[吗呢嘛么]|为[什啥]|[怎咋]|什么|啥|如何|哪|几|多少|"
    r"\b(?:why|how|what|when|where|which|who|is|are|does|do|can|could|should)\b"
)
# Words that ask about a matter without naming one.
_WORDS = """
为什么 为啥 为何 怎么 怎么办 怎么样 咋 咋办 怎样 如何 什么 啥 哪 哪个 哪些 哪种 哪里 多少 几 多久 何时 什么时候
解决 处理 做 办 弄 用 使用 实现 避免 修 修复 改 选 选择 判断 理解
原因 原理 例子 例 举 举例 举个 例如 区别 不同 差别 优点 缺点 优缺点 好处 坏处 影响 情况 场景
方法 办法 方式 步骤 意思 作用 后果 结果 详细 具体 展开 继续 说说 讲讲 解释 解释一下 再 说 讲 具体来说
更 最 呢 吗 吧 好 行 对 不 没 没有 不行 别 只 都 有没有 能不能 可不可以 会不会
那 这 它 它们 种 个 步 点 条 项 者 第 一 二 三 四 五 第一 第二 第三 第四 第五 一个 两个 第一种 第二种 第三种
另 另外 其他 其它 别的 其中 上面 上述 刚才 刚刚 前面 前者 后者 此 该 还有 还 里 时 时候 样
why how what when where which who exactly else more example examples for reason reasons differ difference
mean means work works fix solve do does use one ones way ways second first third other former latter above
happen happens give show tell explain detail details instead so then
"""
_GENERAL = frozenset(_WORDS.split())


@cache
def _general_stems() -> frozenset[str]:
    """Worked out on first use: it takes the dictionary of Chinese words, for which no start should wait."""
    return frozenset(word for general in _GENERAL for part in tokenize(general) for word in part.words)


def key_words(question: str) -> tuple[str, ...]:
    """What a question is about: its content words in order, a handful, Latin ones as they were written."""
    found: dict[str, None] = {}
    for sentence in tokenize(question):
        written = {stem(unit): unit for unit in reversed(sentence.units)}
        found |= {written.get(word, word): None for word in sentence.words if _says_something(word)}
    # A lone character is mostly a piece of a word that the dictionary lacks.
    whole = [word for word in found if len(word) > 1 or word.isascii()]
    return tuple(whole or found)[:_TOPIC]


def asks(text: str) -> bool:
    """Whether a text asks something and says what about; for what was not put to the bot."""
    return _ASKING.search(normalize(text)) is not None and bool(key_words(text)) and not leans(text)


def leans(question: str) -> bool:
    """Whether a question cannot be understood without the one before it."""
    normal = normalize(question).strip()
    if not any(sign.isalnum() for sign in normal) or not _ASKING.search(normal):
        return False
    if sum(len(sentence.units) for sentence in tokenize(normal)) > _LONGEST_UNITS:
        return False
    own = key_words(normal)
    if not own:
        return True
    pointing = _POINTING.search(normal)
    if pointing:
        # "kubectl 这个命令怎么用" points to what it has just named itself.
        return not key_words(normal[: pointing.start()]) and len(own) <= 2
    return bool(_LEADING.search(normal) and _CLOSING.search(normal)) and len(own) <= 1


def continued(question: str, topic: tuple[str, ...]) -> str:
    """A leaning question with what was talked about in place of what points to it, as it is searched for."""
    normal = normalize(question)
    own = _LEADING.sub("", _POINTING.sub("", normal).strip()).strip(" ,，")
    return " ".join((*(word for word in topic if word not in normal), own)).strip()


def _says_something(word: str) -> bool:
    return word not in _GENERAL and word not in _general_stems()
