"""Beside a host's own commands and conversation: what is the host's stays the host's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
from discord.ext import commands
from discordserver import Channel, DiscordServer, Guild, Message, Person
from fabella import Engine
from fabella.discord import records
from fabella.discord.setup import setup_fabella
from fabella.discord.store import Store
from scene import acted, description, pointed, running, settings_for, until

pytestmark = pytest.mark.asyncio
QUESTION = "which nerve supplies the soleus?"


@dataclass
class Host:
    """Somebody else's bot with Fabella in it."""

    server: DiscordServer
    guild: Guild
    general: Channel
    alice: Person
    broken: bool = False  # whether it fails at its own prefixes

    def said(self, channel: Channel) -> list[Message]:
        return self.server.sent(channel)


@pytest_asyncio.fixture
async def host(engine: Engine, tmp_path: Path) -> AsyncIterator[Host]:
    async with DiscordServer(privileged=("message_content",)) as server:
        guild = server.guild("Anatomy")
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=True)
        bot = commands.Bot((), intents=intents, guild_ready_timeout=0.01)

        host = Host(server, guild, guild.channel("general"), guild.member("alice"))

        async def prefixes(held: commands.Bot, message: discord.Message) -> list[str]:
            if host.broken:
                raise RuntimeError("the host's own database is away")
            return commands.when_mentioned_or("!")(held, message)

        bot.command_prefix = prefixes

        @bot.command()
        async def ping(context: commands.Context[Any]) -> None:
            await context.send("pong")

        settings = settings_for(server, tmp_path)
        with pointed(server):
            async with bot:
                await setup_fabella(bot, engine=engine, settings=settings, store=await Store.open(settings.database))
                async with running(bot, server.token):
                    yield host


async def test_a_command_of_the_hosts_is_its_own(host: Host) -> None:
    await host.alice.says(host.general, "ping", mention=True)
    await host.alice.says(host.alice.dm(), "!ping")
    await until(lambda: host.said(host.general) and host.said(host.alice.dm()))
    asked = await host.alice.says(host.general, QUESTION, mention=True)
    assert "tibial nerve" in description(await asked.answer())
    assert [one.content for one in host.said(host.general)] == ["pong", ""]
    assert [one.content for one in host.said(host.alice.dm())] == ["pong"]


async def test_a_reply_to_what_the_host_says_is_no_question(host: Host) -> None:
    await host.alice.says(host.general, "ping", mention=True)
    await until(lambda: host.said(host.general))
    thanks = await host.alice.says(host.general, "thanks, bot", reply_to=host.said(host.general)[0])
    assert await thanks.quiet(0.3)
    asked = await host.alice.says(host.general, QUESTION, mention=True)
    further = await host.alice.says(host.general, "and its origin?", reply_to=await asked.answer())
    assert "Soleus, origin" in description(await further.answer())


async def test_a_host_that_fails_at_its_own_prefixes_bothers_nobody(host: Host) -> None:
    host.broken = True
    assert await (await host.alice.says(host.general, "see you at lunch")).quiet(0.2)
    assert not host.said(host.alice.dm())
    asked = await host.alice.says(host.general, QUESTION, mention=True)
    assert "tibial nerve" in description(await asked.answer())


async def test_a_whole_channel_needs_the_bots_intent(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path) as scene:
        wanted = scene.service.settings.model_copy(update={"message_content": True})
        scene.service.settings = wanted  # as a host that forgot the intent
        told = await scene.mod.slash(scene.general, "fabella listen", channel=scene.general, on=True)
        assert "Message Content Intent" in description(told)
        assert (await scene.service.rules(scene.guild.id)).listening == ()


async def test_small_talk_in_a_whole_channel_counts_for_nobody(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path, privileged=("message_content",), message_content=True) as scene:
        await scene.set(per_minute=2, listening=(scene.general.id,))
        for number in range(5):
            await scene.alice.says(scene.general, f"see you at lunch, table {number}")
        said = await scene.alice.says(scene.general, QUESTION)
        assert "tibial nerve" in description(await said.answer())
        assert not scene.server.sent(scene.alice.dm())


async def test_who_takes_no_messages_is_shown_the_limit_by_a_sign(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path) as scene:
        await scene.set(per_minute=1)
        scene.alice.closes_dms()
        await (await scene.alice.says(scene.general, QUESTION, mention=True)).answer()
        said = await scene.alice.says(scene.general, QUESTION, mention=True)
        assert await scene.server.until(lambda: said.state.reactions, 5.0)


async def test_who_asked_nothing_is_told_of_no_fault(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path, privileged=("message_content",), message_content=True) as scene:
        await scene.set(listening=(scene.general.id,))
        scene.general.deny(scene.server.bot, "send_messages")
        await scene.alice.says(scene.general, QUESTION)
        assert not await scene.server.until(lambda: scene.server.sent(scene.alice.dm()), 0.2)
        asked = await scene.alice.says(scene.general, QUESTION, mention=True)
        assert await asked.quiet(0.1)
        await until(lambda: scene.server.sent(scene.alice.dm()))
        assert "I may not write" in description(scene.server.sent(scene.alice.dm())[0])


async def test_the_limit_is_a_sign_for_who_takes_no_messages(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path) as scene:
        await scene.set(per_minute=1)
        scene.alice.closes_dms()
        await (await scene.alice.says(scene.general, QUESTION, mention=True)).answer()
        said = await scene.alice.says(scene.general, QUESTION, mention=True)
        await until(lambda: said.state.reactions)
        assert list(said.state.reactions) == ["⏳"] and not said.answers()


async def test_more_channels_than_a_server_has_are_refused_with_a_sentence(engine: Engine, tmp_path: Path) -> None:
    async with acted(engine, tmp_path) as scene:
        await scene.set(channels=tuple(range(1, records.CHANNELS + 1)))
        told = await scene.mod.slash(scene.general, "fabella allow", channel=scene.general)
        assert told.ephemeral and f"at most {records.CHANNELS}" in description(told)
        assert len((await scene.service.rules(scene.guild.id)).channels) == records.CHANNELS
