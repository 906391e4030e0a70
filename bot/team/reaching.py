"""Where somebody of the team is told something in private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.messages import Chat, Person, Platform
from bot.team.roles import parse_person


class Direct(Protocol):
    """Opens private chats on a platform where they have ids of their own."""

    async def direct(self, person: Person) -> Chat | None:
        """The private chat with a person; None where there is none and none can be opened."""
        ...


async def reach(directs: Mapping[Platform, Direct], key: str) -> Chat | None:
    """The private chat with whom a key such as `telegram:42` names; None where they cannot be told so."""
    person = parse_person(key)
    if person is None:
        return None
    if person.platform is Platform.TELEGRAM:
        # There a private chat has its person's id (https://core.telegram.org/bots/api#chat).
        return Chat(platform=person.platform, id=person.id)
    direct = directs.get(person.platform)
    return await direct.direct(person) if direct else None
