"""Remembers the settings of servers for some seconds, and answers while the database can't."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from fabella.discord.records import ServerSettings

_LOG = logging.getLogger(__name__)
_WAIT = 1.0  # seconds that an answer waits for the database
_REST = 5.0  # seconds after a fault in which the database is left alone
_QUIET = 60.0  # seconds between two lines of log
_ROOM = 20_000  # servers


class Remembered:
    """Settings by server as `read` gives them, remembered for `fresh` seconds.

    What was read once is kept for as long as the database can't be read.
    """

    def __init__(self, read: Callable[[int], Awaitable[ServerSettings]], *, fresh: float) -> None:
        self._read = read
        self._fresh = fresh
        self._known: OrderedDict[int, tuple[ServerSettings, float]] = OrderedDict()
        self._reading: dict[int, asyncio.Task[None]] = {}
        self._tired = self._said = float("-inf")  # when the database failed, and when that was logged

    async def get(self, guild_id: int) -> ServerSettings:
        """The settings of a server, after 1 s at most; what was last known, else the defaults, where reading fails."""
        known = self._known.get(guild_id)
        now = time.monotonic()
        if known is not None and now - known[1] < self._fresh:
            return known[0]
        if now - self._tired >= _REST:
            # Not cancelled when the wait is over: it may still bring what the next call wants.
            task = self._reading.get(guild_id)
            if task is None:
                task = self._reading[guild_id] = asyncio.create_task(self._refresh(guild_id))
            done, _ = await asyncio.wait({task}, timeout=_WAIT)
            if not done:
                self._fault("it doesn't answer")
        known = self._known.get(guild_id)
        return known[0] if known is not None else ServerSettings(guild_id)

    def put(self, settings: ServerSettings) -> None:
        """Remember settings that have just been written."""
        self._known[settings.guild_id] = (settings, time.monotonic())
        self._known.move_to_end(settings.guild_id)
        if len(self._known) > _ROOM:
            self._known.popitem(last=False)

    async def close(self) -> None:
        """Wait for what is being read."""
        if self._reading:
            await asyncio.wait(set(self._reading.values()))

    async def _refresh(self, guild_id: int) -> None:
        before = self._known.get(guild_id)
        try:
            settings = await self._read(guild_id)
        except Exception as error:
            self._fault(str(error))
        else:
            if self._known.get(guild_id) is before:  # else it was changed while it was read
                self.put(settings)
            self._tired = float("-inf")
        finally:
            self._reading.pop(guild_id, None)

    def _fault(self, why: str) -> None:
        self._tired = now = time.monotonic()
        if now - self._said >= _QUIET:
            self._said = now
            _LOG.warning("settings can't be read, going on with those last known: %s", why)
