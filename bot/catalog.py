"""The bot's own words, by language: `locales/*.toml`, looked up by key and filled with named values.

A template holds `{name}` or `{name:kind}`, where kind is `percent` or `list`. A plural is a table of CLDR
categories (`one`, `other`), chosen by the value `count`. Traditional Chinese is made from the Simplified
catalog with OpenCC (Taiwanese wording, `s2twp`) when first needed, so there is no third file to keep alike.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from knowledge.errors import CoursebotError
from knowledge.problems import Problem

SIMPLIFIED, TRADITIONAL, ENGLISH = "zh-Hans", "zh-Hant", "en"
LANGUAGES = (SIMPLIFIED, TRADITIONAL, ENGLISH)
"""The languages the bot speaks."""

_TRADITIONAL_PLACES = {"hant", "tw", "hk", "mo"}
_SIMPLIFIED_PLACES = {"hans", "cn", "sg", "my"}
_PLURAL_FORMS = {"one", "other"}
_HOLE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_AS_IN_TAIWAN = {"回復": "回覆", "“": "「", "”": "」", "‘": "『", "’": "』"}
"""What OpenCC leaves: of 回复 it only knows some as a reply, and it leaves quotation marks alone."""
_TAIWANESE = re.compile("|".join(_AS_IN_TAIWAN))
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")

Template = str | Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The sentences of one language.

    Attributes:
        language: BCP 47 tag, one of `LANGUAGES`.
        templates: key → template, or key → plural form → template.
    """

    language: str
    templates: Mapping[str, Template]

    def text(self, key: str, /, **values: object) -> str:
        """The sentence of that key, filled.

        Raises:
            LookupError: no such key, or a value that the template names was not given.
        """
        template = self.templates[key]
        if not isinstance(template, str):
            template = template[self._form(values["count"])]
        return _HOLE.sub(lambda hole: self._shown(values[hole[1]], hole[2] or ""), template)

    def say(self, error: CoursebotError) -> str:
        """What to tell a person about an error; never raises, so that an error is always told."""
        try:
            return self.text(f"error.{error.key}", **error.values)
        except LookupError:
            return self.text("error.unnamed", key=error.key)

    def explain(self, problem: Problem) -> str:
        """What to tell the operator about something that an import skipped; never raises either.

        The file goes by its bare name, for its place is usually printed before the sentence.
        """
        values = {"file": Path(problem.file).name, "line": problem.line, **problem.values}
        return self.say(CoursebotError(problem.key, **values))

    def _form(self, count: object) -> str:
        """CLDR plural category of a whole number: English has `one` for exactly 1, Chinese has none."""
        return "one" if self.language == ENGLISH and count == 1 else "other"

    def _shown(self, value: object, kind: str) -> str:
        if isinstance(value, CoursebotError):
            return self.say(value)
        if kind == "list" and isinstance(value, Iterable) and not isinstance(value, str):
            return self.text("list.separator").join(str(each) for each in value)
        if kind == "percent" and isinstance(value, int | float):
            return _percent(value)
        return str(value)


def _percent(share: float) -> str:
    """A share 0..1 in whole percent; certainty is shown only where it is one."""
    rounded = round(share * 100)
    return f"{99 if rounded == 100 and share < 1 else rounded}%"


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, Template]:
    """Nested TOML tables as dotted keys."""
    templates: dict[str, Template] = {}
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict) and not value.keys() <= _PLURAL_FORMS:
            templates |= _flat(value, f"{key}.")
        elif isinstance(value, dict):
            templates[key] = {form: str(template) for form, template in value.items()}
        else:
            templates[key] = str(value)
    return templates


def _traditional(template: Template) -> Template:
    convert = _converter()
    if isinstance(template, str):
        return convert(template)
    return {form: convert(each) for form, each in template.items()}


def traditional(text: str) -> str:
    """Simplified Chinese in Traditional characters and Taiwanese wording."""
    return _converter()(text)


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries take a tenth of a second to load

    converter = OpenCC("s2twp")
    return lambda text: _TAIWANESE.sub(lambda found: _AS_IN_TAIWAN[found[0]], str(converter.convert(text)))


@cache
def catalog(language: str) -> Catalog:
    """The catalog of one of `LANGUAGES`.

    Raises:
        LookupError: another language.
    """
    if language == TRADITIONAL:
        simplified = catalog(SIMPLIFIED).templates
        return Catalog(language, {key: _traditional(template) for key, template in simplified.items()})
    if language not in LANGUAGES:
        raise LookupError(f"no catalog for {language!r}")
    source = resources.files("bot") / "locales" / f"{language}.toml"
    return Catalog(language, _flat(tomllib.loads(source.read_text(encoding="utf-8"))))


def negotiate(*tags: str) -> str:
    """The language to speak, from BCP 47 tags (or names like `zh_TW.UTF-8`), the most wanted first."""
    for tag in tags:
        first, *rest = re.split(r"[-_]", tag.partition(".")[0].lower())
        if first == "en":
            return ENGLISH
        if first == "zh":
            # The script decides before the place: zh-Hans-HK is Simplified.
            for part in rest:
                if part in _SIMPLIFIED_PLACES:
                    return SIMPLIFIED
                if part in _TRADITIONAL_PLACES:
                    return TRADITIONAL
            return SIMPLIFIED
    return ENGLISH


def has_han(text: str) -> bool:
    """Whether any Chinese character occurs in the text."""
    return _HAN.search(text) is not None
