"""The slash commands and the entry in a message's menu, made from the one table in `bot/commands.py`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from adapters.discord import incoming, naming, schedules
from adapters.discord.choices import Choices, Offer
from adapters.discord.failures import brief
from adapters.discord.reacting import with_question
from bot.catalog import ENGLISH, catalog
from bot.commands import COMMANDS, Audience, CommandSpec
from bot.incidents import places
from bot.messages import Command, Platform

logger = logging.getLogger("coursebot.discord")

Interaction = discord.Interaction[Any]
Answer = Callable[[Interaction, Command], Awaitable[None]]
"""Answers an interaction that gave a command."""
Offers = Callable[[str], Awaitable[list[Offer]]]
"""What to offer for what was typed so far."""

LONGEST = 2000
"""Characters of what follows a command at most, as many as a message has without a subscription."""

_QUESTION = "hint.question"
_PATIENCE = 0.7
"""Seconds for asking what a message replied to: Discord waits three for a form, most of which the core may need."""
_SCHEDULE = "hint.schedule"


def build(tree: Tree) -> None:
    """Put every command of the table into the tree."""
    for spec in COMMANDS:
        if spec.on(Platform.DISCORD):
            tree.add_command(_slash(spec, tree))
    tree.add_command(_menu(tree))
    tree.add_command(_save_menu(tree))


class Tree(app_commands.CommandTree[Any]):
    """The commands.

    Args:
        client: the client.
        answer: answers.
        choices: offers courses and lessons.
    """

    def __init__(self, client: discord.Client, *, answer: Answer, choices: Choices) -> None:
        super().__init__(client)
        self.answer = answer
        self.choices = choices

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """A command that this version does not have gets a suggestion; anything else is a line in the log."""
        if isinstance(error, app_commands.CommandNotFound):
            if interaction.type is discord.InteractionType.application_command:
                await self.answer(interaction, incoming.command(interaction, error.name, ""))
            return
        logger.error(
            "a command failed: %s\n%s", brief(error), places(error), extra={"action": "command-failed"}
        )


def _slash(spec: CommandSpec, tree: Tree) -> app_commands.Command[Any, ..., Any]:
    command: app_commands.Command[Any, ..., Any] = app_commands.Command(
        name=locale_str(spec.name, spec=spec),
        description=locale_str(naming.description(spec.help), key=spec.help),
        callback=_scheduled(spec, tree.answer)
        if spec.argument == _SCHEDULE
        else _callback(spec, tree.answer),
        allowed_contexts=_contexts(spec),
    )
    if Audience.GROUP not in spec.audiences and Audience.MANAGER in spec.audiences:
        # Discord hides it from others on servers, whose admins can change that; in private it is for all.
        command.default_permissions = discord.Permissions(manage_channels=True)
    if spec.argument == _SCHEDULE:
        command.autocomplete("course")(_autocomplete(tree.choices.courses))
        schedules.offered(command)
        return command
    offers = {
        "hint.course": tree.choices.courses,
        "hint.lesson": tree.choices.lessons,
        "hint.privacy": _the_word("hint.privacy"),
    }.get(spec.argument)
    if offers:
        command.autocomplete("argument")(_autocomplete(offers))
    return command


def _contexts(spec: CommandSpec) -> app_commands.AppCommandContext:
    """Where Discord offers the command; one that is in no menu has to be somewhere, as it could not be given else."""
    return app_commands.AppCommandContext(
        guild=bool(spec.audiences & {Audience.GROUP, Audience.MANAGER}),
        dm_channel=Audience.PRIVATE in spec.audiences or not spec.audiences,
        private_channel=False,
    )


def _callback(spec: CommandSpec, answer: Answer) -> Callable[..., Any]:
    """What discord.py calls; it reads the options from the signature."""

    async def bare(interaction: Interaction) -> None:
        await answer(interaction, incoming.command(interaction, spec.name, ""))

    async def needing(interaction: Interaction, argument: app_commands.Range[str, 1, LONGEST]) -> None:
        await answer(interaction, incoming.command(interaction, spec.name, argument))

    async def taking(interaction: Interaction, argument: app_commands.Range[str, 0, LONGEST] = "") -> None:
        await answer(interaction, incoming.command(interaction, spec.name, argument))

    if not spec.argument:
        return bare
    chosen: Callable[..., Any] = needing if spec.argument == _QUESTION else taking
    app_commands.rename(argument=locale_str(naming.option_name(spec.argument), hint=spec.argument))(chosen)
    app_commands.describe(argument=locale_str(naming.description(spec.argument), key=spec.argument))(chosen)
    return chosen


def _scheduled(spec: CommandSpec, answer: Answer) -> Callable[..., Any]:
    """The same for a command whose line has several things, which are options here."""

    async def given(interaction: Interaction, line: str) -> None:
        await answer(interaction, incoming.command(interaction, spec.name, line))

    return schedules.callback(given)


def _the_word(hint: str) -> Offers:
    """Offers the one word that can follow a command."""
    word = catalog(ENGLISH).text(hint)

    async def offer(_typed: str) -> list[Offer]:
        return [Offer(word, word)]

    return offer


def _autocomplete(
    offers: Offers,
) -> Callable[[Interaction, str], Any]:
    async def offer(_interaction: Interaction, current: str) -> list[Choice[str]]:
        return [Choice(name=each.name, value=each.value) for each in await offers(current)]

    return offer


def _menu(tree: Tree) -> app_commands.ContextMenu:
    async def ask(interaction: Interaction, message: discord.Message) -> None:
        user = interaction.client.user
        asked = incoming.question(message, me=user.id if user else 0)[:LONGEST]
        about = incoming.quoted(message, me=user.id if user else 0)
        await tree.answer(interaction, incoming.command(interaction, "ask", asked, about=about))

    return app_commands.ContextMenu(
        name=locale_str(catalog(ENGLISH).text(naming.MENU), key=naming.MENU), callback=ask
    )


def _save_menu(tree: Tree) -> app_commands.ContextMenu:
    """For the team: a message as an answer, together with the one it replied to as the question."""

    async def save(interaction: Interaction, message: discord.Message) -> None:
        user = interaction.client.user
        about = await with_question(message, me=user.id if user else 0, within=_PATIENCE)
        await tree.answer(interaction, incoming.command(interaction, "add", "", about=about))

    menu = app_commands.ContextMenu(
        name=locale_str(catalog(ENGLISH).text(naming.SAVE), key=naming.SAVE), callback=save
    )
    menu.default_permissions = discord.Permissions(manage_channels=True)
    return menu
