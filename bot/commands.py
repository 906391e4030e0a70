"""The one table of commands: parsing, help, completion and the platforms' menus are all made from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz, process

from bot.messages import Platform
from bot.team.roles import Role, Standing


class Audience(StrEnum):
    """In whose menu a command stands."""

    PRIVATE = "private"
    """A reader alone with the bot."""
    GROUP = "group"
    """Everyone in a group, channel or server."""
    MANAGER = "manager"
    """Those who may manage a group, beside what everyone there has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """A command.

    Attributes:
        name: as typed after the slash; `[a-z0-9_]{1,32}`, which every platform accepts.
        aliases: other names that mean the same.
        argument: catalog key of the hint for what follows it, or empty when nothing does.
        help: catalog key of one line that says what it does.
        only: the platforms that have it; None for all.
        audiences: in whose menus it is offered; typed, it is understood everywhere.
        asks: whether its answer may be a form.
        role: what whoever gives it must at least be, in some course; None for everyone.
    """

    name: str
    aliases: tuple[str, ...] = ()
    argument: str = ""
    help: str
    only: frozenset[Platform] | None = None
    audiences: frozenset[Audience] = frozenset(Audience)
    asks: bool = False
    role: Role | None = None

    @property
    def managed(self) -> bool:
        """Whether among others it is for those who manage the chat, and not for everyone."""
        return Audience.MANAGER in self.audiences and Audience.GROUP not in self.audiences

    def on(self, platform: Platform) -> bool:
        """Whether the platform has this command."""
        return self.only is None or platform in self.only


_ONE_TO_ONE = frozenset({Audience.PRIVATE})
_OWN_OR_MANAGED = frozenset({Audience.PRIVATE, Audience.MANAGER})
_REACHED = frozenset({Platform.TELEGRAM, Platform.DISCORD})
"""Where something can be sent to a reader without having been asked."""

COMMANDS: tuple[CommandSpec, ...] = (
    CommandSpec(name="ask", aliases=("问", "提问", "q"), argument="hint.question", help="help.ask"),
    CommandSpec(name="more", aliases=("更多", "全文"), help="help.more"),
    CommandSpec(name="why", aliases=("为什么", "為什麼"), help="help.why"),
    CommandSpec(name="lessons", aliases=("目录", "目錄"), argument="hint.course", help="help.lessons"),
    CommandSpec(name="lesson", aliases=("讲", "讲义", "講"), argument="hint.lesson", help="help.lesson"),
    CommandSpec(
        name="course",
        aliases=("课程", "課程", "courses"),
        argument="hint.course",
        help="help.course",
        audiences=_OWN_OR_MANAGED,
    ),
    CommandSpec(
        name="subscribe",
        aliases=("订阅", "訂閱"),
        argument="hint.schedule",
        help="help.subscribe",
        only=_REACHED,
        audiences=_OWN_OR_MANAGED,
        asks=True,
    ),
    CommandSpec(
        name="unsubscribe",
        aliases=("退订", "退訂", "取消订阅", "取消訂閱"),
        argument="hint.course",
        help="help.unsubscribe",
        only=_REACHED,
        audiences=_OWN_OR_MANAGED,
    ),
    CommandSpec(
        name="digest",
        aliases=("今天", "今日"),
        argument="hint.course",
        help="help.digest",
        only=_REACHED,
        audiences=_OWN_OR_MANAGED,
    ),
    CommandSpec(
        name="goto",
        aliases=("跳到",),
        argument="hint.lesson",
        help="help.goto",
        only=_REACHED,
        audiences=_OWN_OR_MANAGED,
    ),
    CommandSpec(name="progress", aliases=("进度", "進度"), help="help.progress", only=_REACHED),
    CommandSpec(
        name="settings",
        aliases=("设置", "設定", "语言", "語言", "language"),
        help="help.settings",
        audiences=_OWN_OR_MANAGED,
    ),
    CommandSpec(
        name="privacy",
        aliases=("隐私", "隱私", "数据", "資料"),
        argument="hint.privacy",
        help="help.privacy",
        audiences=_ONE_TO_ONE,
    ),
    CommandSpec(
        name="admins",
        aliases=("团队", "團隊", "管理员", "管理員"),
        argument="hint.admins",
        help="help.admins",
        audiences=_OWN_OR_MANAGED,
        role=Role.ADMIN,
    ),
    CommandSpec(
        name="queue",
        aliases=("待答", "待回答", "队列", "隊列"),
        argument="hint.queue",
        help="help.queue",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="answer",
        aliases=("回答",),
        argument="hint.answer",
        help="help.answer",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="upload",
        aliases=("上传", "上傳", "导入", "匯入"),
        argument="hint.course",
        help="help.upload",
        audiences=_ONE_TO_ONE,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="export",
        aliases=("导出", "匯出"),
        argument="hint.export",
        help="help.export",
        audiences=_ONE_TO_ONE,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="add",
        aliases=("收录", "收錄", "加", "添加"),
        argument="hint.add",
        help="help.add",
        audiences=_OWN_OR_MANAGED,
        asks=True,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="curate",
        aliases=("整理",),
        argument="hint.entry",
        help="help.curate",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="edit",
        aliases=("修改", "改"),
        argument="hint.entry",
        help="help.edit",
        audiences=_OWN_OR_MANAGED,
        asks=True,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="alias",
        aliases=("问法", "問法"),
        argument="hint.entry",
        help="help.alias",
        audiences=_OWN_OR_MANAGED,
        asks=True,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="merge",
        aliases=("合并", "合併"),
        argument="hint.merge",
        help="help.merge",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="pin",
        aliases=("选定", "選定"),
        argument="hint.entry",
        help="help.pin",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="bar",
        aliases=("排除",),
        argument="hint.entry",
        help="help.bar",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="rulings",
        aliases=("选定列表", "選定列表", "pins"),
        help="help.rulings",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="delete",
        aliases=("删除", "刪除"),
        argument="hint.entry",
        help="help.delete",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="undo",
        aliases=("撤销", "撤銷"),
        argument="hint.change",
        help="help.undo",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="history",
        aliases=("历史", "歷史", "改动"),
        argument="hint.entry",
        help="help.history",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="duplicates",
        aliases=("重复", "重複"),
        argument="hint.course",
        help="help.duplicates",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="stale",
        aliases=("过时", "過時"),
        argument="hint.months",
        help="help.stale",
        audiences=_OWN_OR_MANAGED,
        role=Role.EDITOR,
    ),
    CommandSpec(
        name="claim",
        aliases=("认领", "認領"),
        argument="hint.claim",
        help="help.claim",
        audiences=frozenset(),
    ),
    CommandSpec(name="cancel", aliases=("取消",), help="help.cancel", audiences=frozenset()),
    CommandSpec(name="help", aliases=("帮助", "幫助", "?", "？"), help="help.help"),
    CommandSpec(name="start", aliases=("开始", "開始"), help="help.start", audiences=_ONE_TO_ONE),
    CommandSpec(
        name="quit",
        aliases=("退出", "exit", "bye"),
        help="help.quit",
        only=frozenset({Platform.CONSOLE}),
        audiences=_ONE_TO_ONE,
    ),
)

