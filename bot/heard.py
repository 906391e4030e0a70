"""What was said, from whatever was heard, as far as it can be worked with."""

from __future__ import annotations

import re

from bot.messages import ButtonPress, Command, Incoming, Message, Reaction, Submission

_HEARD = 20_000
"""Characters of a message that are looked at; a question keeps fewer (`handlers.ask.LONGEST`)."""
# Half characters cannot be stored or sent, and NUL ends strings in many a library.
_UNFIT = re.compile(r"[\x00\ud800-\udfff]")


def overheard(incoming: Incoming) -> bool:
    """Whether this was said among others and not to the bot."""
    return isinstance(incoming, Message) and not incoming.addressed and not incoming.chat.private


def said_in(incoming: Incoming) -> str:
    """The words, without a command's name; none in a button."""
    match incoming:
        case Message(text=text):
            return fit(text)
        case Command(arguments=arguments):
            return fit(arguments)
        case Submission(fields=fields):
            return fit("\n".join(fields.values()))
        case ButtonPress() | Reaction():
            return ""


def fit(text: str) -> str:
    """What of a message can be worked with."""
    return _UNFIT.sub("\ufffd", text[:_HEARD]).strip()
