"""Readers' own settings, kept in this process."""

from __future__ import annotations

from collections import OrderedDict

from bot.messages import Person
from bot.ports import Preference


class SessionPreferences:
    """A `PreferenceStore` that forgets when the process ends: enough for a terminal session.

    Holds `capacity` readers at most; whoever set theirs longest ago is forgotten first.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[tuple[str, str], Preference] = OrderedDict()

    async def of(self, person: Person) -> Preference:
        """What the reader chose; an empty preference when nothing."""
        return self._kept.get((person.platform.value, person.id), Preference())

    async def save(self, person: Person, preference: Preference) -> None:
        """Keep the reader's choice."""
        key = (person.platform.value, person.id)
        self._kept[key] = preference
        self._kept.move_to_end(key)
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def forget(self, person: Person) -> None:
        """Drop the reader's choice."""
        self._kept.pop((person.platform.value, person.id), None)
