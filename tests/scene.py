"""A scene for tests of the Discord adapter: a server with people and the bot, over a real connection on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
from discordserver import Asked, Channel, DiscordServer, Guild, Message, Person, readable
from discordserver.library import pointed
from fabella import Engine
from fabella.discord.client import FabellaBot
from fabella.discord.service import Service
from fabella.discord.settings import Settings
from fabella.discord.setup import setup_fabella
from fabella.discord.store import Store

SNAPSHOTS = Path(__file__).parent / "snapshots"
WRITE = "FABELLA_WRITE_SNAPSHOTS"


@dataclass
class Scene:
    """Who and what is there. `mod` manages server and messages; `alice` and `bob` are ordinary members."""

    server: DiscordServer
    guild: Guild
    general: Channel
    alice: Person
    bob: Person
    mod: Person
    bot: Any
    service: Service

    async def set(self, **changes: Any) -> None:
        """Change the server's settings behind the commands' back."""
        await self.service.store.change(self.guild.id, **changes)


def settings_for(server: DiscordServer, folder: Path, **more: Any) -> Settings:
    """Settings of the shipped bot for a server, with a database in a folder."""
    given = {"api": server.api, "gateway": server.gateway, "database": f"sqlite+aiosqlite:///{folder}/fabella.sqlite3"}
    return Settings(**(given | more))


@contextlib.asynccontextmanager
async def acted(
    engine: Engine, folder: Path, *, privileged: tuple[str, ...] = (), sync: bool = True, **settings: Any
) -> AsyncIterator[Scene]:
    """The shipped bot in a server, connected, with its commands registered."""
    async with DiscordServer(privileged=privileged) as server:
        guild = server.guild("Anatomy")
        people = (
            guild.member("alice"),
            guild.member("bob"),
            guild.member("mod", manage_guild=True, manage_messages=True),
        )
        with pointed(server):
            async with connected(server, engine, folder, **settings) as (bot, service):
                if sync:
                    await bot.tree.sync()
                yield Scene(server, guild, guild.channel("general"), *people, bot, service)


@contextlib.asynccontextmanager
async def connected(
    server: DiscordServer, engine: Engine, folder: Path, **more: Any
) -> AsyncIterator[tuple[FabellaBot, Service]]:
    """The shipped bot, connected to a server that is there already: what a restart gives."""
    chosen = settings_for(server, folder, **more)
    made: list[Service] = []

    async def install(bot: FabellaBot) -> None:
        store = await Store.open(chosen.database)
        made.append(await setup_fabella(bot, engine=engine, settings=chosen, store=store))
        bot.when_stopping(drain=made[0].drain, close=made[0].close)

    bot = FabellaBot(chosen, install=install)
    async with bot, running(bot, server.token):
        yield bot, made[0]


@contextlib.asynccontextmanager
async def running(bot: discord.Client, token: str) -> AsyncIterator[None]:
    """A bot that is started and ready; it is closed at the end."""
    task = asyncio.create_task(bot.start(token))
    ready = asyncio.create_task(until(bot.is_ready))
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        if task.done():
            task.result()
        yield
    finally:
        ready.cancel()
        await bot.close()
        task.cancel()
        await asyncio.wait({task})


async def until(happened: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it never was.
    """
    async with asyncio.timeout(seconds):
        while not happened():
            await asyncio.sleep(0.005)


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    """All buttons of a message."""
    return [one for row in message["components"] for one in row["components"]]


def labels(message: dict[str, Any]) -> list[str]:
    """What stands on the buttons of a message."""
    return [one.get("label") or one["emoji"]["name"] for one in buttons(message)]


def custom_id(message: dict[str, Any], label: str) -> str:
    """The id of the button with this label or emoji."""
    return str(next(one["custom_id"] for one in buttons(message) if label in (one.get("label"), _emoji(one))))


def description(told: Asked | Message | dict[str, Any]) -> str:
    """The text of the first embed of a message."""
    return str(_embed(told).get("description", ""))


def title(told: Asked | Message | dict[str, Any]) -> str:
    """The title of the first embed of a message."""
    return str(_embed(told).get("title", ""))


def _embed(told: Asked | Message | dict[str, Any]) -> dict[str, Any]:
    if isinstance(told, Message):
        return dict(told.embeds[0])
    message = told if isinstance(told, dict) else told.message
    assert message is not None
    return dict(message["embeds"][0])


def same_as_before(name: str, message: dict[str, Any]) -> None:
    """Compare what a person sees with the snapshot of that name; with the variable `WRITE` set it is written anew."""
    shown = readable(message) + "\n"
    kept = SNAPSHOTS / f"{name}.txt"
    if os.environ.get(WRITE):
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8"), f"{name} reads differently; if it should, set {WRITE}=1 once"


def _emoji(button: dict[str, Any]) -> str:
    return str((button.get("emoji") or {}).get("name"))
