"""The errors of Fabella. Every one says what failed, where, and what to do.

FabellaError
├── LibraryError        a library of texts that cannot be used; carries every problem found
├── DefinitionError     an intent definition that cannot be used
└── SettingError        a setting (argument or environment variable) that cannot be used
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


def one_line(text: str) -> str:
    """`text` as one printable line: line breaks, escape codes and what cannot be seen are written as "\\n", "\\x1b"."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def brief(value: object) -> str:
    """`value` as a message shows it: at most 60 characters of what Python writes."""
    try:
        text = str(value)
    except (ValueError, RecursionError):  # more digits than Python writes, or too deeply nested
        return f"{type(value).__name__} too long to be shown"
    return text if len(text) <= 60 else text[:59] + "…"


class FabellaError(Exception):
    """Base of all errors that Fabella raises on purpose. Each of `lines` becomes one printable line."""

    def __init__(self, *lines: str) -> None:
        # What a file holds is told in the words of the file, and those must not write to a terminal as they like.
        super().__init__("\n".join(map(one_line, lines)))


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a library, with the place to mend it. Lines count from 1; 0 is the whole file.

    `message` is one printable line, whatever words of the file it repeats.
    """

    path: str
    line: int
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", one_line(self.message))

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}"


class LibraryError(FabellaError):
    """A library with problems. `problems` holds them all, sorted by file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(*map(str, self.problems))


class DefinitionError(FabellaError):
    """An intent definition that cannot be used; the message names the file and the key."""


class SettingError(FabellaError):
    """A setting that cannot be used; the message names it."""
