"""Lets in what can be answered in time, and drops the rest before it costs anything, with one log line a second."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

_LOG = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds after which, under load, an answer would come too late
IN_TIME = 2.6  # seconds up to which a first answer is tried; Discord takes it for three
AT_ONCE = 64  # that are answered at a time
WAITING = 4_000  # that wait for their turn at most
_LEAST = 0.3  # seconds that are tried however late it is: clocks may be wrong
_WINDOW = 30.0  # seconds in which the shortest way is looked for
_EPOCH = 1_420_070_400_000  # milliseconds: the first of 2015, from which Discord's ids count


class Admission:
    """Turns for interactions and messages. Ids tell their age, against the fastest of late: no clocks need agree."""

    def __init__(
        self,
        *,
        patience: float = PATIENCE,
        at_once: int = AT_ONCE,
        waiting: int = WAITING,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._patience = patience
        self._at_once = at_once
        self._most = at_once + waiting
        self._clock = clock
        self._fastest = self._before = float("inf")  # the shortest way in this window and in the one before, in seconds
        self._window = 0.0
        self._turns = asyncio.Semaphore(at_once)
        self._inside = 0
        self._dropped = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def age(self, made: int) -> float:
        """Seconds since Discord made what has this id, beyond the shortest way of the last half minute."""
        now = self._clock()
        way = now - ((made >> 22) + _EPOCH) / 1000.0
        if not 0.0 <= now - self._window < _WINDOW:
            recent = 0.0 <= now - self._window < 2 * _WINDOW
            self._before = self._fastest if recent else float("inf")
            self._fastest, self._window = float("inf"), now
        self._fastest = min(self._fastest, way)
        return way - min(self._fastest, self._before)

    def admits(self, made: int) -> bool:
        """Whether it is worth reading what has this id; what isn't counts as dropped. Costs next to nothing."""
        if not self._late(made):
            return True
        self._drop()
        return False

    async def turn(self, made: int, work: Callable[[float], Awaitable[None]]) -> bool:
        """Await `work` with the time of the event loop up to which what has the id `made` can be answered.

        False where it was dropped instead: when too many wait, and under load what is older than the patience.
        """
        if self._late(made) or self._inside >= self._most:
            self._drop()
            return False
        self._inside += 1
        self._idle.clear()
        try:
            async with self._turns:
                if self._late(made):
                    self._drop()
                    return False
                await work(asyncio.get_running_loop().time() + max(_LEAST, IN_TIME - self.age(made)))
                return True
        finally:
            self._inside -= 1
            if not self._inside:
                self._idle.set()

    async def drained(self) -> None:
        """Wait until nothing is being answered."""
        await self._idle.wait()

    def _late(self, made: int) -> bool:
        return self._inside >= self._at_once and self.age(made) > self._patience

    def _drop(self) -> None:
        self._dropped += 1
        if self._dropped == 1:
            asyncio.get_running_loop().call_later(1.0, self._tell)

    def _tell(self) -> None:
        _LOG.warning("overload: %d interactions of the last second were dropped, too late to answer", self._dropped)
        self._dropped = 0
