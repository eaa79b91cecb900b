"""What the bot says about itself: help, privacy, version."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from discord import app_commands
from discord.ext import commands

from fabella.discord import exchange, ids, replies, sending, texts
from fabella.discord.everywhere import everywhere
from fabella.discord.sending import Interaction, Letter
from fabella.discord.service import Bot, Service


class About(commands.Cog, name="Fabella about"):
    """Commands that answer with fixed texts, to the asker alone."""

    def __init__(self, bot: Bot, service: Service) -> None:
        self._service = service

    @everywhere
    @app_commands.command()
    async def help(self, interaction: Interaction) -> None:
        """Show what you can ask, and how"""
        topics = ", ".join(one.name.replace("_", " ") for one in self._service.engine.topics())
        lines = (*texts.HELP, f"**What I know**\n{self._service.engine.coverage}\nOf each: {topics}.")
        await self._tell(interaction, replies.card("How to ask", lines, footer=replies.FOOTER))

    @everywhere
    @app_commands.command()
    async def privacy(self, interaction: Interaction) -> None:
        """Show what is kept about you, and delete it"""
        row = (replies.button("Delete what is kept about me", ids.custom_id(ids.FORGET)),)
        await self._tell(interaction, replies.card("Privacy", texts.PRIVACY), row)

    @everywhere
    @app_commands.command()
    async def about(self, interaction: Interaction) -> None:
        """Show what Fabella is"""
        engine = self._service.engine
        told = f"{engine.coverage} {len(engine.references())} sources."
        lines = (*texts.ABOUT, told, f"Version {version('fabella')}, library {engine.library[:12]}.")
        await self._tell(interaction, replies.card("Fabella", lines))

    async def _tell(self, interaction: Interaction, page: dict[str, Any], row: tuple[dict[str, Any], ...] = ()) -> None:
        async def work(age: float) -> None:
            await sending.respond(interaction, Letter((sending.Page(page),), (row,)), private=True, age=age)

        await exchange.handled(self._service, interaction, work)
