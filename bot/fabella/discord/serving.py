"""What the cogs with commands share: the service that answers, and a word where the library can't call a command."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from fabella.discord import exchange
from fabella.discord.sending import Interaction
from fabella.discord.service import Bot, Service


class Serving(commands.Cog):
    """A cog whose commands are answered by a service."""

    def __init__(self, bot: Bot, service: Service) -> None:
        self._bot = bot
        self._service = service

    async def cog_app_command_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Apologise for what the library could not do."""
        await exchange.failed(self._service, interaction, error)
