"""Inline Markdown of a passage as plain words, for searching and for showing."""

from __future__ import annotations

import re

_LINK = re.compile(r"!?\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)")
_STRESS = re.compile(r"(\*{1,3}|~~)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """`text` without stress marks, link targets and escapes; `code` keeps its backticks.

    Code between backticks is left as it is: there a star is a star.
    """
    parts = text.split("`")
    parts[::2] = [_without_marks(part) for part in parts[::2]]
    return "`".join(parts)


def _without_marks(text: str) -> str:
    text = _LINK.sub(r"\1", text)
    for _ in range(2):  # stress inside stress
        text = _STRESS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", text)
