"""Buttons that outlive a restart: all they need stands in their `custom_id`.

One `DynamicItem` takes every button there is, so that an old one or one of another make gets a polite word from
the core in place of Discord's "This interaction failed".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

import discord
from discord import ui

from adapters.discord import outgoing
from bot.replies import Button

Interaction = discord.Interaction[Any]


class Pressable(Protocol):
    """What a client must be able to do for buttons to work."""

    async def pressed(self, interaction: Interaction, payload: str) -> None:
        """Answer a button of the core's."""
        ...

    async def shown(self, interaction: Interaction) -> None:
        """Show a private answer to everyone."""
        ...


class Pressed(ui.DynamicItem[ui.Item[Any]], template=re.compile(r"(?P<carried>.{1,100})", re.DOTALL)):
    """A button that was pressed, made from what it carries."""

    def __init__(self, item: ui.Item[Any], carried: str) -> None:
        super().__init__(item)
        self._carried = carried

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /
    ) -> Pressed:
        """The button with that id."""
        return cls(item, match["carried"])

    async def callback(self, interaction: Interaction) -> None:
        """Hand it to the client, which never raises."""
        client: Pressable = interaction.client
        if self._carried == outgoing.SHOW:
            await client.shown(interaction)
        else:
            await client.pressed(interaction, outgoing.payload(self._carried))


def view(rows: Sequence[Sequence[Button]]) -> ui.View:
    """Rows of buttons to send, already within Discord's limits.

    The view is stopped before it is sent: the library would keep one that waits for ever.
    """
    made = ui.View(timeout=None)
    for row, buttons in enumerate(rows):
        for button in buttons:
            style = (
                discord.ButtonStyle.primary
                if button.payload == outgoing.SHOW
                else discord.ButtonStyle.secondary
            )
            made.add_item(ui.Button(label=button.label, custom_id=button.payload, row=row, style=style))
    made.stop()
    return made
