"""Greeting and help, made from the table of commands."""

from __future__ import annotations

from bot.buttons.payloads import Run, encode
from bot.commands import Audience, Mistyped, menu
from bot.handlers import rights
from bot.handlers.courses import titles
from bot.handlers.lessons import opened
from bot.handlers.recall import open_entry
from bot.handlers.scene import Scene, Services
from bot.links import EntryLink, LessonLink, linked
from bot.rendering.spans import joined, marked
from bot.replies import Bold, Button, Code, Reply, Span, Text


async def help_(services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """Every command that is of use here on one line."""
    words = scene.words
    lines: list[Span] = []
    offered = menu(scene.chat.platform, _audience(scene), await rights.standing(services, scene))
    # What is the team's own stands last, under a heading of its own.
    for spec in sorted(offered, key=lambda each: each.role is not None):
        if spec.role and not any(Bold(words.text("help.team")) == each for each in lines):
            lines += [Text("\n\n"), Bold(words.text("help.team"))]
        # What erases is told where it is explained, not for somebody to tap here.
        argument = f" {words.text(spec.argument)}" if spec.argument and spec.name != "privacy" else ""
        lines += [Text("\n"), Code(f"/{spec.name}{argument}"), Text(f"  {words.text(spec.help)}")]
    head = (Bold(f"💡 {words.text('help.title')}"), Text(f"\n{words.text('help.intro')}\n"), *lines)
    return [Reply(spans=joined((head, marked(words.text("help.kinds"))), "\n\n"), private=True)]


def _audience(scene: Scene) -> Audience:
    if scene.chat.private:
        return Audience.PRIVATE
    return Audience.MANAGER if scene.by_manager else Audience.GROUP


async def start(services: Services, scene: Scene, arguments: str) -> list[Reply]:
    """What a deep link names, or a greeting that says what can be asked about."""
    match linked(arguments):
        case EntryLink(ref):
            return [await open_entry(services, scene, ref)]
        case LessonLink() as link:
            return await opened(services, scene, link)
        case None:
            return await _greeting(services, scene)


async def _greeting(services: Services, scene: Scene) -> list[Reply]:
    summaries = await services.courses.summaries()
    hello = (Bold(f"👋 {scene.words.text('start.hello')}"),)
    if not summaries:
        return [Reply(spans=joined((hello, marked(scene.words.text("course.none"))), "\n\n"))]
    hint = marked(scene.words.text("start.hint"))
    return [Reply(spans=joined((hello, titles(scene, summaries[:8]), hint), "\n\n"))]


async def leave(_services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """A last word."""
    return [scene.say("quit.bye")]


def mistyped(scene: Scene, command: Mistyped) -> Reply:
    """That there is no such command, and which one may be meant or where there is one."""
    if command.elsewhere:
        return scene.say("subscribe.not-here")
    if command.meant is None:
        return scene.say("command.unknown", name=f"/{command.name}")
    meant = f"/{command.meant.name}"
    reply = scene.say("command.mistyped", name=f"/{command.name}", meant=meant)
    if command.arguments:
        # What was typed after it would be lost: a payload never holds a reader's words.
        return reply
    run = Button(meant, encode(Run(command.meant.name)))
    return Reply(spans=reply.spans, buttons=((run,),), private=True)
