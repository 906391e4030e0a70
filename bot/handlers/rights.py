"""Whether somebody may do something, asked anew each time: a role that was taken is gone at the next press."""

from __future__ import annotations

from bot.handlers.scene import Scene, Services
from bot.messages import Platform
from bot.team.roles import OPERATORS, Role, Standing, actor, anonymous
from knowledge.errors import CoursebotError


async def standing(services: Services, scene: Scene) -> Standing:
    """The roles of whoever speaks; none for who speaks in a group's or a channel's name."""
    if scene.chat.platform is Platform.CONSOLE:
        return OPERATORS
    return Standing() if anonymous(scene.sender) else await services.staff.of(scene.sender)


async def require(services: Services, scene: Scene, role: Role, course: str | None = None) -> str:
    """Let go on whoever may what `role` may in that course (empty: in all; None: in any), as the audit log has them.

    Raises:
        CoursebotError: "role-anonymous" for who cannot be told from others, "role-needed" or "role-needed-course"
            for who may not.
    """
    held = await standing(services, scene)
    if held.may_somewhere(role) if course is None else held.may(role, course):
        return actor(scene.sender)
    if anonymous(scene.sender):
        raise CoursebotError("role-anonymous")
    name = scene.words.text(f"role.{role.value}")
    if held.members and course:
        raise CoursebotError("role-needed-course", role=name, course=course)
    raise CoursebotError("role-needed", role=name)


def among_the_team(services: Services, scene: Scene) -> bool:
    """Whether nobody else reads along: alone with the bot, or in the chat that the settings name for the team."""
    team = services.team_chat
    if scene.chat.private or team is None:
        return scene.chat.private
    same = (team.platform, team.id) == (scene.chat.platform, scene.chat.id)
    return same and team.thread in {"", scene.chat.thread}
