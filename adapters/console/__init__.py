"""The terminal as a chat platform: one reader, buttons are numbers to type."""

from adapters.console.adapter import Console

__all__ = ["Console"]
