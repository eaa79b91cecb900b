"""The server's time, which tests can move forward, and the identifiers that carry it."""

from __future__ import annotations

import time
from datetime import UTC, datetime

EPOCH_MS = 1_420_070_400_000
GUILDS_FROM_MS = 200_000_000_000  # so that consecutive guilds fall on consecutive shards


class Clock:
    """Seconds, real ones plus what a test has added."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic() + self._ahead

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Moves the server's time forward; identifiers and timestamps stay on real time."""
        self._ahead += seconds


class Snowflakes:
    """Identifiers that rise and carry their time, as Discord makes them."""

    def __init__(self) -> None:
        self._counter = 0
        self._last = 0
        self._guilds = 0

    def next(self, age: float = 0.0) -> int:
        """A new identifier, `age` seconds old."""
        milliseconds = int((time.time() - age) * 1000) - EPOCH_MS
        self._counter = (self._counter + 1) & 0x3FFFFF
        if age:
            return (milliseconds << 22) | self._counter
        value = max((milliseconds << 22), self._last + 1)
        self._last = value
        return value

    def next_guild(self) -> int:
        """A new identifier of a guild; the next one belongs to the next shard."""
        self._guilds += 1
        return (GUILDS_FROM_MS - GUILDS_FROM_MS % 16 + self._guilds - 1) << 22


def moment(snowflake: int | None = None) -> str:
    """The time of an identifier, or now, as Discord prints it."""
    seconds = time.time() if snowflake is None else ((snowflake >> 22) + EPOCH_MS) / 1000
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
