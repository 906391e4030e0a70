"""When two people word a question alike: to the letter but for case, width, white space and punctuation."""

from __future__ import annotations

import re
import unicodedata

# Signs within a name ("3.5", "c++", "tcp/ip") tell names apart; only what ends or parts sentences goes.
_SENTENCE_SIGNS = re.compile(r"[?!。,、~…;:]+|\.+(?=\s|$)")


def wording_of(question: str) -> str:
    """The question without what nobody means by it."""
    parted = _SENTENCE_SIGNS.sub(" ", unicodedata.normalize("NFKC", question))
    return " ".join(unicodedata.normalize("NFKC", parted).casefold().split())


def same_question(question: str) -> str:
    """A question regardless of white space, letter case and full or half width (NFKC): of those, one is kept."""
    return " ".join(unicodedata.normalize("NFKC", question).casefold().split())
