"""Which handler answers which path, found by the path's shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from discordserver.posting import Upload


@dataclass(eq=False, slots=True)
class Call:
    """One request to the API, read."""

    method: str
    path: str
    template: str
    params: dict[str, str]
    query: dict[str, str]
    body: Any
    uploads: tuple[Upload, ...] = ()
    received: float = 0.0  # on the server's monotonic clock

    def id(self, name: str) -> int:
        """A part of the path as an identifier; 0 when it isn't one."""
        value = self.params[name]
        return int(value) if value.isdecimal() else 0


Answer = tuple[int, Any]  # a status, and what is printed as JSON or None
Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """A template, its handler and what rate limits and tokens need to know of it."""

    template: str
    handler: Handler
    names: tuple[tuple[int, str], ...]
    fixed: tuple[tuple[int, str], ...]
    open: bool = False  # needs no Authorization: the token stands in the path
    major: tuple[int, ...] = field(default=())


class Routes:
    """All routes by method and number of parts."""

    def __init__(self) -> None:
        self._table: dict[tuple[str, int], list[Route]] = {}

    def add(self, method: str, template: str, handler: Handler, *, open_: bool = False) -> None:
        """Registers a handler; templates registered first win."""
        parts = template.strip("/").split("/")
        names = tuple((n, part[1:-1]) for n, part in enumerate(parts) if part.startswith("{"))
        fixed = tuple((n, part) for n, part in enumerate(parts) if not part.startswith("{"))
        major = tuple(n for n, name in names if name in ("channel", "guild", "webhook", "token"))
        route = Route(template, handler, names, fixed, open_, major)
        self._table.setdefault((method, len(parts)), []).append(route)

    def find(self, method: str, path: str) -> tuple[Route, list[str]] | None:
        """The route of a path without the version, and the parts of the path."""
        parts = path.strip("/").split("/")
        for route in self._table.get((method, len(parts)), ()):
            if all(parts[n] == part for n, part in route.fixed):
                return route, parts
        return None
