"""Where a table or key of a TOML file stands: tomllib tells what a file holds, but not on which line."""

from __future__ import annotations

import re
import tomllib

_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*(?:\.|$)""")
_NAME = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
# What a text in several lines may hold instead must not take long: nothing can be matched in two ways.
_HEADER = re.compile(r"\s*\[\[?(.+?)\]\]?\s*(?:#.*)?$")
_ASSIGNED = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_QUOTED = re.compile(r'"([^"\\]*)"')

Path = tuple[str, ...]


class Places:
    """Lines of a TOML text, from 1. Keys inside inline tables have the line of that table."""

    def __init__(self, text: str) -> None:
        self._keys: dict[Path, int] = {}
        self._quoted: dict[str, list[int]] = {}
        table: Path = ()
        for number, line in enumerate(text.split("\n"), 1):
            for match in _QUOTED.finditer(line):
                self._quoted.setdefault(match.group(1), []).append(number)
            header = _HEADER.match(line)
            assigned = _ASSIGNED.match(line)
            if assigned is not None:
                self._keys.setdefault((*table, *_parts(assigned.group(1))), number)
            elif header is not None and (parts := _parts(header.group(1))):
                table = parts
                for depth in range(1, len(table) + 1):
                    self._keys.setdefault(table[:depth], number)

    def line(self, *path: str, exact: bool = False) -> int:
        """The line of a table or key, else (unless `exact`) of the nearest table around it, else 0."""
        for depth in range(len(path), len(path) - 1 if exact else 0, -1):
            if path[:depth] in self._keys:
                return self._keys[path[:depth]]
        return 0

    def quoted(self, text: str, *path: str) -> int:
        """The first line from that of `path` on where `text` stands in quotes, else the line of `path`."""
        first = self.line(*path)
        return next((line for line in self._quoted.get(text, ()) if line >= first), first)


def line_of_error(error: Exception, text: str) -> int:
    """The line that a TOML error names; the last one for an error at the end, 1 when it names no place."""
    match = re.search(r"\(at line (\d+), column", str(error))
    if match is not None:
        return int(match.group(1))
    return text.count("\n") + 1 if isinstance(error, tomllib.TOMLDecodeError) else 1


def _parts(written: str) -> Path:
    """The names in a dotted key; () when it is none, as in an array that begins a line."""
    parts: list[str] = []
    at = 0
    while at < len(written):
        match = _PART.match(written, at)
        if match is None:
            return ()
        parts.append(next(group for group in match.groups() if group is not None))
        at = match.end()
    return tuple(parts)
