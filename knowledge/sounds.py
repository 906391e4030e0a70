"""How Han characters sound: typing by sound is how most typos come about (指真 for 指针)."""

from __future__ import annotations

import os
from functools import cache

import numpy as np

from knowledge.terms import Ids


@cache
def _sounds() -> Ids:
    """[0x3400..0x9FFF] the number of each Han character's toneless syllable; 0 for none."""
    # Phrases are 2.5 MB that single characters do not need.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin.constants import PINYIN_DICT  # noqa: PLC0415
    from pypinyin.contrib.tone_convert import to_normal  # noqa: PLC0415

    syllables: dict[str, int] = {}
    table = np.zeros(0xA000 - 0x3400, np.uint32)
    for point, readings in PINYIN_DICT.items():
        if 0x3400 <= point < 0xA000:
            syllable = _blurred(to_normal(readings.split(",")[0]))
            table[point - 0x3400] = syllables.setdefault(syllable, len(syllables) + 1)
    return table


def _blurred(syllable: str) -> str:
    """A syllable without the distinctions that many speakers do not make: zh/z, ch/c, sh/s, -ng/-n, l/n."""
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s")):
        if syllable.startswith(one):
            syllable = other + syllable.removeprefix(one)
    return syllable.removesuffix("g") if syllable.endswith("ng") else syllable


def sound_ids(units: Ids) -> Ids:
    """Units by how they sound: Han characters become syllables, other units stay."""
    table = _sounds()
    is_han = (units >= 0x3400) & (units < 0xA000)
    heard = table[np.where(is_han, units - 0x3400, 0)]
    return np.where(is_han & (heard > 0), heard, units)
