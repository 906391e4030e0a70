"""Greeting and help, made from the table of commands."""

from __future__ import annotations

from bot.commands import COMMANDS, Mistyped
from bot.handlers.courses import titles
from bot.handlers.scene import Scene, Services
from bot.messages import Bold, Button, Code, Reply, Span, Text
from bot.payloads import Run, encode
from bot.spans import joined, marked


async def help_(_services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """Every command of this platform on one line."""
    words = scene.words
    lines: list[Span] = []
    for spec in COMMANDS:
        if spec.on(scene.chat.platform):
            argument = f" {words.text(spec.argument)}" if spec.argument else ""
            lines += [Text("\n"), Code(f"/{spec.name}{argument}"), Text(f"  {words.text(spec.help)}")]
    head = (Bold(f"💡 {words.text('help.title')}"), Text(f"\n{words.text('help.intro')}\n"), *lines)
    return [Reply(spans=joined((head, marked(words.text("help.kinds"))), "\n\n"), private=True)]


async def start(services: Services, scene: Scene, _arguments: str) -> list[Reply]:
    """A greeting that says what can be asked about."""
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
    """That there is no such command, and which one may be meant."""
    if command.meant is None:
        return scene.say("command.unknown", name=f"/{command.name}")
    meant = f"/{command.meant.name}"
    reply = scene.say("command.mistyped", name=f"/{command.name}", meant=meant)
    if command.arguments:
        # What was typed after it would be lost: a payload never holds a reader's words.
        return reply
    run = Button(meant, encode(Run(command.meant.name)))
    return Reply(spans=reply.spans, buttons=((run,),), private=True)
