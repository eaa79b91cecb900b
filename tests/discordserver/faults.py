"""Faults by script: which requests and which gateway connections go wrong, how and how often."""

from __future__ import annotations

import re
import socket
import struct
from asyncio import Transport
from collections import deque
from dataclasses import dataclass, field
from typing import Any


def pattern_of(template: str) -> re.Pattern[str]:
    """The paths that a template such as "/channels/{channel}/messages" stands for."""
    parts = re.split(r"(\{[^}]*\})", template)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))


@dataclass(eq=False)
class Fault:
    """One fault; `hits` counts how often it struck."""

    method: str
    template: str
    status: int | None = 503
    times: int | None = 1  # None: until removed
    after: int = 0  # so many requests pass before the first is hit
    delay: float = 0.0
    reset: bool = False
    hang: float = 0.0
    via: bool = True
    then_accept: bool = False
    retry_after: float = 0.1
    code: int = 0
    body: Any = None
    hits: int = 0
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self.pattern = pattern_of(self.template)

    @property
    def spent(self) -> bool:
        """Whether it strikes no more."""
        return self.times is not None and self.hits >= self.times


class Faults:
    """What is to go wrong next."""

    def __init__(self) -> None:
        self.requests: list[Fault] = []
        self.handshakes: deque[str] = deque()  # "503", "reset" or "hang", one a connection

    def add(self, fault: Fault) -> Fault:
        """Arms a fault and gives it back."""
        self.requests.append(fault)
        return fault

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self.requests.clear()
        self.handshakes.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that hits this request, counted; the first that was armed goes first."""
        for fault in self.requests:
            if fault.spent or fault.method not in ("*", method) or not fault.pattern.fullmatch(path):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            fault.hits += 1
            return fault
        return None


def reset(transport: Transport | None) -> None:
    """Breaks a connection so that the other side reads a TCP reset."""
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
