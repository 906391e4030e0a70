"""What each command does, and who may give it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.commands import Called, Mistyped
from bot.handlers import ask, courses, filling, lessons, privacy, recall, rights, settings
from bot.handlers import help as helping
from bot.handlers.daily import digests, enrolments, progressing, subscribing
from bot.handlers.scene import Scene, Services
from bot.handlers.team import (
    adding,
    admins,
    cases,
    curating,
    editing,
    exports,
    history,
    queue,
    removing,
    reports,
    ruling,
    uploads,
)
from bot.replies import Reply

Do = Callable[[Services, Scene, str], Awaitable[list[Reply]]]

HANDLERS: dict[str, Do] = {
    "ask": ask.ask,
    "more": recall.more,
    "why": recall.why,
    "lessons": lessons.lessons,
    "lesson": lessons.lesson,
    "course": courses.course,
    "settings": settings.settings,
    "privacy": privacy.privacy,
    "admins": admins.admins,
    "add": adding.add,
    "curate": curating.curate,
    "edit": editing.edit,
    "alias": editing.alias,
    "merge": removing.merge,
    "pin": ruling.pin,
    "bar": ruling.bar,
    "rulings": ruling.rulings,
    "delete": removing.delete,
    "undo": history.undo,
    "history": history.history,
    "duplicates": reports.duplicates,
    "stale": reports.stale,
    "claim": admins.claim,
    "queue": queue.queue,
    "answer": cases.answer,
    "subscribe": subscribing.subscribe,
    "unsubscribe": enrolments.unsubscribe,
    "goto": enrolments.goto,
    "digest": digests.digest,
    "progress": progressing.progress,
    "upload": uploads.upload,
    "export": exports.export,
    "cancel": filling.cancel,
    "help": helping.help_,
    "start": helping.start,
    "quit": helping.leave,
}
"""What does each command."""


async def run(services: Services, scene: Scene, command: Called | Mistyped) -> list[Reply]:
    """What a command does; one that is none gets a suggestion.

    Raises:
        CoursebotError: as the command; "role-needed" or "role-anonymous" for who may not give it.
    """
    if isinstance(command, Mistyped):
        return [helping.mistyped(scene, command)]
    if command.spec.role:
        await rights.require(services, scene, command.spec.role)
    do = HANDLERS.get(command.spec.name)
    return await do(services, scene, command.arguments) if do else []
