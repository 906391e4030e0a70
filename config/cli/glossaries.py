"""`coursebot glossary list` and `coursebot glossary add`: terms that mean the same."""

from __future__ import annotations

import click

from config.cli.context import options, say, words
from knowledge.glossary import add_group, own_groups, shipped


@click.group
def glossary() -> None:
    """Terms that mean the same: a question that has one of them is also asked with the others."""


@glossary.command("list")
@click.option("--course", metavar="SLUG", help="Only what was added for this course, or for all.")
@click.pass_context
def list_(context: click.Context, *, course: str | None) -> None:
    """List the groups, one a line: those that were added, then the shipped ones."""
    settings = options(context).settings()
    file = settings.glossary_file
    for home, own in own_groups(file) if file.exists() else []:
        if not course or home in {"", course}:
            for group in own.groups:
                say(" = ".join(group) + (f"  ({home})" if home else ""))
    for group in shipped().groups:
        say(" = ".join(group))


@glossary.command
@click.argument("terms", nargs=-1, required=True, metavar="TERM TERM...")
@click.option(
    "--course", metavar="SLUG", default="", help="The course in which they mean the same; default: all."
)
@click.pass_context
def add(context: click.Context, terms: tuple[str, ...], *, course: str) -> None:
    """Say that TERMs mean the same. A running bot knows it from the next question on."""
    settings = options(context).settings()
    added = add_group(settings.glossary_file, terms, course)
    key = "glossary.added" if added else "glossary.known"
    say(words(settings).text(key, terms=list(terms), path=settings.glossary_file))
