"""The team: who it is, and who joins or leaves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.buttons.payloads import course_key, encode
from bot.buttons.staff import TakeRole
from bot.handlers import courses, rights
from bot.handlers.scene import Scene, Services
from bot.messages import Person, Platform
from bot.rendering.excerpt import gist
from bot.replies import Bold, Button, Reply, Span, Text
from bot.team.claims import Claim
from bot.team.roles import Member, Role, Standing, anonymous, parse_person
from knowledge.errors import CoursebotError

_ADD = {"add", "添加", "加", "增加", "新增"}
_REMOVE = {"remove", "移除", "删除", "刪除", "去掉", "delete"}
_ROLES = {
    "owner": Role.OWNER,
    "所有者": Role.OWNER,
    "admin": Role.ADMIN,
    "管理员": Role.ADMIN,
    "管理員": Role.ADMIN,
    "editor": Role.EDITOR,
    "编辑": Role.EDITOR,
    "編輯": Role.EDITOR,
}
_MENTION = re.compile(r"<@!?([1-9][0-9]{0,19})>")
_BUTTONS = 20
_NAME = 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """What follows `/admins add` or `/admins remove`.

    Attributes:
        person: whom it is about.
        name: how the platform shows them, where it said so.
        role: the role that was named, or None.
        course: slug of the course that was named, or empty.
    """

    person: Person
    name: str
    role: Role | None
    course: str


async def admins(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """Who is in the team; or add, or remove somebody."""
    verb, _, rest = arguments.partition(" ")
    if verb.casefold() in _ADD:
        return [await _add(services, scene, await _asked(services, scene, rest, needs_role=True))]
    if verb.casefold() in _REMOVE:
        return [await _remove(services, scene, await _asked(services, scene, rest))]
    if arguments:
        return [scene.say("team.how")]
    return [await _list(services, scene)]


async def press(services: Services, scene: Scene, payload: TakeRole) -> list[Reply]:
    """A role is taken by its button."""
    person = parse_person(payload.person)
    held = (await services.staff.of(person)).members if person else ()
    member = next((each for each in held if _key(each) == payload.course), None)
    if person is None or member is None:
        return [scene.say("answer.old-button")]
    return [await _take(services, scene, person, [member])]


async def claim(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """Become the first owner with the code that was printed when the bot started."""
    if not arguments:
        return [scene.say("claim.how")]
    if anonymous(scene.sender):
        raise CoursebotError("role-anonymous")
    if scene.chat.platform is Platform.CONSOLE:
        return [scene.say("claim.console")]
    found = services.claims.check(arguments, scene.sender)
    if found is Claim.OVER:
        return [scene.say("claim.over")]
    if not scene.chat.private:
        # Whoever else is here has read it too.
        if found is Claim.RIGHT:
            services.claims.withdraw()
        return [scene.say("claim.private")]
    if found is Claim.WRONG:
        return [scene.say("claim.wrong")]
    services.claims.withdraw()
    member = Member(
        platform=scene.sender.platform, id=scene.sender.id, role=Role.OWNER, name=scene.sender.name
    )
    done = await services.staff.claim(member, at=scene.at)
    return [scene.say("claim.done" if done else "claim.over")]


async def _asked(services: Services, scene: Scene, rest: str, *, needs_role: bool = False) -> _Asked:
    """Read what follows the verb: somebody, unless it replies to them; a role; a course.

    Raises:
        CoursebotError: "role-nobody" when it says nobody, "role-shared" for one whom many share,
            "course-unknown-here".
    """
    words = rest.split()
    author = scene.quoted.author if scene.quoted else None
    person, name = author, author.name if author else ""
    if words and (named := _person(words[0], scene.chat.platform)):
        person, name = named, name if author == named else ""
        words = words[1:]
    if person is None:
        raise CoursebotError("role-nobody")
    if anonymous(person):
        raise CoursebotError("role-shared")
    role = _ROLES.get(words[0].casefold()) if words else None
    if role:
        words = words[1:]
    # What stands where a role should is no course.
    course = "" if needs_role and role is None else await _course(services, " ".join(words))
    return _Asked(replace(person, name="", language=""), name, role, course)


def _person(text: str, platform: Platform) -> Person | None:
    """Somebody by id; a mention on Discord holds one, a name nowhere does."""
    mention = _MENTION.fullmatch(text) if platform is Platform.DISCORD else None
    return parse_person(f"discord:{mention[1]}" if mention else text)


async def _course(services: Services, wanted: str) -> str:
    if not wanted:
        return ""
    found = courses.named(await services.courses.summaries(), wanted)
    if found.exact is None:
        raise CoursebotError("course-unknown-here", course=wanted[:_NAME])
    return found.exact.slug


async def _add(services: Services, scene: Scene, asked: _Asked) -> Reply:
    if asked.role is None:
        return scene.say("team.how")
    if asked.role is Role.OWNER and asked.course:
        return scene.say("team.owner-everywhere")
    by = await rights.require(services, scene, _above(asked.role), asked.course)
    member = Member(
        platform=asked.person.platform,
        id=asked.person.id,
        role=asked.role,
        course=asked.course,
        name=gist(asked.name, _NAME).text,
    )
    held = (await services.staff.of(asked.person)).members
    there = next((each for each in held if each.course == asked.course), None)
    if there:
        await rights.require(services, scene, _above(there.role), asked.course)
    changed = await services.staff.grant(member, by=by, at=scene.at)
    said = _line(scene, member, await _titles(services))
    return Reply(
        spans=(Text(scene.words.text("team.added" if changed else "team.there", who=said)),), private=True
    )


async def _remove(services: Services, scene: Scene, asked: _Asked) -> Reply:
    held = (await services.staff.of(asked.person)).members
    wanted = [
        each
        for each in held
        if (not asked.course or each.course == asked.course) and asked.role in {None, each.role}
    ]
    if not wanted:
        if held:
            return _said(scene, "team.holds", held, await _titles(services))
        return scene.say("team.not-there", who=f"{asked.person.platform.value}:{asked.person.id}")
    return await _take(services, scene, asked.person, wanted)


async def _take(services: Services, scene: Scene, person: Person, members: list[Member]) -> Reply:
    # All rights are looked at before anything is taken.
    by = [await rights.require(services, scene, _above(each.role), each.course) for each in members]
    for each in members:
        await services.staff.revoke(person, each.course, by=by[0], at=scene.at)
    return _said(scene, "team.removed", members, await _titles(services))


def _said(scene: Scene, key: str, members: Sequence[Member], titles: dict[str, str]) -> Reply:
    who = scene.words.text("list.separator").join(_line(scene, each, titles) for each in members)
    return Reply(spans=(Text(scene.words.text(key, who=who)),), private=True)


def _above(role: Role) -> Role:
    """What one must be to give or take a role."""
    return Role.ADMIN if role is Role.EDITOR else Role.OWNER


async def _list(services: Services, scene: Scene) -> Reply:
    members, titles = await services.staff.all(), await _titles(services)
    own = await rights.standing(services, scene)
    if not members:
        return scene.say("team.nobody")
    spans: list[Span] = [Bold(f"👥 {scene.words.text('team.title')}")]
    for each in members:
        since = f" · {each.since.date().isoformat()}" if each.since else ""
        spans.append(Text(f"\n{_line(scene, each, titles)}{since}"))
    spans.append(Text(f"\n\n{scene.words.text('team.how')}"))
    rows = [(_button(scene, each),) for each in members if _takes(own, each)]
    return Reply(spans=tuple(spans), buttons=tuple(rows[:_BUTTONS]), private=True)


def _takes(own: Standing, member: Member) -> bool:
    return own.may(_above(member.role), member.course)


def _button(scene: Scene, member: Member) -> Button:
    label = scene.words.text("team.take", who=f"{member.name} {member.key}".strip())
    return Button(label, encode(TakeRole(member.key, _key(member))))


def _key(member: Member) -> str:
    return course_key(member.course) if member.course else ""


async def _titles(services: Services) -> dict[str, str]:
    return {each.slug: each.title for each in await services.courses.summaries()}


def _line(scene: Scene, member: Member, titles: dict[str, str]) -> str:
    """Somebody, their role and where they have it."""
    who = f"{member.name}（{member.key}）" if member.name else member.key
    where = (
        titles.get(member.course, member.course) if member.course else scene.words.text("button.all-courses")
    )
    return scene.words.text(
        "team.line", who=who, role=scene.words.text(f"role.{member.role.value}"), where=where
    )
