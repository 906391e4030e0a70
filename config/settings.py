"""Settings: defaults, then a TOML file, then the environment, then the command line.

Read by hand and not by a settings library: the one that would serve takes 0.2 s to import, a third of what a whole
`coursebot ask` may take, and there are few settings.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from knowledge.errors import CoursebotError

PREFIX = "COURSEBOT_"
FILE_NAME = "coursebot.toml"
BANDS = ("found", "found_passage", "unsure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator can set, in the file by these names and in the environment as COURSEBOT_NAME.

    Attributes:
        data: folder of the database, the index and what else is kept.
        database: address of the database; empty for SQLite in the data folder.
        language: BCP 47 tag of the catalog for the command line; empty to follow the environment's LANG.
        excerpt: characters of an answer that are shown before "more".
        telegram_token: token of the Telegram bot, from @BotFather; empty for no Telegram.
        telegram_base_url: address of a Bot API server of one's own; empty for Telegram's.
        telegram_webhook_url: public https address that Telegram calls; empty to ask Telegram instead.
        telegram_webhook_listen: host and port where a reverse proxy forwards these calls to.
        telegram_webhook_secret: what Telegram must say with each call, 16 to 256 of `A-Za-z0-9_-`; empty for a new
            one at each start.
        discord_token: token of the Discord bot; empty for no Discord.
        discord_message_content: whether the developer portal grants the message-content intent, without which only
            direct messages, mentions, replies and commands are read.
        discord_api_url: address of Discord's API; empty for Discord's own.
        discord_gateway_url: address of Discord's gateway; empty for Discord's own.
        owners: who owns the bot, such as `telegram:42,discord:99`, by the platform's ids; made owners at each start.
        unknown_deliveries: what becomes of a message of which nobody knows whether it was sent: `resend` once, or
            `hold` until the operator decides.
        admins_chat: chat in which the team is told of new questions without an answer, such as `telegram:-1001234` or
            `discord:42`, with `/TOPIC` for a topic or thread; empty for none.
        admins_quiet: hours in which it is not, such as `22:00-08:00 Asia/Shanghai`; empty for none.
        question_days: days for which questions are kept; `/privacy` says so to readers.
        save_emoji: the sign with which somebody of the team saves a message as an answer; empty for none.
        found: from which probability (0..1) on an answered question is given as the answer; None for the default.
        found_passage: the same for a passage of the article.
        unsure: from which probability on an entry is offered as a choice.
        embedder: folder of a sentence-embedding model (docs/embedding.md); empty to go by the words alone.
        glossary: a TOML file with `groups` of terms that mean the same, beside the shipped ones and those of
            glossary.toml in the data folder.
    """

    data: Path
    database: str = ""
    language: str = ""
    excerpt: int = 300
    # What is secret is not shown when settings are printed.
    telegram_token: str = field(default="", repr=False)
    telegram_base_url: str = ""
    telegram_webhook_url: str = ""
    telegram_webhook_listen: str = "127.0.0.1:8443"
    telegram_webhook_secret: str = field(default="", repr=False)
    discord_token: str = field(default="", repr=False)
    discord_message_content: bool = False
    discord_api_url: str = ""
    discord_gateway_url: str = ""
    owners: str = ""
    save_emoji: str = "✍️"
    unknown_deliveries: str = "resend"
    admins_chat: str = ""
    admins_quiet: str = ""
    question_days: int = 180
    found: float | None = None
    found_passage: float | None = None
    unsure: float | None = None
    embedder: str = ""
    glossary: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not appear in any output."""
        return tuple(filter(None, (self.telegram_token, self.telegram_webhook_secret, self.discord_token)))

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None where another database is set."""
        return None if self.database else self.data / "coursebot.sqlite"

    @property
    def index_folder(self) -> Path:
        """Where the search index lives."""
        return self.data / "index"

    @property
    def glossary_file(self) -> Path:
        """Where `coursebot glossary add` writes."""
        return self.data / "glossary.toml"


def load(environment: Mapping[str, str], *, data: Path | None = None, file: Path | None = None) -> Settings:
    """The settings in force.

    Args:
        environment: usually `os.environ`.
        data: the data folder from the command line, before any other.
        file: the settings file from the command line; else COURSEBOT_CONFIG, else coursebot.toml in the data folder.

    Raises:
        CoursebotError: "path-missing" for a named file that is not there, "settings-unreadable" for one that is no
            TOML, "setting-unknown" or "setting-mistyped" for a name in it, "setting-bad" for a value that cannot be.
    """
    named = file or (Path(environment[PREFIX + "CONFIG"]) if environment.get(PREFIX + "CONFIG") else None)
    if named is not None and not named.is_file():
        raise CoursebotError("path-missing", path=named)
    folder = data or (Path(environment[PREFIX + "DATA"]) if environment.get(PREFIX + "DATA") else None)
    values = _from_file(named) if named else {}
    settings = Settings(data=folder or Path(values.pop("data", None) or _default_folder()))
    values.pop("data", None)
    if named is None and (settings.data / FILE_NAME).is_file():
        values = _from_file(settings.data / FILE_NAME)
        values.pop("data", None)
    values |= _from_environment(environment)
    return replace(settings, **{name: _checked(name, value) for name, value in values.items()})


def _default_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("coursebot", appauthor=False)


def _names() -> set[str]:
    return {field.name for field in fields(Settings)}


