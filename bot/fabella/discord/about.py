"""What the bot says about itself: help, privacy, version."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from discord import app_commands

from fabella.discord import exchange, ids, pages, replies, texts
from fabella.discord.everywhere import everywhere
from fabella.discord.letters import Letter, Page
from fabella.discord.sending import Interaction
from fabella.discord.serving import Serving


class About(Serving, name="Fabella about"):
    """Commands that answer with fixed texts, to the asker alone."""

    @everywhere
    @app_commands.command()
    async def help(self, interaction: Interaction) -> None:
        """Show what you can ask, and how"""
        topics = ", ".join(one.name.replace("_", " ") for one in self._service.engine.topics())
        lines = (*texts.HELP, "", "**What I know**", self._service.engine.coverage, f"Ask about: {topics}.")
        await self._tell(interaction, pages.card("How to ask", lines, footer=pages.FOOTER))

    @everywhere
    @app_commands.command()
    async def privacy(self, interaction: Interaction) -> None:
        """Show what is kept about you, and delete it"""
        row = (replies.button("Delete what is kept about me", ids.custom_id(ids.FORGET)),)
        await self._tell(interaction, pages.card("Privacy", texts.PRIVACY), row)

    @everywhere
    @app_commands.command()
    async def about(self, interaction: Interaction) -> None:
        """Show what Fabella is"""
        engine = self._service.engine
        told = f"{engine.coverage} {len(engine.references())} sources."
        lines = (*texts.ABOUT, told, f"Version {version('fabella')}, library {engine.library[:12]}.")
        await self._tell(interaction, pages.card("Fabella", lines))

    async def _tell(self, interaction: Interaction, page: dict[str, Any], row: tuple[dict[str, Any], ...] = ()) -> None:
        async def work(until: float) -> None:
            letter = Letter((Page(page),), (row,))
            await self._service.sender.respond(interaction, letter, private=True, until=until)

        await exchange.handled(self._service, interaction, work)
