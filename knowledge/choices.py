"""A choice between two things: "merge or rebase, what is the difference" is about merge and rebase.

In a short question the words that ask for a difference outweigh the two that it is about. So it is also asked
without them, and what is found then counts where it fits clearly better and lacks neither of the two.
"""

from __future__ import annotations

import re

from knowledge.normalize import normalize

_ASKS = re.compile(
    r"[,，.。?？:：;；、~～\s]*(?:"
    r"\b(?:(?:so|and)\s+)?(?:(?:could|can) (?:you|someone) )?(?:(?:tell me|explain)(?: to me)? )?"
    r"(?:what(?:['’]?s|\s+is|\s+are|\s+was)?\s+)?(?:the\s+)?(?:main\s+|real\s+)?(?:difference|diff|distinction)s?"
    r"(?:\s+(?:between|of))?\b(?:\s+(?:is|are)\s+what\b)?|"
    r"\bhow (?:do|does|are|is)\b(?=.*\bdiffer(?:ent)?\b)|\bdiffer(?:ent)?(?:\s+from each other)?\b|"
    r"\bwhich (?:one )?(?:is better|should i (?:use|take|choose|pick)|do i (?:use|need))\b|"
    r"的?(?:主要|本质|具体|到底)?(?:有|是)?(?:什么|啥|哪些|何|什麼)?(?:本质|主要)?(?:上)?的?"
    r"(?:区别|差别|不同|差异|不一样)(?:之处|的地方)?(?:是|在)?(?:什么|啥|哪里|哪儿|哪|于什么)?|"
    r"(?:到底|应该|该)?(?:选|用)(?:哪个|哪一个|哪种)(?:比较|更)?(?:好|合适)?|哪个(?:比较|更)?(?:好|合适)"
    r")[吗呢啊呀,，.。?？!！:：~～\s]*"
)
"""Words by which a difference or a choice is asked for."""

_OR = re.compile(r"\s(?:or|vs\.?|versus|and)\s|和|与|跟|还是|或|以及")
_ENDS = " ,，.。?？!！:：;；~～"
_MOST = 40
_LONGEST = 120


def two_things(question: str) -> str | None:
    """What a question on a difference or a choice is about, without the words that ask for it.

    None where it does not ask so, does not join two things, or is long (over 40 characters without those
    words, or 120 with them): in a long question they weigh little.
    """
    text = normalize(question)
    if len(text) > _LONGEST or not _ASKS.search(text):
        return None
    rest = " ".join(_ASKS.sub(" ", text).split())
    joined = _OR.search(rest)
    if len(rest) > _MOST or not joined:
        return None
    before, after = rest[: joined.start()].strip(_ENDS), rest[joined.end() :].strip(_ENDS)
    return f"{before} or {after}" if before and after else None
