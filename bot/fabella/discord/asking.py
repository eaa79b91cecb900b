"""The ways to ask in one's own words: `/ask`, the message menu, and the form under an answer."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from fabella.discord import exchange, modals
from fabella.discord.everywhere import CONTEXTS, INSTALLS, everywhere
from fabella.discord.sending import Interaction
from fabella.discord.service import Bot, Service
from fabella.discord.serving import Serving

MENU = "Ask Fabella about this"
_LONGEST = 1_000  # characters of a question


class Asking(Serving, name="Fabella"):
    """Hands the engine what somebody wrote."""

    def __init__(self, bot: Bot, service: Service) -> None:
        super().__init__(bot, service)
        self._menu = app_commands.ContextMenu(name=MENU, callback=self._about_message)
        self._menu.allowed_contexts, self._menu.allowed_installs = CONTEXTS, INSTALLS

    async def cog_load(self) -> None:
        """Add the message menu, which the library doesn't take from a cog."""
        self._bot.tree.add_command(self._menu, override=True)

    async def cog_unload(self) -> None:
        """Take the message menu away."""
        self._bot.tree.remove_command(MENU, type=discord.AppCommandType.message)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take the forms of this adapter, also those that were opened before a restart."""
        await modals.submitted(self._service, interaction)

    @everywhere
    @app_commands.command()
    @app_commands.describe(question="In your own words", private="Show the answer to you alone")
    async def ask(
        self, interaction: Interaction, question: app_commands.Range[str, 1, _LONGEST], private: bool | None = None
    ) -> None:
        """Ask a question about anatomy"""
        await exchange.handled(
            self._service,
            interaction,
            lambda until: exchange.ask(self._service, interaction, question, private=private, until=until),
        )

    async def _about_message(self, interaction: Interaction, message: discord.Message) -> None:
        forwarded = (one.content for one in message.message_snapshots)
        text = " ".join(one.strip() for one in (message.content, *forwarded) if one.strip())

        async def work(until: float) -> None:
            if text:
                await exchange.ask(self._service, interaction, text, until=until)
            else:
                said = "That message holds no text that I can read."
                await self._service.sender.note(interaction, said, until=until)

        await exchange.handled(self._service, interaction, work)
