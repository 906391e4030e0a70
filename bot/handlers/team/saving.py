"""A sign under a message: somebody of the team wants it saved as an answer."""

from __future__ import annotations

from dataclasses import replace

from bot.handlers import rights
from bot.handlers.scene import Scene, Services
from bot.handlers.team import adding
from bot.replies import Reply
from bot.team.roles import Role


async def reacted(services: Services, scene: Scene) -> list[Reply]:
    """The message and what it replied to, proposed as an answer and its question; readers' signs mean nothing."""
    if services.curating is None or not (await rights.standing(services, scene)).may_somewhere(Role.EDITOR):
        return []
    remembered = services.recent.quoted(scene.chat, scene.reply_to, at=scene.at)
    quoted = scene.quoted or remembered
    if quoted is None or not quoted.text:
        return [scene.say("curate.not-seen")]
    return await adding.add(services, replace(scene, quoted=quoted), "")
