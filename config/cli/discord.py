"""`coursebot discord invite`: the link by which the bot comes into a server."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlencode

import click

from config.cli.context import options, say
from knowledge.errors import CoursebotError

_PERMISSIONS = {
    "View Channels": 10,
    "Send Messages": 11,
    "Embed Links": 14,
    "Attach Files": 15,
    "Read Message History": 16,
    "Send Messages in Threads": 38,
}
"""What the bot needs, each with its bit (Discord developer documentation, "Permissions")."""


@click.group
def discord() -> None:
    """Help with setting up Discord."""


@discord.command
@click.pass_context
def invite(context: click.Context) -> None:
    """Print the link that invites the bot to a server, with the least permissions that it needs."""
    token = options(context).settings().discord_token
    if not token:
        raise CoursebotError("discord-no-token")
    query = {
        "client_id": application_id(token),
        "scope": "bot applications.commands",
        "permissions": str(sum(1 << bit for bit in _PERMISSIONS.values())),
    }
    say(f"https://discord.com/oauth2/authorize?{urlencode(query)}")


def application_id(token: str) -> str:
    """The application's id, which is the first part of a bot's token, in Base64.

    Raises:
        CoursebotError: "discord-token" when the token has no such part.
    """
    first = token.split(".", 1)[0]
    try:
        number = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise CoursebotError("discord-token") from error
    if not number.isdecimal():
        raise CoursebotError("discord-token")
    return number
