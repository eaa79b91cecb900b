"""The bot that is shipped: the least that it needs of Discord, over connections that come back."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from fabella.discord import faults, logs
from fabella.discord.backoff import Backoff
from fabella.discord.errands import Errands
from fabella.discord.parsing import Admits, Reader
from fabella.discord.replies import counted
from fabella.discord.sending import Sender, begun, failed
from fabella.discord.settings import Settings
from fabella.discord.shards import SteadyShard, connected

_LOG = logging.getLogger(__name__)
# Where the library keeps its shards, and the queue on which they report what ends the bot.
_SHARDS, _QUEUE = "_AutoShardedClient__shards", "_AutoShardedClient__queue"
_IDENTIFY_EVERY = 5.0  # seconds, Discord's rule for identifying
_GOODBYE = 1.5  # seconds for leaving Discord
_LEAVING = "I am restarting. Please ask again in a minute."
Install = Callable[["FabellaBot"], Awaitable[None]]
Hook = Callable[[], Awaitable[None]]


def intents(*, message_content: bool) -> discord.Intents:
    """The intents that Fabella needs: none that is privileged, unless whole channels are to be answered."""
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=message_content)


class Tree(app_commands.CommandTree["FabellaBot"]):
    """The commands. What the library can't call is not left without an answer."""

    async def on_error(
        self, interaction: discord.Interaction[FabellaBot], error: app_commands.AppCommandError, /
    ) -> None:
        """Tell the user in private, unless the command's own handler has."""
        if begun(interaction) or interaction.type is discord.InteractionType.autocomplete:
            return
        fault = failed(error, "a command could not be called")
        said = f"I don't have this command any more, or not in this form. If it stays so, report {fault}."
        until = asyncio.get_running_loop().time() + 2.0
        await self.client.sender.note(interaction, said, until=until)


class FabellaBot(commands.AutoShardedBot):
    """A bot without commands of its own: `install` adds them, before it connects.

    `drain` is awaited when it stops: it returns when all that was asked is answered. `up_since` is the time of
    `time.monotonic` at which the bot first connected, None before that.
    """

    def __init__(self, settings: Settings, *, install: Install | None = None, drain: Hook | None = None) -> None:
        elsewhere = settings.gateway is not None
        if settings.api is not None:
            Route.BASE = settings.api
        self.gateway = URL(settings.gateway) if settings.gateway is not None else None
        if self.gateway is not None:
            DiscordWebSocket.DEFAULT_GATEWAY = self.gateway
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it has no voice: no warning
        sharding: dict[str, Any] = {}
        if settings.shard_count is not None:
            sharding["shard_count"] = settings.shard_count
        if settings.shard_ids is not None:
            sharding["shard_ids"] = list(settings.shard_ids)
        super().__init__(
            (),
            tree_cls=Tree,
            intents=intents(message_content=settings.message_content),
            help_command=None,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.01 if elsewhere else 2.0,
            **sharding,
        )
        self.settings = settings
        self.up_since: float | None = None
        self.sender = Sender(Errands())
        self._install = install
        self._drain = drain
        self._close: Hook | None = None
        self._backoffs: dict[int, Backoff] = {}
        self._identified: float | None = None
        self._identifying = asyncio.Lock()
        self._reader = Reader(self._connection.parsers, self.http)

    # Its life

    async def setup_hook(self) -> None:
        """Add what `install` adds."""
        if self._install is not None:
            await self._install(self)

    def when_stopping(self, *, drain: Hook | None = None, close: Hook | None = None) -> None:
        """What to await when the bot stops, in place of what was set before.

        `drain` returns when all that was asked is answered; `close` gives free what the bot held, after it has left.
        """
        self._drain, self._close = drain, close

    def admit(self, admits: Admits) -> None:
        """Leave interactions unread for whose id `admits` is false: what comes too late is dropped before it costs."""
        self._reader.admit(admits)

    async def drain(self) -> None:
        """Take no question any more, and return when those that were asked are answered."""
        self._reader.stop_taking(_LEAVING)
        if self._drain is not None:
            await self._drain()
        await self._reader.close()

    async def close(self) -> None:
        """Leave Discord, and give free what the bot held."""
        leaving = asyncio.create_task(super().close())
        # A gateway that doesn't answer the goodbye would hold up the rest for half a minute.
        done, _ = await asyncio.wait({leaving}, timeout=_GOODBYE)
        close, self._close = self._close, None
        if close is not None:
            await close()
        if done:
            leaving.result()

    # Connecting

    async def launch_shards(self) -> None:
        """Connect all shards of this process, as soon as Discord says where."""
        backoff = Backoff(first=0.5)
        while True:
            try:
                return await super().launch_shards()
            except Exception as error:
                if self.gateway is not None and isinstance(error.__cause__, discord.NotFound):
                    self.shard_count = 1  # a server in place of Discord's that recommends no number
                    continue
                if not faults.temporary(error):
                    raise
                wait = backoff.delay()
                _LOG.warning("Discord doesn't say where to connect: %s; again in %.1f s", faults.told(error), wait)
                await asyncio.sleep(wait)

    async def launch_shard(self, gateway: URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect one shard, however many attempts it takes.

        Raises:
            discord.ConnectionClosed: the gateway refuses this bot.
        """
        backoff = self._backoffs.setdefault(shard_id, Backoff())
        ws = await connected(self, backoff, shard_id, gateway=gateway)
        shard = SteadyShard(ws, self, getattr(self, _QUEUE).put_nowait, backoff)
        getattr(self, _SHARDS)[shard_id] = shard
        shard.launch()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until Discord lets this process identify again: five seconds after the last time."""
        if self.gateway is not None:
            return
        async with self._identifying:
            if self._identified is not None:
                await asyncio.sleep(max(0.0, self._identified + _IDENTIFY_EVERY - time.monotonic()))
            self._identified = time.monotonic()

    async def on_ready(self) -> None:
        """Say who it is, and in how many servers."""
        _LOG.info("signed in as %s, in %s", self.user, counted(len(self.guilds), "server"))

    async def on_shard_connect(self, shard_id: int) -> None:
        """Note that a shard has a new session."""
        self._came_up(shard_id, "connected")

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Note that a shard goes on with its session."""
        self._came_up(shard_id, "resumed")

    def _came_up(self, shard_id: int, how: str) -> None:
        _LOG.info("shard %d: %s", shard_id, how)
        if self.up_since is None:
            self.up_since = time.monotonic()
        if shard_id in self._backoffs:
            self._backoffs[shard_id].came_up()

    # Events

    async def on_message(self, message: discord.Message, /) -> None:
        """Look for no command: there are none that begin with a prefix."""

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Log what went wrong in a listener, without what it was about."""
        error = sys.exc_info()[1]
        if error is None:
            return
        fault = faults.short_id()
        told = faults.told(error) if faults.temporary(error) else logs.described(error)
        level = logging.WARNING if faults.temporary(error) else logging.ERROR
        _LOG.log(level, "fault %s: in %s: %s", fault, event_method, told, extra={"fault": fault})
        _LOG.debug("fault %s", fault, exc_info=error)