_BY_NAME = {name: spec for spec in COMMANDS for name in (spec.name, *spec.aliases)}
# A slash as typed with a Chinese keyboard comes out full-width; "、" is the same key.
_SLASHED = re.compile(r"\s*([/／、])\s*([^\s/／@.]{1,32})(?:@\w{1,64})?(?:\s+(.*))?", re.DOTALL)
_CUTOFF = 60


@dataclass(frozen=True, slots=True)
class Called:
    """A known command and what was typed after it."""

    spec: CommandSpec
    arguments: str


@dataclass(frozen=True, slots=True)
class Mistyped:
    """Something that looks like a command and is none here; `meant` is the likeliest one, if any is likely.

    `elsewhere` says that readers have it on other platforms, where lessons can be sent to them.
    """

    name: str
    arguments: str
    meant: CommandSpec | None
    elsewhere: bool = False


def menu(platform: Platform, audience: Audience, standing: Standing | None = None) -> tuple[CommandSpec, ...]:
    """The commands that a platform offers to an audience, in the order to show them; the team's only to the team."""
    return tuple(
        spec
        for spec in COMMANDS
        if spec.on(platform)
        and audience in spec.audiences
        and (spec.role is None or (standing is not None and standing.may_somewhere(spec.role)))
    )


def find(name: str, platform: Platform) -> CommandSpec | None:
    """The command of that name or alias on that platform."""
    spec = _BY_NAME.get(name.casefold())
    return spec if spec and spec.on(platform) else None


def resolve(name: str, arguments: str, platform: Platform) -> Called | Mistyped:
    """A command by its name, or the closest one to it."""
    spec = find(name, platform)
    if spec:
        return Called(spec, arguments.strip())
    known = _BY_NAME.get(name.casefold())
    if known and known.only == _REACHED:
        return Mistyped(name, arguments.strip(), None, elsewhere=True)
    # What only the team can do is suggested to nobody: readers would be sent to a closed door.
    names = [
        each for each, spec in _BY_NAME.items() if spec.on(platform) and spec.role is None and spec.audiences
    ]
    nearest = process.extractOne(name.casefold(), names, scorer=fuzz.ratio, score_cutoff=_CUTOFF)
    return Mistyped(name, arguments.strip(), _BY_NAME[nearest[0]] if nearest else None)


def parse(text: str, platform: Platform) -> Called | Mistyped | None:
    """What a typed text commands; None for a plain question.

    `/etc/passwd 是什么` and `/proc 从哪里来` are questions, although they begin with a slash.
    """
    found = _SLASHED.fullmatch(text)
    if found is None:
        return None
    slash, name, arguments = found[1], found[2], found[3] or ""
    if slash == "、" and not find(name, platform):
        return None
    command = resolve(name, arguments, platform)
    if isinstance(command, Mistyped) and command.meant is None and not command.elsewhere and arguments:
        return None
    return command
