"""What a bot holds for Fabella while it runs: the engine, the storage, conversations, limits. It survives a reload."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from typing import TYPE_CHECKING, Any

from discord.ext import commands

from fabella import Engine
from fabella.discord import faults
from fabella.discord.admission import Admission
from fabella.discord.answerer import Answerer, Told
from fabella.discord.conversations import Conversations, Place
from fabella.discord.pace import Pace
from fabella.discord.records import ServerSettings

if TYPE_CHECKING:
    from fabella.discord.settings import Settings
    from fabella.discord.store import Store

Bot = commands.Bot | commands.AutoShardedBot
_DIRECT = ServerSettings(1)  # the id of no server: only the defaults count
_LOG = logging.getLogger(__name__)
_TASKS = 1_000  # writes in the background at most; more are dropped, never an answer
_EXPIRY = 6 * 3600.0  # seconds between two sweeps of what has expired


class Service:
    """One for each bot. `swap` puts another engine in place; what is being answered is answered by the old one."""

    def __init__(self, engine: Engine, store: Store, settings: Settings) -> None:
        self.answerer = Answerer(engine)
        self.store = store
        self.settings = settings
        self.conversations = Conversations()
        self.pace = Pace()
        self.told = Pace()  # how often somebody is told of the limit
        self.admission = Admission()
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def engine(self) -> Engine:
        """The engine that answers now."""
        return self.answerer.engine

    def swap(self, engine: Engine) -> None:
        """Answer from another engine from now on: new articles without a restart."""
        self.answerer = Answerer(engine)

    def start(self) -> None:
        """Begin to sweep out of the storage what has expired."""
        if self._sweeper is None or self._sweeper.done():
            self._sweeper = asyncio.create_task(self._sweep(), name="fabella-expiry")

    async def close(self) -> None:
        """Finish what is being written, and close the storage."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5.0)
        await self.store.close()

    async def drain(self) -> None:
        """Wait until everything that was asked is answered and written."""
        await self.admission.drained()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def later(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something behind an answer's back: what fails is logged, and costs nobody an answer."""
        if len(self._tasks) >= _TASKS:
            work.close()
            _LOG.warning("too much is waiting to be written: something was left out")
            return
        task = asyncio.create_task(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def rules(self, server: int | None) -> ServerSettings:
        """The settings of a server; in direct messages the defaults."""
        return _DIRECT if server is None else await self.store.server(server)

    def remember(self, place: Place, asked: str, told: Told, *, private: bool, kept: bool) -> None:
        """Go on from an answer; what was refused in public is kept for the server's owners, without who asked."""
        self.conversations.keep(place, told.context)
        if told.status == "refused" and kept and not private and place.server is not None:
            self.later(self.store.record_unanswered(place.server, asked, told.intent))

    async def _sweep(self) -> None:
        while True:
            await _quietly(self.store.expire())
            await asyncio.sleep(_EXPIRY)


async def _quietly(work: Awaitable[object]) -> None:
    try:
        await work
    except Exception as error:
        _LOG.warning("something could not be written: %s", faults.told(error))
