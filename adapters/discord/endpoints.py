"""Which addresses the library talks to.

discord.py keeps them as class attributes, so there is one set per process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


@contextmanager
def endpoints(*, api: str = "", gateway: str = "") -> Iterator[None]:
    """Within the block, talk to these servers in place of Discord's.

    Args:
        api: address of the REST API with its version, such as `http://127.0.0.1:8080/api/v10`; empty for Discord's.
        gateway: address of the gateway, such as `ws://127.0.0.1:8080/gateway`; empty for Discord's.
    """
    kept = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = api.rstrip("/") or kept[0]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway) if gateway else kept[1]
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = kept
