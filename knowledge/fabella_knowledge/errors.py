"""The errors of Fabella. Every one says what failed, where, and what to do.

FabellaError
├── LibraryError        a library of texts that cannot be used; carries every problem found
├── DefinitionError     an intent definition that cannot be used
└── SettingError        a setting (argument or environment variable) that cannot be used
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class FabellaError(Exception):
    """Base of all errors that Fabella raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a library, with the place to mend it. Lines count from 1; 0 is the whole file."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message}"


class LibraryError(FabellaError):
    """A library with problems. `problems` holds them all, sorted by file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DefinitionError(FabellaError):
    """An intent definition that cannot be used; the message names the file and the key."""


class SettingError(FabellaError):
    """A setting that cannot be used; the message names it."""
