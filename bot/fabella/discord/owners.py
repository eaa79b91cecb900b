"""The settings of a server, for those who manage it: where and how the bot answers, and what became of questions."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from fabella_knowledge.errors import FabellaError

from fabella.discord import exchange, faults, replies, sending
from fabella.discord.inert import inert
from fabella.discord.records import ServerSettings
from fabella.discord.sending import Interaction, Letter
from fabella.discord.service import Bot, Service

_MOST = 50  # channels of a list
_PER_MINUTE = 120
_NO_SWITCH = (
    "This bot is not set up to read every message. Its owner can switch that on: "
    "`FABELLA_DISCORD_MESSAGE_CONTENT=true`, and *Message Content Intent* in Discord's developer portal."
)
_Channel = discord.TextChannel | discord.VoiceChannel | discord.ForumChannel | discord.StageChannel | discord.Thread
Work = Callable[[int, float], Awaitable[None]]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Owners(
    commands.GroupCog, name="Fabella settings", group_name="fabella", group_description="Settings of this server"
):
    """`/fabella ...`. Every answer is for the manager alone."""

    def __init__(self, bot: Bot, service: Service) -> None:
        self._bot = bot
        self._service = service

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """Show how I am set up here"""

        async def work(server: int, age: float) -> None:
            await self._show(interaction, await self._service.store.server(server), age)

        await self._manage(interaction, work)

    @app_commands.command()
    @app_commands.describe(channel="Answer mentions in this channel and its threads, and no longer everywhere")
    async def allow(self, interaction: Interaction, channel: _Channel) -> None:
        """Answer mentions in this channel"""
        await self._change(interaction, lambda held: {"channels": _with(held.channels, channel.id)})

    @app_commands.command()
    @app_commands.describe(channel="Take this channel off the list; with an empty list I answer everywhere")
    async def disallow(self, interaction: Interaction, channel: _Channel) -> None:
        """Take a channel off the list of those where I answer mentions"""
        await self._change(interaction, lambda held: {"channels": _without(held.channels, channel.id)})

    @app_commands.command()
    async def everywhere(self, interaction: Interaction) -> None:
        """Answer mentions in every channel"""
        await self._change(interaction, lambda held: {"channels": ()})

    @app_commands.command()
    @app_commands.describe(channel="The channel", on="Answer every message there that I can answer")
    async def listen(self, interaction: Interaction, channel: _Channel, on: bool) -> None:
        """Answer every message of a channel, without a mention"""
        if on and not self._service.settings.message_content:
            await self._manage(interaction, lambda server, age: _said(sending.note(interaction, _NO_SWITCH, age=age)))
            return
        change = _with if on else _without
        await self._change(interaction, lambda held: {"listening": change(held.listening, channel.id)})

    @app_commands.command()
    @app_commands.describe(on="Show slash answers to the asker alone, unless they choose otherwise")
    async def private(self, interaction: Interaction, on: bool) -> None:
        """Answer slash commands privately by default"""
        await self._change(interaction, lambda held: {"private": on})

    @app_commands.command()
    @app_commands.describe(per_minute="Questions of one user within a minute; 0 for no limit")
    async def limit(self, interaction: Interaction, per_minute: app_commands.Range[int, 0, _PER_MINUTE]) -> None:
        """Limit how often one user may ask"""
        await self._change(interaction, lambda held: {"per_minute": per_minute})

    @app_commands.command()
    @app_commands.describe(on="Keep questions that I couldn't answer, without who asked, for 30 days")
    async def keep(self, interaction: Interaction, on: bool) -> None:
        """Keep the questions that I couldn't answer, or don't"""
        await self._change(interaction, lambda held: {"keep_unanswered": on})

    @app_commands.command()
    async def unanswered(self, interaction: Interaction) -> None:
        """Show what was asked here that I couldn't answer"""

        async def work(server: int, age: float) -> None:
            held = await self._service.store.unanswered(server)
            lines = [f"- {inert(one.text)} ({one.intent}, {_times(one.count)}, last on {one.last_day})" for one in held]
            await self._tell(interaction, "Unanswered questions", lines or ["None in the last 30 days."], age)

        await self._manage(interaction, work)

    @app_commands.command()
    async def feedback(self, interaction: Interaction) -> None:
        """Show what people here think of my answers"""

        async def work(server: int, age: float) -> None:
            held = await self._service.store.feedback(server)
            lines = [f"👍 {held.up}   👎 {held.down}   in the last 30 days"]
            lines += [f"- {inert(one.about)}: 👍 {one.up} 👎 {one.down}" for one in held.about]
            lines += ["**Reasons**"] if held.reasons else []
            lines += [f"- {'👍' if one.up else '👎'} {inert(one.about)}: {inert(one.text)}" for one in held.reasons]
            await self._tell(interaction, "Feedback", lines, age)

        await self._manage(interaction, work)

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Get all that is kept about this server as a file"""

        async def work(server: int, age: float) -> None:
            data = await self._service.store.export(server)
            raw = json.dumps(data, ensure_ascii=False, indent=2).encode()
            await interaction.response.send_message(
                file=discord.File(io.BytesIO(raw), f"fabella-{server}.json"),
                ephemeral=True,
                allowed_mentions=sending.NOBODY,
            )

        await self._manage(interaction, work)

    @app_commands.command()
    @app_commands.describe(sure="Yes, delete the settings, votes and unanswered questions of this server")
    async def forget(self, interaction: Interaction, sure: bool) -> None:
        """Delete all that is kept about this server"""

        async def work(server: int, age: float) -> None:
            if not sure:
                await sending.note(interaction, "Nothing was deleted.", age=age)
                return
            talks = self._service.conversations.forget_server(server)
            gone = await self._service.store.forget_server(server)
            said = (
                f"Deleted: the settings, {gone.votes} votes, {gone.unanswered} unanswered questions, "
                f"{talks} conversations."
            )
            await sending.note(interaction, said, age=age)

        await self._manage(interaction, work)

    async def _change(self, interaction: Interaction, change: Callable[[ServerSettings], dict[str, Any]]) -> None:
        async def work(server: int, age: float) -> None:
            await self._show(interaction, await self._service.store.change(server, change), age)

        await self._manage(interaction, work)

    async def _manage(self, interaction: Interaction, work: Work) -> None:
        """Do something for a manager of a server; the storage's faults are told."""

        async def managed(age: float) -> None:
            server = interaction.guild_id
            if server is None or not interaction.permissions.manage_guild:
                await sending.note(interaction, "This is for those who manage a server.", age=age)
                return
            try:
                await work(server, age)
            except FabellaError as error:
                faults.log(error)
                await sending.note(interaction, f"That didn't work: {error}", age=age)

        await exchange.handled(self._service, interaction, managed)

    async def _show(self, interaction: Interaction, held: ServerSettings, age: float) -> None:
        limit = f"at most {held.per_minute} a user and minute" if held.per_minute else "no limit"
        kept = "yes, for 30 days, without who asked" if held.keep_unanswered else "no"
        lines = [
            f"- Mentions are answered: {_channels(held.channels) or 'everywhere'}",
            f"- Every message is answered: {_channels(held.listening) or 'nowhere'}",
            f"- Slash answers are private by default: {'yes' if held.private else 'no'}",
            f"- Questions: {limit}",
            f"- Unanswered questions are kept: {kept}",
        ]
        await self._tell(interaction, "Settings", lines, age)

    async def _tell(self, interaction: Interaction, title: str, lines: Sequence[str], age: float) -> None:
        page = sending.Page(replies.card(title, lines))
        await sending.respond(interaction, Letter((page,)), private=True, age=age)


async def _said(work: Awaitable[bool]) -> None:
    await work


def _with(held: tuple[int, ...], channel: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*held, channel)))[-_MOST:]


def _without(held: tuple[int, ...], channel: int) -> tuple[int, ...]:
    return tuple(one for one in held if one != channel)


def _channels(held: tuple[int, ...]) -> str:
    return ", ".join(f"<#{one}>" for one in held)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
