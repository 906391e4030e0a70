"""`coursebot audit`: who changed what."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from bot.rendering.changes import line
from bot.team.audit import Change
from config.cli.context import complain, say, with_application, words
from config.wiring import Application


@click.command
@click.argument("subject", default="")
@click.option("--course", default="", help="Only changes in this course.")
@click.option("--by", default="", help="Only changes by telegram:ID, discord:ID or operator.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, help="So many at most. Default: 50.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print a JSON list, with all that was before and after."
)
@click.pass_context
def audit(context: click.Context, *, subject: str, course: str, by: str, limit: int, as_json: bool) -> None:
    """List what the team changed, the last change first: answers, pins and bars, imports, roles.

    SUBJECT is an answer (s5), an entry (c12) or a person (telegram:42).
    """

    async def show(application: Application) -> None:
        log = (await application.curating()).log
        found = await log.recent(
            subjects=[subject] if subject else [],
            by=by,
            courses=frozenset({course}) if course else None,
            limit=limit,
        )
        spoken = words(application.settings)
        if as_json:
            say(json.dumps([_table(each) for each in found], ensure_ascii=False, indent=2))
        elif not found:
            complain(spoken.text("history.none"))
        for each in () if as_json else found:
            say(line(spoken, each))

    with_application(context, show)


def _table(change: Change) -> dict[str, object]:
    return {**asdict(change), "at": change.at.isoformat()}
