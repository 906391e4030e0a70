"""Questions that read alike and mean something else: how to switch it on and how to switch it off, this and that.

Word vectors put opposites close together, for they keep the same company; so the commonest ones are listed here. What
else tells two such questions apart is the contrast guard's rule (`contrast.py`), in both directions: where one has a
term, the other has another one of the same kind.
"""

from __future__ import annotations

import re

import numpy as np

from knowledge.contrast import ASKING, SAME_KIND, SYNONYM
from knowledge.glossary import Glossary
from knowledge.normalize import normalize
from knowledge.terms import word_id
from knowledge.tokens import STOPWORDS, stem, tokenize
from knowledge.vectors import WordVectors

_PAIRS = (
    "最大 最小,最多 最少,上限 下限,升序 降序,开启 关闭,打开 关闭,启用 禁用,启动 停止,增加 减少,添加 删除",
    "新增 删除,加 减,升级 降级,扩容 缩容,上线 下线,上传 下载,发送 接收,生产 消费,生产者 消费者,读 写",
    "读取 写入,输入 输出,客户端 服务端,客户端 服务器,同步 异步,阻塞 非阻塞,串行 并行,优点 缺点,优势 劣势",
    "好处 坏处,前端 后端,之前 之后,左 右,快 慢,导入 导出,压缩 解压,编码 解码,加密 解密,序列化 反序列化",
    "注册 注销,登录 退出,乐观 悲观,静态 动态,公钥 私钥,请求 响应,入队 出队,入栈 出栈,本地 远程,enable disable",
    "start stop,open close,add remove,add delete,max min,maximum minimum,read write,ascending descending",
    "push pull,upload download,encode decode,encrypt decrypt,import export,sync async,local remote",
    "synchronous asynchronous,before after,increase decrease,advantage disadvantage,pros cons,client server",
    "input output,producer consumer,public private,stage unstage,merge rebase,reset revert,create delete",
    "show hide,first last,parent child,inner outer,left right",
)
_OPPOSITES = [
    (stem(one), stem(other)) for one, other in (pair.split() for pair in ",".join(_PAIRS).split(","))
]
_AGAINST = re.compile(
    r"避免|防止|防范|禁止|禁用|不让|别让|取消|撤销|撤回|杜绝|预防|\b(?:avoid|prevent|without|undo|cancel|forbid|never)\b"
)
_ALIKE = 0.5
"""Share of their characters that two questions have in common when only the names differ."""
_SAME = 0.8
"""Share of their units that two questions have in common when nothing but one word differs."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"\d+(?:\.\d+)*")


def opposed(one: str, other: str, *, table: WordVectors, glossary: Glossary) -> bool:
    """Whether two questions must not be taken for one, however alike they are.

    Args:
        one: a question.
        other: another one.
        table: says which words are of one kind.
        glossary: says which names are one thing (k8s, kubernetes).
    """
    left, right = normalize(one), normalize(other)
    if bool(_AGAINST.search(left)) != bool(_AGAINST.search(right)):
        return True
    if _differ(set(_NUMBER.findall(left)), set(_NUMBER.findall(right))):
        return True
    here, there = _terms(left), _terms(right)
    if any(_stands(a, b, here, there) or _stands(b, a, here, there) for a, b in _OPPOSITES):
        return True
    mine = {word for word in here if not _has(word, right, there, glossary.variants(other))}
    theirs = {word for word in there if not _has(word, left, here, glossary.variants(one))}
    if not mine or not theirs:
        return False
    named = any(map(str.isascii, mine)) and any(map(str.isascii, theirs))
    if named and _HAN.search(left) and _HAN.search(right) and _alike(left, right):
        # Names in Latin letters have no synonyms, however alike their company: COPY is not ENV.
        return True
    if len(mine) != 1 or len(theirs) != 1:
        return False
    one, other = mine.pop(), theirs.pop()
    nearness = _nearness(one, other, table)
    return nearness < SYNONYM and (nearness >= SAME_KIND or _same_but_for(left, one, right, other))


def _terms(text: str) -> frozenset[str]:
    words = (word for sentence in tokenize(text) for word in sentence.words)
    return frozenset(word for word in words if len(word) > 1 and word not in ASKING | STOPWORDS)


def _stands(a: str, b: str, here: frozenset[str], there: frozenset[str]) -> bool:
    """Whether the first has `a` and not `b`, where the second has `b` and not `a`."""
    return a in here and b not in here and b in there and a not in there


def _differ(here: set[str], there: set[str]) -> bool:
    """Whether each has something that the other lacks."""
    return bool(here - there) and bool(there - here)


def _has(word: str, text: str, terms: frozenset[str], variants: list[str]) -> bool:
    """Whether a question has a word, perhaps cut differently, or under another name."""
    if word in terms or (not word.isascii() and word in text):
        return True
    return word.isascii() and any(word in _terms(normalize(each)) for each in variants[1:])


def _alike(left: str, right: str) -> bool:
    here, there = set(_HAN.findall(left)), set(_HAN.findall(right))
    return len(here & there) >= _ALIKE * len(here | there)


def _same_but_for(left: str, one: str, right: str, other: str) -> bool:
    """Whether two texts are the same but for one word in each."""
    here, there = _units(left) - _units(one), _units(right) - _units(other)
    return len(here & there) >= _SAME * len(here | there)


def _units(text: str) -> set[str]:
    return {unit for sentence in tokenize(text) for unit in sentence.units if unit}


def _nearness(one: str, other: str, table: WordVectors) -> float:
    """Cosine of two words; 0 where one has no vector."""
    vectors, known = table.of(np.array([word_id(one), word_id(other)], np.uint32))
    return float(vectors[0] @ vectors[1]) if known.all() else 0.0
