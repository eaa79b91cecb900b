"""The settings of a server, for those who manage it: where and how the bot answers, and what became of questions."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from discord import app_commands
from discord.ext import commands
from fabella_knowledge.errors import FabellaError, SettingError

from fabella.discord import exchange, pages, replies, sending
from fabella.discord.inert import inert
from fabella.discord.letters import Letter, Page
from fabella.discord.records import PER_MINUTE, ServerSettings
from fabella.discord.sending import Interaction
from fabella.discord.serving import Serving

_NO_SWITCH = (
    "This bot is not set up to read every message. Its owner can switch that on: "
    "`FABELLA_DISCORD_MESSAGE_CONTENT=true`, and *Message Content Intent* in Discord's developer portal."
)
_Channel = app_commands.AppCommandChannel | app_commands.AppCommandThread  # also those that the bot has not seen
Work = Callable[[int, float], Awaitable[None]]


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Owners(
    Serving,
    commands.GroupCog,
    name="Fabella settings",
    group_name="fabella",
    group_description="Settings of this server",
):
    """`/fabella ...`. Every answer is for the manager alone."""

    @app_commands.command()
    async def settings(self, interaction: Interaction) -> None:
        """Show how I am set up here"""

        async def work(server: int, until: float) -> None:
            await self._show(interaction, await self._service.store.server(server), until)

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
        if on and not (self._service.settings.message_content and self._bot.intents.message_content):

            async def work(server: int, until: float) -> None:
                await self._service.sender.note(interaction, _NO_SWITCH, until=until)

            await self._manage(interaction, work)
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
    async def limit(self, interaction: Interaction, per_minute: app_commands.Range[int, 0, PER_MINUTE]) -> None:
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

        async def work(server: int, until: float) -> None:
            held = await self._service.store.unanswered(server)
            lines = [f"- {inert(one.text)} ({_times(one.count)}, last on {one.last_day})" for one in held]
            await self._tell(interaction, "Unanswered questions", lines or ["None in the last 30 days."], until)

        await self._manage(interaction, work)

    @app_commands.command()
    async def feedback(self, interaction: Interaction) -> None:
        """Show what people here think of my answers"""

        async def work(server: int, until: float) -> None:
            held = await self._service.store.feedback(server)
            lines = [f"👍 {held.up}   👎 {held.down}   in the last 30 days"]
            lines += [f"- {inert(one.about)}: 👍 {one.up} 👎 {one.down}" for one in held.about]
            lines += ["**Reasons**"] if held.reasons else []
            lines += [f"- {'👍' if one.up else '👎'} {inert(one.about)}: {inert(one.text)}" for one in held.reasons]
            await self._tell(interaction, "Feedback", lines, until)

        await self._manage(interaction, work)

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Get all that is kept about this server as a file"""

        async def work(server: int, until: float) -> None:
            data = await self._service.store.export(server)
            raw = json.dumps(data, ensure_ascii=False, indent=2).encode()
            page = Page(pages.card("Export", ["All that is kept about this server."]))
            letter = Letter((page,), file=(f"fabella-{server}.json", raw))
            await self._service.sender.respond(interaction, letter, private=True, until=until)

        await self._manage(interaction, work)

    @app_commands.command()
    @app_commands.describe(sure="Yes, delete the settings, votes and unanswered questions of this server")
    async def forget(self, interaction: Interaction, sure: bool) -> None:
        """Delete all that is kept about this server"""

        async def work(server: int, until: float) -> None:
            if not sure:
                await self._service.sender.note(interaction, "Nothing was deleted.", until=until)
                return
            talks = await self._service.forget_server(server)
            gone = await self._service.store.forget_server(server)
            counts = (
                (gone.votes, "vote"), (gone.unanswered, "unanswered question"), (talks, "conversation")
            )  # fmt: skip
            said = f"Deleted: the settings, {', '.join(replies.counted(*one) for one in counts)}."
            await self._service.sender.note(interaction, said, until=until)

        await self._manage(interaction, work)

    async def _change(self, interaction: Interaction, change: Callable[[ServerSettings], dict[str, Any]]) -> None:
        async def work(server: int, until: float) -> None:
            await self._show(interaction, await self._service.store.change(server, change), until)

        await self._manage(interaction, work)

    async def _manage(self, interaction: Interaction, work: Work) -> None:
        """Do something for a manager of a server; the storage's faults are told."""

        async def managed(until: float) -> None:
            server = interaction.guild_id
            if server is None or not interaction.permissions.manage_guild:
                said = "This is for those who have *Manage Server*."
                await self._service.sender.note(interaction, said, until=until)
                return
            try:
                await work(server, until)
            except SettingError as error:
                await self._service.sender.note(interaction, f"That didn't work: {inert(str(error))}", until=until)
            except FabellaError as error:
                fault = sending.failed(error, "the storage failed")
                said = f"That didn't work just now. If it lasts, tell who runs this bot, and name {fault}."
                await self._service.sender.note(interaction, said, until=until)

        await exchange.handled(self._service, interaction, managed)

    async def _show(self, interaction: Interaction, held: ServerSettings, until: float) -> None:
        limit = f"at most {held.per_minute} a user and minute" if held.per_minute else "no limit"
        kept = "yes, for 30 days, without who asked" if held.keep_unanswered else "no"
        lines = [
            f"- Mentions are answered: {_channels(held.channels) or 'everywhere'}",
            f"- Every message is answered: {_channels(held.listening) or 'nowhere'}",
            f"- Slash answers are private by default: {'yes' if held.private else 'no'}",
            f"- Questions: {limit}",
            f"- Unanswered questions are kept: {kept}",
        ]
        await self._tell(interaction, "Settings", lines, until)

    async def _tell(self, interaction: Interaction, title: str, lines: Sequence[str], until: float) -> None:
        letter = Letter((Page(pages.card(title, lines)),))
        await self._service.sender.respond(interaction, letter, private=True, until=until)


def _with(held: tuple[int, ...], channel: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*held, channel)))


def _without(held: tuple[int, ...], channel: int) -> tuple[int, ...]:
    return tuple(one for one in held if one != channel)


def _channels(held: tuple[int, ...]) -> str:
    return ", ".join(f"<#{one}>" for one in held)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
