"""The bot's side in the same event loop: the unmodified discord.py, pointed at a server."""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any

import yarl

from discordserver.server import DiscordServer

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # audioop, for voice
    import discord
    from discord.ext import commands
    from discord.gateway import DiscordWebSocket
    from discord.http import Route

__all__ = ["Plain", "PlainSharded", "commands", "discord", "pointed", "running"]


class _Hasty:
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Without the five seconds between two shards."""


class Plain(_Hasty, commands.Bot):
    """A stock bot that is ready at once."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("intents", discord.Intents.default())
        super().__init__("!", guild_ready_timeout=0.01, **settings)


class PlainSharded(_Hasty, commands.AutoShardedBot):
    """A stock sharded bot that is ready at once."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("intents", discord.Intents.default())
        super().__init__("!", guild_ready_timeout=0.01, **settings)


@contextlib.contextmanager
def pointed(server: DiscordServer) -> Iterator[None]:
    """The library talks to this server for the time of the block."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = server.api, yarl.URL(server.gateway)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@contextlib.asynccontextmanager
async def running(
    bot: discord.Client, server: DiscordServer, *, sync: bool = False
) -> AsyncIterator[asyncio.Task[None]]:
    """The bot, logged in, connected and ready; its commands synced when wanted. Gives the task that it runs in."""
    with pointed(server):
        task = asyncio.create_task(bot.start(server.token), name="bot")
        try:
            ready = asyncio.create_task(server.ready())
            await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                ready.cancel()
                await task
            await ready
            await bot.wait_until_ready()
            if sync and isinstance(bot, commands.Bot | commands.AutoShardedBot):
                await bot.tree.sync()
            yield task
        finally:
            await bot.close()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(task, return_exceptions=True)
            await server.until(lambda: not server.gateway_side.connections, 2.0)
