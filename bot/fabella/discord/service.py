"""What a bot holds for Fabella while it runs: the engine, the storage, conversations, limits. It survives a reload."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from discord.ext import commands
from fabella_knowledge.errors import FabellaError

from fabella import Engine
from fabella.discord import faults
from fabella.discord.admission import Admission
from fabella.discord.answerer import Answerer, Told
from fabella.discord.conversations import Conversations, Place
from fabella.discord.errands import Errands
from fabella.discord.gathering import Gathering
from fabella.discord.pace import Pace
from fabella.discord.records import ServerSettings
from fabella.discord.sending import Sender
from fabella.discord.turning import Turning

if TYPE_CHECKING:
    from fabella.discord.settings import Settings
    from fabella.discord.store import Store

Bot = commands.Bot | commands.AutoShardedBot
_DIRECT = ServerSettings(1)  # the id of no server: only the defaults count
_FINISH = 2.0  # seconds that are waited for what is being answered
_SWEEP = 60.0  # seconds between two sweeps of the memory
_SWEEPS = 360  # of these between two of the storage


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
        self.errands = Errands()
        self.sender = Sender(self.errands)
        self.unanswered = Gathering(store, self.errands)
        self.turning = Turning(store)
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
        """Finish what is being written, and close the storage. What is asked later opens it again."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        await self.unanswered.write()
        await self.store.close()

    async def finish(self) -> None:
        """`drain` within some seconds, and `close`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FINISH):
                await self.drain()
        await self.close()
        await asyncio.sleep(0)  # for the sweeper to end, so that the next start begins another

    async def forget_server(self, server: int) -> int:
        """Forget what the memory holds of a server; gives how many conversations there were."""
        talks = self.conversations.forget_server(server)
        await self.unanswered.forget(server)
        return talks

    async def drain(self) -> None:
        """Wait until everything that was asked is answered and written."""
        await self.admission.drained()
        await self.errands.done()
        await self.unanswered.write()

    async def rules(self, server: int | None) -> ServerSettings:
        """The settings of a server; in direct messages the defaults."""
        return _DIRECT if server is None else await self.store.server(server)

    def remember(self, place: Place, asked: str, told: Told, *, kept: bool) -> None:
        """Go on from an answer; what was refused is `kept` for the server's owners, without who asked."""
        self.conversations.keep(place, told.context)
        if told.status == "refused" and kept and place.server is not None:
            self.unanswered.add(place.server, asked, told.intent)

    async def _sweep(self) -> None:
        while True:
            try:
                await self.store.expire()
            except FabellaError as error:
                faults.log(error)
            for _ in range(_SWEEPS):
                await asyncio.sleep(_SWEEP)
                self.answerer.expire()
