"""The discord.py extension: `await bot.load_extension("fabella.ext.discord")`. It owns nothing: see `setup_fabella`."""

from __future__ import annotations

from fabella.discord.service import Bot
from fabella.discord.setup import remove_fabella, setup_fabella

__all__ = ["remove_fabella", "setup", "setup_fabella", "teardown"]


async def setup(bot: Bot) -> None:
    """Add Fabella to a bot, with settings from the environment."""
    await setup_fabella(bot)


async def teardown(bot: Bot) -> None:
    """Take Fabella out of a bot; its engine waits for the next load."""
    await remove_fabella(bot)
