"""Turn folders of openly licensed text into sentences of tokens, one compressed file a source.

    python -m knowledge.training.tokenise SOURCES CLEAN    every folder in SOURCES -> CLEAN/<folder>.txt.gz

Markup, code blocks and addresses are removed; NFKC, lower case, traditional to simplified (OpenCC t2s); a sentence
ends at a line's end, a table cell's end or any of 。！？；!?; and ". "; a Han run is cut by rjieba (default dictionary,
HMM on); a Latin token is ``[a-z][a-z0-9]*([._'-][a-z0-9]+)*[+#]*`` of at most 30 characters; all else is dropped.
Sentences of under three tokens and repeated sentences (over all sources) are left out.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import logging
import re
import unicodedata
from collections.abc import Iterator
from hashlib import blake2b
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import rjieba
from opencc import OpenCC

SUFFIXES = {".md", ".mdx", ".markdown", ".rst", ".adoc", ".po", ".txt", ".html", ".json"}
JSON_KEYS = {"content", "message", "context", "question", "text", "context_text", "query_text"}
REMOVALS = [
    re.compile(pattern, re.DOTALL | re.MULTILINE | re.IGNORECASE)
    for pattern in (
        r"\A\ufeff?(---|\+\+\+)\n.*?\n\1\s*$",  # front matter
        r"<!--.*?-->|<(script|style|pre)\b.*?</\1>",
        r"^[ \t>]*(`{3,}|~{3,})[^\n]*\n.*?^[ \t>]*\1[ \t]*$",  # fenced code
        (
            r"^[ \t]*\.\. [\w:-]*(code|sourcecode|math|toctree|literalinclude|image|figure|raw)"
            r"[\w:-]*::.*?(?=^\S|\Z)"
        ),  # directives of reStructuredText
        r"\$\$.*?\$\$|\$[^$\n]{1,200}\$",  # formulas
        r"\{\{[^\n]*?\}\}|\{%[^\n]*?%\}|^(import|export) [^\n]*$|^:::[^\n]*$|^:[\w-]+:[^\n]*$",  # templates, MDX
        r"\[!include[^\n]*?\]\([^)\n]*\)\]?",  # include lines of DocFX
        r"!\[[^\]\n]*\](\([^)\n]*\)|\[[^\]\n]*\])",  # images
        r"^\[[^\]\n]+\]:[^\n]*$",  # link definitions
    )
]
LISTING = re.compile(r"^(-{4,}|\.{4,})\n.*?\n\1\s*$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)|\[([^\]\n]+)\]\[[^\]\n]*\]")
URL = re.compile(
    r"[a-z][a-z+]*://[^\s)）>\"'，。]+|www\.[^\s)）>\"'，。]+|\S+@\S+\.\w+|:\w+:(?=`)", re.IGNORECASE
)
TAG = re.compile(r"</?[a-z][^>\n]*>", re.IGNORECASE)
CODE = re.compile(r"`+([^`\n]*)`+")
PLAIN_CODE = re.compile(r"[\w.+#-]{1,30}", re.ASCII)
MESSAGE = re.compile(r'^(msgid|msgstr) ((?:".*"\n?)+)', re.MULTILINE)
WRAPPED = re.compile(r"(?<=[a-z,])\n[ \t]*(?=[a-z])|(?<=[\u4e00-\u9fff，])\n[ \t]*(?=[\u4e00-\u9fff])")
BREAK = re.compile(r"[。！？；!?;\n\r|…]+|\.(?=\s|$)|(?<=[^\x00-\x7f])\.")
TOKEN = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z0-9]*(?:[._'-][a-z0-9]+)*[+#]*")
FOREIGN = re.compile(r"[\u3040-\u30ff\uac00-\ud7af\u0400-\u04ff\u0600-\u06ff\u0900-\u0dff\u0e00-\u0e7f]")
HAN, LATIN, ACCENT = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]"), re.compile(r"[À-ÿ]")
STOP = re.compile(r"\b(the|of|to|and|is|in)\b", re.IGNORECASE)
_t2s = OpenCC("t2s")
logger = logging.getLogger("coursebot.training")


def json_strings(value: Any) -> Iterator[str]:
    """The texts of a data set's file: strings under the keys of JSON_KEYS."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(item, str):
                yield from json_strings(item)
            elif key in JSON_KEYS:
                yield item
    elif isinstance(value, list):
        for item in value:
            yield from json_strings(item)


