"""Telling Discord about the commands, only when they changed.

Each telling counts against a daily limit and makes readers' apps load the commands anew, so a digest of what was
told last is kept in a file.
"""

from __future__ import annotations

import asyncio
import json
import logging
from hashlib import sha256
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from adapters.discord.failures import brief

logger = logging.getLogger("coursebot.discord")


async def tell(tree: app_commands.CommandTree[Any], file: Path | None) -> bool:
    """Tell Discord about the commands where it does not know them yet; True when it was told.

    A failure is logged and costs nothing but the menu; the next start tries again.

    Args:
        tree: the commands, with their translator.
        file: keeps the digest; None to tell each time.
    """
    digest = await _digest(tree)
    if file and await asyncio.to_thread(_kept, file) == digest:
        return False
    try:
        await tree.sync()
    except (discord.DiscordException, OSError) as error:
        logger.warning("Discord did not take the commands: %s", brief(error), extra={"action": "sync-failed"})
        return False
    logger.info("commands told to Discord", extra={"action": "synced"})
    if file:
        await asyncio.to_thread(_keep, file, digest)
    return True


async def _digest(tree: app_commands.CommandTree[Any]) -> str:
    """What would be told, in short; another bot's token makes another digest."""
    translator = tree.translator
    payloads = [
        await each.get_translated_payload(tree, translator) if translator else each.to_dict(tree)
        for each in tree.get_commands()
    ]
    told = json.dumps([str(tree.client.application_id), payloads], sort_keys=True, ensure_ascii=True)
    return sha256(told.encode("ascii")).hexdigest()


def _kept(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _keep(file: Path, digest: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{digest}\n", "ascii")
    except OSError as error:
        logger.warning("%s was not written: %s", file.name, brief(error), extra={"action": "not-kept"})
