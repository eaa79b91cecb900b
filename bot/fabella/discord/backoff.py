"""How long to wait before the next attempt: a little at first, then longer, and never for minutes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable


class Backoff:
    """The waits between attempts, in seconds: exponential with jitter, capped, short again after a success.

    The n-th wait is between a half and the whole of `first * 2**n`, at most `most`. What came up starts anew, so that
    it is back at once; only what came up and fell within `steady` seconds more than `patience` times in a row waits
    longer each time, at most `flapping`.
    """

    def __init__(
        self,
        *,
        first: float = 0.25,
        most: float = 30.0,
        steady: float = 10.0,
        patience: int = 10,
        flapping: float = 4.0,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._first = first
        self._most = most
        self._steady = steady
        self._patience = patience
        self._flapping = flapping
        self._clock = clock
        self._chance = chance
        self._failures = 0
        self._falls = 0
        self._up: float | None = None

    def came_up(self, at: float | None = None) -> None:
        """Note that an attempt succeeded, now or at that time of the clock."""
        self._up = self._clock() if at is None else at

    def delay(self) -> float:
        """Seconds to wait before the next attempt; each call counts as one failure."""
        most = self._most
        if self._up is not None:
            self._falls = 0 if self._clock() - self._up >= self._steady else self._falls + 1
            self._failures = max(0, self._falls - self._patience)
            most, self._up = self._flapping, None
        whole = min(most, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return whole * (0.5 + 0.5 * self._chance())
