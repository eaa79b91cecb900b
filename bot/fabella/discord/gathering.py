"""Gathers what could not be answered, and writes it in one go now and then: an answer never waits for the storage."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

from fabella_knowledge.errors import FabellaError

from fabella.discord import faults
from fabella.discord.store import Store

_LOG = logging.getLogger(__name__)
EVERY = 5.0  # seconds between two writes
MOST = 500  # different questions between two writes; more are left out


class Gathering:
    """Questions without an answer, by server, text and intent, with how often each was asked since the last write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: Counter[tuple[int, str, str]] = Counter()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def add(self, server: int, text: str, intent: str) -> None:
        """Note a question of a server; it is written within a few seconds."""
        key = (server, text, intent)
        if key in self._asked or len(self._asked) < MOST:
            self._asked[key] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._soon(), name="fabella-unanswered")

    async def write(self) -> None:
        """Write what was gathered. What the storage doesn't take is left out, and logged."""
        async with self._writing:
            asked, self._asked = self._asked, Counter()
            for (server, text, intent), times in asked.items():
                try:
                    await self._store.record_unanswered(server, text, intent, times=times)
                except FabellaError as error:
                    faults.log(error)
                    return

    async def close(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
        await self.write()

    async def _soon(self) -> None:
        await asyncio.sleep(EVERY)
        await self.write()
