"""`coursebot index check` and `coursebot index rebuild`: the search index, which is only a replica."""

from __future__ import annotations

import click

from config.cli.context import say, with_application, words
from config.wiring import Application


@click.group
def index() -> None:
    """Look after the search index; everything in it comes from the database."""


@index.command
@click.pass_context
def check(context: click.Context) -> None:
    """Compare the index with the database and mend what differs. Every start of the bot does this."""

    async def do(application: Application) -> None:
        wrong = await application.library.check()
        spoken = words(application.settings)
        key = "index.checked.wrong" if wrong else "index.checked.sound"
        say(spoken.text(key, courses=sorted(wrong)))

    with_application(context, do)


@index.command
@click.pass_context
def rebuild(context: click.Context) -> None:
    """Fill the index anew from the database."""

    async def do(application: Application) -> None:
        courses = await application.library.rebuild()
        say(words(application.settings).text("index.rebuilt", count=courses))

    with_application(context, do)