def _from_file(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CoursebotError("settings-unreadable", path=file, why=_unreadable(error)) from error
    for name in values.keys() - _names():
        # Without the value, which may be a token under a mistyped name.
        meant = get_close_matches(name, _names(), 1)
        if meant:
            raise CoursebotError("setting-mistyped", name=name, path=file, meant=meant[0])
        raise CoursebotError("setting-unknown", name=name, path=file)
    return values


def _unreadable(error: OSError | ValueError) -> object:
    """Why a settings file cannot be read; without its words, which may be secret."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, UnicodeDecodeError):
        return CoursebotError("expected-utf8")
    line = re.search(r"at line (\d+)", str(error))
    return CoursebotError("toml-line", line=line[1]) if line else CoursebotError("toml-end")


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = _names() - {"data"}
    return {
        name: environment[PREFIX + name.upper()] for name in names if environment.get(PREFIX + name.upper())
    }


def _checked(name: str, value: Any) -> Any:
    if name == "discord_message_content":
        return _yes_or_no(name, value)
    if name == "excerpt":
        return _whole(name, value, 50, 4000)
    if name == "question_days":
        return _whole(name, value, 1, 3650)
    if name in BANDS:
        return _share(name, value)
    if not isinstance(value, str):
        raise _bad(name, value, CoursebotError("expected-text"))
    value = value.strip()
    shape, expected = _SHAPES.get(name, ("", ""))
    if shape and value and not re.fullmatch(shape, value, re.ASCII):
        raise _bad(name, value, CoursebotError(expected))
    return value


def _bad(name: str, value: object, why: CoursebotError) -> CoursebotError:
    """What is wrong with a value; what is secret in it is not repeated."""
    shown = "…" if name in _SECRET else _PASSWORD.sub("…", str(value))
    return CoursebotError("setting-bad", name=name, value=shown, why=why)


def _whole(name: str, value: Any, least: int, most: int) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        raise _bad(name, value, CoursebotError("expected-number", least=least, most=most))
    return int(text)


def _share(name: str, value: Any) -> float:
    try:
        share = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        share = math.nan
    if not 0 <= share <= 1:
        raise _bad(name, value, CoursebotError("expected-number", least=0, most=1))
    return share


def settings_file(environment: Mapping[str, str], data: Path, file: Path | None = None) -> Path:
    """The settings file in force, whether or not it is there; arguments as of `load`."""
    named = file or (Path(environment[PREFIX + "CONFIG"]) if environment.get(PREFIX + "CONFIG") else None)
    return named or data / FILE_NAME


def write_settings(file: Path, values: Mapping[str, float]) -> None:
    """Set numbers in a settings file; all else in it stays as it is.

    Raises:
        CoursebotError: as `load` for a file that cannot be read, "path-unwritable" for one that cannot be written.
    """
    before = _from_file(file) if file.exists() else {}
    text = file.read_text("utf-8-sig") if file.exists() else ""
    for name, value in values.items():
        line = f"{name} = {value}\n"
        text, changed = re.subn(rf"(?m)^[ \t]*{name}[ \t]*=.*\n?", line, text, count=1)
        if not changed:
            text = line + text
    try:
        # A line of a longer text may look like a setting: what is written must read back as it was meant.
        if tomllib.loads(text) != {**before, **values}:
            raise CoursebotError("path-unwritable", path=file, reason=", ".join(values))
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".new")
        new.write_text(text, "utf-8")
        if file.exists():
            new.chmod(file.stat().st_mode)
        new.replace(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CoursebotError("path-unwritable", path=file, reason=str(error)) from error


def _yes_or_no(name: str, value: Any) -> bool:
    answer = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if str(value).strip().lower() not in answer:
        raise _bad(name, value, CoursebotError("expected-yes-or-no"))
    return answer[str(value).strip().lower()]


_WEB = (r"https?://[^\s/@]+(/\S*)?", "expected-web-address")
# Tokens are looked at by their platforms: a malformed one must not keep the other platform from starting.
_SHAPES = {
    "telegram_base_url": _WEB,
    "telegram_webhook_url": _WEB,
    "telegram_webhook_listen": (r"\S+:\d{1,5}", "expected-host-and-port"),
    "telegram_webhook_secret": (r"[\w-]{16,256}", "expected-secret"),
    "discord_api_url": _WEB,
    "discord_gateway_url": (r"wss?://[^\s/@]+(/\S*)?", "expected-gateway"),
}
_PERSON = r"(?:telegram|discord):[1-9]\d{0,19}"
_SHAPES["owners"] = (rf"{_PERSON}(?:\s*[,，]\s*{_PERSON})*", "expected-people")
_SHAPES["unknown_deliveries"] = (r"resend|hold", "expected-resend-or-hold")
_SHAPES["admins_chat"] = (r"(?:telegram:-?|discord:)[1-9]\d{0,19}(?:/[1-9]\d{0,19})?", "expected-chat")
_SHAPES["admins_quiet"] = (
    r"([01]?\d|2[0-3]):[0-5]\d\s*-\s*([01]?\d|2[0-3]):[0-5]\d(\s+[A-Za-z_+-]+(/[A-Za-z_+-]+)*\d*)?",
    "expected-quiet",
)
_PASSWORD = re.compile(r"(?<=//)[^/\s]*(?=@)")
_SECRET = {"telegram_token", "telegram_webhook_secret", "discord_token"}
