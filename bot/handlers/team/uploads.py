"""Files that the team sends to the bot: tried, shown, and imported once somebody confirms.

A reader's file is never looked at. Whoever confirms is asked for their rights again; what is imported is read again
from what was kept, so a restart in between costs nothing, and confirming twice imports nothing twice.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from bot.buttons.payloads import encode
from bot.buttons.uploads import Import
from bot.handlers import courses as naming
from bot.handlers import rights
from bot.handlers.scene import Scene, Services
from bot.messages import Attachment
from bot.rendering import bulk as render_bulk
from bot.rendering.excerpt import gist
from bot.replies import Button, Reply
from bot.stores import CourseSummary
from bot.team.bulk import Bulk
from bot.team.bulk_reports import AnswersReport, CourseReport
from bot.team.pending import KEPT, Pending, What
from bot.team.roles import Role
from knowledge.course_upload import is_lesson, is_zip, slug_of
from knowledge.errors import CoursebotError
from knowledge.seeds import parse_seeds
from knowledge.sheets import is_excel

MOST_ROWS = 5_000
"""Rows of a file that is sent to the bot, at most: while they are tried, others that write to SQLite wait, for so many
half a second of computing, and give up after ten."""
_ANSWERS = {".jsonl", ".json", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls"}
_COMMAND = re.compile(
    r"\s*[/／](?:upload|上传|上傳|导入|匯入)(?:@\w{1,64})?(?:\s+(.*))?", re.DOTALL | re.IGNORECASE
)
_NAME = 60


async def uploaded(
    services: Services, scene: Scene, text: str, files: Sequence[Attachment]
) -> list[Reply] | None:
    """What comes of files that were sent with a text, which may be empty; None where the text alone counts."""
    command = _COMMAND.fullmatch(text)
    held = await rights.standing(services, scene)
    if services.bulk is None or not held.may_somewhere(Role.EDITOR):
        if text and not command:
            return None
        return [scene.say("upload.not-read")] if scene.chat.private else []
    if not rights.among_the_team(services, scene):
        return [scene.say("bulk.private")] if command else []
    wanted = (command[1] or "" if command else text).strip()
    reply = await _tried(services, services.bulk, scene, wanted, files[0])
    if len(files) == 1:
        return [reply]
    return [scene.say("bulk.one-file", file=_shown(files[0].name)), reply]


async def upload(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """How files are sent."""
    return [scene.say("bulk.how")]


async def press(services: Services, scene: Scene, payload: Import) -> list[Reply]:
    """Import what was tried, or forget it."""
    if services.bulk is None or services.pending is None:
        return [scene.say("answer.old-button")]
    pending = await services.pending.of(payload.upload, person=scene.sender, at=scene.at)
    if pending is None:
        return [replace(scene.say("bulk.expired"), replaces=True)]
    if not payload.sure and pending.mine:
        await services.pending.drop(pending.id)
        return [replace(scene.say("bulk.cancelled", file=_shown(pending.name)), replaces=True)]
    reply = await _imported(services, services.bulk, scene, pending, sure=payload.sure)
    await services.pending.drop(pending.id)
    return [replace(reply, replaces=True)]


async def _tried(services: Services, bulk: Bulk, scene: Scene, wanted: str, file: Attachment) -> Reply:
    """What importing a file would do, with buttons to do it or not."""
    files = services.files.get(scene.chat.platform)
    if files is None or services.pending is None:
        raise CoursebotError("upload-gone", file=_shown(file.name))
    summaries = await services.courses.summaries()
    course: CourseSummary | None = None
    if wanted:
        named = naming.named(summaries, wanted)
        course = named.exact
        if course is None and not (is_lesson(file.name) or file.name.lower().endswith(".zip")):
            return naming.not_named(scene, wanted, named.close)
    kind = PurePosixPath(file.name.lower()).suffix
    if kind not in _ANSWERS and kind != ".zip" and not is_lesson(file.name):
        raise CoursebotError("upload-kind", file=_shown(file.name))
    content = await files.fetch(file)
    answers = is_excel(content) or kind in {".xlsx", ".xlsm"} or (kind in _ANSWERS and not is_zip(content))
    slug = course.slug if course else ""
    if not answers and not slug:
        slug = _own_course(file.name, wanted, scene.course, summaries)
        if not slug:
            return scene.say("bulk.which-course")
    pending = Pending(
        id=secrets.token_urlsafe(9),
        what=What.ANSWERS if answers else What.COURSE,
        name=file.name,
        content=content,
        course=slug,
        default=scene.course if answers else "",
        expires_at=scene.at + KEPT,
    )
    reply, changes = await _report(services, bulk, scene, pending, summaries)
    if not changes:
        return reply
    await services.pending.keep(pending, person=scene.sender, at=scene.at)
    row = tuple(
        Button(scene.words.text(key), encode(Import(pending.id, sure=sure)))
        for key, sure in (("button.import", True), ("button.cancel", False))
    )
    return replace(reply, buttons=(row,))


def _own_course(name: str, wanted: str, chosen: str, summaries: Sequence[CourseSummary]) -> str:
    """The course that a lesson or a zip is for; empty where that is not clear."""
    if is_lesson(name):
        return chosen or (summaries[0].slug if len(summaries) == 1 else "")
    return slug_of(wanted or name)


async def _report(
    services: Services, bulk: Bulk, scene: Scene, pending: Pending, summaries: Sequence[CourseSummary]
) -> tuple[Reply, bool]:
    """What importing would do, and whether that is anything."""
    if pending.what is What.ANSWERS:
        found = await _answers(services, bulk, scene, pending)
        found = await bulk.try_answers(found, by=await _by(services, scene), at=scene.at)
        return _told_answers(scene, found, pending, summaries, tried=True), found.changes
    read = await _course(services, bulk, scene, pending)
    read = await bulk.try_course(read, at=scene.at)
    return _told_course(scene, read, pending, tried=True), read.changes


async def _imported(services: Services, bulk: Bulk, scene: Scene, pending: Pending, *, sure: bool) -> Reply:
    """Import what was kept, by whoever sent it or an admin of the course; the rights are asked for again."""
    by = await _by(services, scene)
    cancelled = scene.say("bulk.cancelled", file=_shown(pending.name))
    if pending.what is What.ANSWERS:
        found = await _answers(services, bulk, scene, pending)
        if not sure:
            return cancelled
        done = await bulk.save_answers(found, by=by, at=scene.at)
        return _told_answers(scene, done, pending, await services.courses.summaries(), tried=False)
    read = await _course(services, bulk, scene, pending)
    if not sure:
        return cancelled
    return _told_course(scene, await bulk.save_course(read, by=by, at=scene.at), pending, tried=False)


async def _answers(services: Services, bulk: Bulk, scene: Scene, pending: Pending) -> AnswersReport:
    """The rows by course, as far as this person may change these courses."""
    file = await asyncio.to_thread(parse_seeds, pending.name, pending.content, most=MOST_ROWS)
    found = await bulk.sorted(file, pending.course, pending.default)
    for share in found.shares:
        await _allowed(services, scene, pending, share.course, Role.EDITOR)
    return found


async def _course(services: Services, bulk: Bulk, scene: Scene, pending: Pending) -> CourseReport:
    """The course, as far as this person may change it; a new one is for who may change all."""
    await _allowed(services, scene, pending, pending.course, Role.ADMIN)
    read = await bulk.read_course(pending.content, pending.name, pending.course)
    if read.new:
        await rights.require(services, scene, Role.ADMIN, "")
    return read


async def _allowed(services: Services, scene: Scene, pending: Pending, course: str, role: Role) -> None:
    """Let go on whoever may.

    Raises:
        CoursebotError: "role-needed" and its kin; "upload-not-yours" for somebody else's file, unless an admin asks.
    """
    await rights.require(services, scene, role, course)
    held = await rights.standing(services, scene)
    if not pending.mine and not held.may(Role.ADMIN, course):
        raise CoursebotError("upload-not-yours")


async def _by(services: Services, scene: Scene) -> str:
    return await rights.require(services, scene, Role.EDITOR, None)


def _told_answers(
    scene: Scene,
    found: AnswersReport,
    pending: Pending,
    summaries: Sequence[CourseSummary],
    *,
    tried: bool,
) -> Reply:
    titles = {each.slug: each.title for each in summaries}
    spans = render_bulk.answers(scene.words, found, file=_shown(pending.name), titles=titles, tried=tried)
    return Reply(spans=spans, private=True)


def _told_course(scene: Scene, read: CourseReport, pending: Pending, *, tried: bool) -> Reply:
    spans = render_bulk.course(scene.words, read, file=_shown(pending.name), tried=tried)
    return Reply(spans=spans, private=True)


def _shown(name: str) -> str:
    return gist(name, _NAME).text or "…"
