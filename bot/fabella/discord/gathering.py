"""Gathers what could not be answered, and writes it in one go now and then: an answer never waits for the storage."""

from __future__ import annotations

import asyncio
from collections import Counter

from fabella_knowledge.errors import FabellaError

from fabella.discord import faults
from fabella.discord.errands import Errands
from fabella.discord.store import Store

EVERY = 5.0  # seconds between two writes
MOST = 500  # different questions between two writes; more are left out


class Gathering:
    """Questions without an answer, by server, text and intent, with how often each was asked since the last write."""

    def __init__(self, store: Store, errands: Errands) -> None:
        self._store = store
        self._errands = errands
        self._asked: Counter[tuple[int, str, str]] = Counter()
        self._writing = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, server: int, text: str, intent: str) -> None:
        """Note a question of a server; it is written within a few seconds."""
        key = (server, text, intent)
        if key in self._asked or len(self._asked) < MOST:
            self._asked[key] += 1
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(EVERY, self._due)

    async def forget(self, server: int) -> None:
        """Leave out what was gathered of a server; when this returns, nothing of it is being written."""
        for key in [one for one in self._asked if one[0] == server]:
            del self._asked[key]
        async with self._writing:
            pass

    async def write(self) -> None:
        """Write what was gathered. What the storage doesn't take is left out, and logged."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while True:
            async with self._writing:  # for each anew, so that whoever forgets needn't wait for all
                if not self._asked:
                    return
                (server, text, intent), times = self._asked.popitem()
                try:
                    await self._store.record_unanswered(server, text, intent, times=times)
                except FabellaError as error:
                    faults.log(error)
                    self._asked.clear()

    def _due(self) -> None:
        self._timer = None
        self._errands.start(self.write(), "unanswered questions")
