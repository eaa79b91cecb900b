"""How often somebody may ask: a limit a minute, as a leaky bucket (the generic cell rate algorithm of ATM networks)."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

MOST = 20_000  # people that are kept count of at once


class Pace:
    """Counts requests by key. Up to a minute's worth may come at once; what comes too early doesn't count."""

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()  # when the bucket of a key will have run empty
        self._most = most
        self._clock = clock

    def wait(self, key: Hashable, per_minute: int) -> float:
        """Seconds until `key` may ask again; 0.0 for now, and then this request counts. 0 `per_minute` is no limit."""
        if per_minute <= 0:
            return 0.0
        now = self._clock()
        each = 60.0 / per_minute
        empty = max(self._full_at.get(key, now), now)
        # A minute's worth but a grain, so that sums of floating point numbers never cost the last request.
        early = empty + each - now - 60.0 - 1e-6
        if early > 0:
            return early
        self._full_at[key] = empty + each
        self._full_at.move_to_end(key)
        while len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return 0.0
