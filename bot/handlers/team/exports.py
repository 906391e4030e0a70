"""Handing the team's answers out as a file."""

from __future__ import annotations

from bot.handlers import courses as naming
from bot.handlers import rights
from bot.handlers.scene import Scene, Services
from bot.replies import Document, Reply, Text
from bot.team.roles import Role
from knowledge.names import safe_name

LARGEST = 8 << 20
"""Bytes of a document (`bot.replies.Document`)."""
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "jsonl": "application/jsonl",
}
_ALSO = {"excel": "xlsx", "json": "jsonl"}


async def export(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """The answers of a course, or of all in which this person may change them, as a file."""
    if services.bulk is None:
        return [scene.say("bulk.exported-none")]
    if not rights.among_the_team(services, scene):
        return [scene.say("bulk.private")]
    *named, last = arguments.split() or [""]
    kind = _ALSO.get(last.lower().lstrip("."), last.lower().lstrip("."))
    if kind not in _TYPES:
        named, kind = arguments.split(), "xlsx"
    summaries = await services.courses.summaries()
    held = await rights.standing(services, scene)
    wanted = [each for each in summaries if held.may(Role.EDITOR, each.slug)]
    name = "answers"
    if named:
        found = naming.named(summaries, " ".join(named))
        if found.exact is None:
            return [naming.not_named(scene, " ".join(named), found.close), scene.say("bulk.export-kind")]
        await rights.require(services, scene, Role.EDITOR, found.exact.slug)
        wanted, name = [found.exact], found.exact.slug
    elif len(wanted) == 1:
        name = wanted[0].slug
    file = f"{safe_name(name)}.{kind}"
    content, count = await services.bulk.export([each.slug for each in wanted], file)
    if not count:
        return [scene.say("bulk.exported-none")]
    if len(content) > LARGEST:
        return [scene.say("bulk.export-big", size=-(-len(content) >> 20), limit=LARGEST >> 20)]
    document = Document(name=file, content=content, type=_TYPES[kind])
    return [
        Reply(spans=(Text(scene.words.text("bulk.exported", count=count)),), document=document, private=True)
    ]
