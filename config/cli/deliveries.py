"""`coursebot deliveries`: what is sent unasked, and what an operator decides about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from bot.daily.deliveries import Delivery, State
from bot.daily.delivery_desk import Overview
from config.cli.context import DONE, SOME_SKIPPED, say, with_application, words
from config.wiring import Application
from jobs.engine import CLOCK, OPERATOR, RESTORED

_HELD = {
    OPERATOR: "deliveries.held-operator",
    RESTORED: "deliveries.held-restored",
    CLOCK: "deliveries.held-clock",
}
_EVERYTHING = {"hold": "deliveries.all-hold", "release": "deliveries.all-release"}
_STATES = [state.value for state in State]


@click.group(invoke_without_command=True)
@click.option(
    "--state", "states", multiple=True, type=click.Choice(_STATES), help="Only these; can be repeated."
)
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many to list."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def deliveries(context: click.Context, *, states: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Show what is sent unasked: how much in which state, who sends, why nothing is sent, the latest ones."""
    if context.invoked_subcommand:
        return

    async def show(application: Application) -> None:
        desk = await application.desk()
        overview = await desk.overview()
        found = await desk.deliveries([State(each) for each in states], limit=limit)
        if as_json:
            shown = {**_overview(overview), "deliveries": [_delivery(each) for each in found]}
            say(json.dumps(shown, ensure_ascii=False, indent=2))
            return
        say("\n".join(_lines(application, overview, found)))

    with_application(context, show)


_ids = click.argument("ids", nargs=-1, type=click.IntRange(1), metavar="[ID]...")
_needed = click.argument("ids", nargs=-1, type=click.IntRange(1), metavar="ID...", required=True)


@deliveries.command
@_needed
@click.pass_context
def retry(context: click.Context, *, ids: tuple[int, ...]) -> None:
    """Send again what failed, is unknown, held or expired, or was blocked."""
    _decide(context, "retry", ids)


@deliveries.command
@_needed
@click.pass_context
def settle(context: click.Context, *, ids: tuple[int, ...]) -> None:
    """Count what is unknown or held as sent, and go on with the next lesson."""
    _decide(context, "settle", ids)


@deliveries.command
@_ids
@click.pass_context
def hold(context: click.Context, *, ids: tuple[int, ...]) -> None:
    """Hold these; without an ID, send nothing at all until `release`."""
    _decide(context, "hold", ids)


@deliveries.command
@_ids
@click.pass_context
def release(context: click.Context, *, ids: tuple[int, ...]) -> None:
    """Send these after all; without an ID, send again after everything was held."""
    _decide(context, "release", ids)


def _decide(context: click.Context, what: str, ids: Sequence[int]) -> None:
    async def do(application: Application) -> int:
        spoken = words(application.settings)
        if not ids:
            await _everything(application, what)
            say(spoken.text(_EVERYTHING[what]))
            return DONE
        from config.stores import now

        desk = await application.desk()
        chosen = {"retry": desk.retry, "settle": desk.settle, "hold": desk.hold, "release": desk.release}
        done = await chosen[what](ids, at=now())
        say(spoken.text("deliveries.done", count=len(done)))
        left = [each for each in ids if each not in done]
        if left:
            say(spoken.text("deliveries.left", ids=", ".join(map(str, left))))
        return SOME_SKIPPED if left else DONE

    context.exit(with_application(context, do))


async def _everything(application: Application, what: str) -> None:
    from config.deliveries import beat_file
    from jobs.beats import Beats

    desk = await application.desk()
    if what == "hold":
        await desk.hold_all(OPERATOR)
        return
    name, _ = await desk.beat()
    # What the database does not know of was sent all the same: from now on it counts from there.
    await desk.release_all(beat=Beats(beat_file(application)).newest(name))


def _lines(application: Application, overview: Overview, found: Sequence[Delivery]) -> list[str]:
    from config.stores import now

    spoken = words(application.settings)
    lines = []
    if overview.hold:
        lines.append(spoken.text(_HELD.get(overview.hold, _HELD[OPERATOR])))
    for holder, until in overview.senders:
        key = "deliveries.sender" if until > now() else "deliveries.no-sender"
        lines.append(spoken.text(key, platform=holder.platform.value, until=_time(until)))
    lines += [
        spoken.text("deliveries.alarm", name=name, at=_time(at)) for name, at in overview.alarms.items()
    ]
    counts = [f"{state.value} {overview.counts[state]}" for state in State if overview.counts.get(state)]
    lines.append(" · ".join(counts) if counts else spoken.text("deliveries.none"))
    lines += [_row(each) for each in found]
    return lines


def _row(each: Delivery) -> str:
    what = f"{each.course} / {each.lesson}" if each.lesson else each.kind
    more = " ".join(filter(None, (str(each.on or ""), each.last_error)))
    row = f"{each.id:>6}  {each.state.value:<8} {each.chat.platform.value:<9} {_time(each.due_at)}  {what}  {more}"
    return row.rstrip()


def _time(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%SZ}"


def _overview(overview: Overview) -> dict[str, Any]:
    return {
        "counts": {state.value: number for state, number in overview.counts.items()},
        "hold": overview.hold,
        "senders": [
            {"platform": holder.platform.value, "epoch": holder.epoch, "until": until.isoformat()}
            for holder, until in overview.senders
        ],
        "alarms": {name: at.isoformat() for name, at in overview.alarms.items()},
    }


def _delivery(each: Delivery) -> dict[str, Any]:
    """Without the address, which is the subscriber's."""
    return {
        "id": each.id,
        "kind": each.kind,
        "platform": each.chat.platform.value,
        "subscriber": each.subscriber,
        "course": each.course,
        "lesson": each.lesson,
        "on": each.on.isoformat() if each.on else None,
        "due_at": each.due_at.isoformat(),
        "state": each.state.value,
        "attempt": each.attempt,
        "unknown_count": each.unknown_count,
        "last_error": each.last_error,
    }