def plain_text(path: Path) -> str:
    """The text of one file without its markup."""
    text = path.read_text("utf-8", "ignore").replace("\r\n", "\n")
    if path.suffix == ".json":
        try:
            return "\n".join(json_strings(json.loads(text)))
        except ValueError:
            return ""
    if path.suffix == ".po":
        parts = ("".join(re.findall(r'"(.*)"', body)) for _, body in MESSAGE.findall(text))
        text = "\n\n".join(part.replace("\\n", "\n").replace('\\"', '"') for part in parts)
    if path.suffix == ".adoc":
        text = LISTING.sub("\n", text)
    for pattern in REMOVALS:
        text = pattern.sub("\n", text)
    text = URL.sub(" ", LINK.sub(lambda m: m[1] or m[2] or "", text))
    text = CODE.sub(lambda m: m[1] if PLAIN_CODE.fullmatch(m[1]) else " ", text)
    return WRAPPED.sub(" ", html.unescape(TAG.sub(" ", text)).replace("\\", " ").replace("*", ""))


def wanted(text: str) -> bool:
    """Whether the text is Chinese or English."""
    han, latin = len(HAN.findall(text)), len(LATIN.findall(text))
    if len(FOREIGN.findall(text)) > 0.02 * (han + latin):
        return False
    if han >= 0.1 * (han + latin):
        return han > 20
    words = latin / 5
    return words > 40 and len(ACCENT.findall(text)) < 0.004 * latin and len(STOP.findall(text)) > 0.06 * words


def sentences(path: Path) -> list[str]:
    """Tokenised sentences of one file, tokens separated by spaces."""
    text = plain_text(path)
    if not wanted(text):
        return []
    text = _t2s.convert(unicodedata.normalize("NFKC", text).lower())
    found = []
    for sentence in BREAK.split(text):
        tokens: list[str] = []
        for run in TOKEN.findall(sentence):
            if run[0] > "z":
                tokens += rjieba.cut(run)
            elif len(run) <= 30:
                tokens.append(run)
        if len(tokens) >= 3:
            found.append(" ".join(tokens))
    return found


def tokenise(sources: Path, clean: Path, cap: int, workers: int) -> None:
    """Write one gzip of sentences a source; log characters and words kept.

    Files are taken in the order of a hash of their name, until ``cap`` Han characters (0: all).
    """
    clean.mkdir(parents=True, exist_ok=True)
    seen: set[bytes] = set()
    for source in sorted(folder for folder in sources.iterdir() if folder.is_dir()):
        files = [f for f in source.rglob("*") if f.suffix in SUFFIXES and f.is_file()]
        files.sort(key=lambda f: blake2b(str(f.relative_to(source)).encode()).digest())
        han = english = 0
        with Pool(workers) as pool, gzip.open(clean / f"{source.name}.txt.gz", "wt", 4, "utf-8") as out:
            for found in pool.imap(sentences, files, chunksize=16):
                if cap and han >= cap:
                    break
                for sentence in found:
                    key = blake2b(sentence.encode(), digest_size=8).digest()
                    if key in seen:
                        continue
                    seen.add(key)
                    out.write(sentence + "\n")
                    han += len(HAN.findall(sentence))
                    english += sum(word[0] <= "z" for word in sentence.split(" "))
        logger.info(
            "%s: %d files, %d Chinese characters, %d Latin words", source.name, len(files), han, english
        )


def main() -> None:
    """Read the arguments and tokenise."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(description="Turn folders of text into sentences of tokens.")
    parser.add_argument("sources", type=Path)
    parser.add_argument("clean", type=Path)
    parser.add_argument("--cap", type=int, default=0, help="most Han characters of one source (0: all)")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    tokenise(options.sources, options.clean, options.cap, options.workers)


if __name__ == "__main__":
    main()
