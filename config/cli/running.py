"""`coursebot run`: every platform that has a token, in one process, until it is told to end."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import traceback

import click

from bot.team.roles import Role
from config.cli.context import DONE, NOTHING_DONE, complain, say, with_application, words
from config.deliveries import delivering, ticking
from config.lock import only_one
from config.logs import hide
from config.platforms import platforms
from config.settings import FILE_NAME
from config.stores import now
from config.supervision import supervise
from config.wiring import Application
from jobs.housekeeping import each_minute
from jobs.rounds import Rounds
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot.run")


@click.command
@click.pass_context
def run(context: click.Context) -> None:
    """Answer readers on every platform that has a token, until Ctrl-C or SIGTERM."""

    async def serve(application: Application) -> int:
        spoken = words(application.settings)
        hide(application.settings.secrets)

        def ready(platform: str, name: str) -> None:
            say(spoken.text("run.listening", platform=platform, name=name))

        alerts = await application.alerts(spoken.language)

        def fell(platform: str, error: Exception) -> None:
            alerts.note(f"{platform.lower()}-down")
            if isinstance(error, CoursebotError):
                complain(spoken.text("run.down", platform=platform, why=error))
                return
            complain(spoken.text("run.fault", platform=platform, kind=type(error).__name__))
            # Without the message, which may quote a reader.
            logger.error("%s\n%s", platform, "".join(traceback.format_tb(error.__traceback__)))

        def waiting(platform: str) -> None:
            say(spoken.text("run.waiting", platform=platform))

        found = await platforms(application, ready=ready)
        if not found.adapters:
            complain(spoken.text("run.no-token", file=application.settings.data / FILE_NAME))
            return NOTHING_DONE
        staff = await (await application.staff()).all()
        if not any(each.role is Role.OWNER for each in staff):
            # Printed and never logged: it is all that it takes to own the bot.
            say(spoken.text("run.claim", code=application.claims.offer()))
        stop = asyncio.Event()
        _end_on_signals(stop)
        await application.library.refresh()
        sending = await delivering(application, found.adapters, waiting=waiting, alert=alerts)
        rounds = Rounds([*await application.jobs(), each_minute("alerts", alerts.flush)], now=now)
        async with ticking(sending.engine), ticking(rounds):
            stopped = await supervise(sending.adapters, found.handle, stop=stop, fell=fell)
        return DONE if stopped else NOTHING_DONE

    async def alone(application: Application) -> int:
        with only_one((await application.database()).path):
            return await serve(application)

    context.exit(with_application(context, alone))


def _end_on_signals(stop: asyncio.Event) -> None:
    """End in good order at the first signal, and at once at the second."""

    def end() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, end)
        except NotImplementedError:  # Windows' loop has none; Ctrl-C then cancels `asyncio.run`
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end))
