"""What can go wrong with a course, a file or a question, each with one sentence that says what to do."""

from __future__ import annotations


class CoursebotError(Exception):
    """Base of all errors that are told to a person.

    `key` names a sentence in the catalogs (`bot/locales`), `values` fill it, so that it can be said in the
    reader's language; `str(error)` is the same in English without a catalog, for logs.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        """The key and its values, for logs and tests."""
        details = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"{self.key}({details})"
