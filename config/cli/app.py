"""The `coursebot` command: its global options, its commands, and its last word on whatever goes wrong."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from config.cli.context import NOTHING_DONE, Options, complain, escape_what_cannot_be_encoded, words
from config.logs import configure
from knowledge.errors import CoursebotError

logger = logging.getLogger("coursebot")

COMMANDS = {
    "ask": "config.cli.asking:ask",
    "audit": "config.cli.auditing:audit",
    "bench": "config.cli.benching:bench",
    "chat": "config.cli.chatting:chat",
    "courses": "config.cli.courses:courses",
    "deliveries": "config.cli.deliveries:deliveries",
    "digest": "config.cli.digesting:digest",
    "discord": "config.cli.discord:discord",
    "evaluate": "config.cli.evaluating:evaluate",
    "glossary": "config.cli.glossaries:glossary",
    "import": "config.cli.importing:import_",
    "index": "config.cli.indexing:index",
    "lessons": "config.cli.courses:lessons",
    "run": "config.cli.running:run",
    "seed": "config.cli.seeding:seed",
    "simulate": "config.cli.simulating:simulate",
    "tune": "config.cli.tuning:tune",
}
"""Where each command is; a command's module is imported when it is called (or help lists it)."""


class LateGroup(click.Group):
    """A group whose commands are imported when they are needed, and which guesses what a wrong name meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 (tells the type checker what the table holds)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; a name that is none gets a suggestion."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            meant = get_close_matches(args[0], COMMANDS, n=1)
            if not meant:
                raise
            raise click.UsageError(f"{error.message} Did you mean {meant[0]!r}?", ctx) from error


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder of the database and index. Default: COURSEBOT_DATA, else your user data folder.",
)
@click.option("--config", type=click.Path(path_type=Path), help="Settings file (TOML).")
@click.option("-v", "--verbose", count=True, help="Say more; twice: even more.")
@click.version_option(package_name="coursebot", prog_name="coursebot", message="%(prog)s %(version)s")
@click.pass_context
def app(context: click.Context, data: Path | None, config: Path | None, verbose: int) -> None:
    """Answers a course's readers from the course itself."""
    context.obj = Options(data=data, config=config, verbosity=verbose)
    configure(verbose)


def run(arguments: Sequence[str]) -> int:
    """Run the command line; every failure is one sentence on standard error. The exit code."""
    escape_what_cannot_be_encoded()
    try:
        app.main(args=list(arguments), prog_name="coursebot")
    except SystemExit as leaving:  # how click leaves, whatever came of it
        return leaving.code if isinstance(leaving.code, int) else NOTHING_DONE
    except KeyboardInterrupt:
        return 130
    except CoursebotError as error:
        complain(words().say(error))
        return NOTHING_DONE
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has left: there is nobody to complain to
        return 141
    except Exception as error:
        logger.info("a fault of coursebot", exc_info=error)
        complain(words().text("cli.fault", kind=type(error).__name__))
        return NOTHING_DONE
