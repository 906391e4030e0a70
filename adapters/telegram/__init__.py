"""Telegram, through python-telegram-bot: updates in, messages out.

incoming (pure)  an update → what was heard
outgoing (pure)  a reply → HTML parts, keyboards, inline results
failures         the library's errors → ours, in one place
limiter, sender  how fast and how surely something is sent
polling, webhook where updates come from; each is kept in the inbox before Telegram may forget it
lanes, turn      one chat's updates one after the other; one update from hearing to done
adapter          all of it together, as a `ChatAdapter` and a `Messenger`
"""

from __future__ import annotations

import os

# Opts in to durations as `timedelta`; without it the library warns whenever Telegram says to slow down.
os.environ.setdefault("PTB_TIMEDELTA", "1")
