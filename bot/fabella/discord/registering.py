"""What is done once and not at each start: registering the commands with Discord, and printing install links."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord
from fabella_knowledge.errors import SettingError

from fabella.discord import faults
from fabella.discord.backoff import Backoff
from fabella.discord.client import FabellaBot
from fabella.discord.supervisor import ENDED, UNREACHABLE, verdict

_LOG = logging.getLogger(__name__)
TRIES = 6
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    read_message_history=True,
)
_MISSING_ACCESS = 50001
T = TypeVar("T")


async def sync(
    make: Callable[[], FabellaBot], token: str, *, guild: int | None = None, backoff: Backoff | None = None
) -> int:
    """Register the commands everywhere, or in one server alone, and print how many; gives the exit status.

    Raises:
        SettingError: a server that the bot is not in.
        FabellaError: what the bot's installation raised.
    """

    async def registered(bot: FabellaBot) -> int:
        place = None
        if guild is not None:
            place = discord.Object(guild)
            bot.tree.copy_global_to(guild=place)
            for command in bot.tree.get_commands(guild=place):
                # Discord takes these for commands everywhere alone.
                command.allowed_contexts = command.allowed_installs = None
        try:
            return len(await bot.tree.sync(guild=place))
        except discord.Forbidden as error:
            if error.code != _MISSING_ACCESS:
                raise
            raise SettingError(
                f"--guild {guild}: Fabella is not in a server with this id, or may not have commands there: "
                "install it with a link that --invite prints"
            ) from None

    count, status = await _tried(make, token, registered, backoff)
    if count is not None:
        where = "everywhere" if guild is None else f"in the server {guild}"
        print(f"{count} command{'' if count == 1 else 's'} registered {where}")
    return status


async def invite(make: Callable[[], FabellaBot], token: str, *, backoff: Backoff | None = None) -> int:
    """Print the links that install the bot in a server and for a user; gives the exit status."""

    async def asked(bot: FabellaBot) -> discord.AppInfo | None:
        return bot.application

    application, status = await _tried(make, token, asked, backoff)
    if application is not None:
        for line in links(application):
            print(line)
    return status


def links(application: discord.AppInfo) -> tuple[str, ...]:
    """The install links with what each is for, and what in the portal keeps them from working."""
    scopes = ("bot", "applications.commands")
    server = discord.utils.oauth_url(application.id, permissions=PERMISSIONS, scopes=scopes)
    user = discord.utils.oauth_url(application.id, scopes=scopes[1:])
    lines = [
        "for a server (needs Manage Server there; asks for the least permissions):",
        f"  {server}&integration_type=0",
        "for yourself (the commands follow you into every server and direct message):",
        f"  {user}&integration_type=1",
    ]
    if application.guild_integration_config is not None and application.user_integration_config is None:
        lines.append("  it works once 'User Install' is ticked in the portal (your application, Installation)")
    if application.bot_require_code_grant:
        lines.append("neither works until 'Requires OAuth2 Code Grant' is off in the portal (your application, Bot)")
    if not application.bot_public:
        lines.append("only you can use them: 'Public Bot' is off in the portal (your application, Bot)")
    return tuple(lines)


async def _tried(
    make: Callable[[], FabellaBot],
    token: str,
    work: Callable[[FabellaBot], Awaitable[T]],
    backoff: Backoff | None,
) -> tuple[T | None, int]:
    """What `work` gives with a bot that is logged in but not connected, and the exit status; `TRIES` attempts."""
    pauses = backoff or Backoff(first=1.0, most=30.0)
    for left in reversed(range(TRIES)):
        bot = make()
        try:
            async with bot:
                await bot.login(token)
                return await work(bot), ENDED
        except Exception as error:
            final = verdict(error, sharded=False)
            if final is not None:
                _LOG.error("%s", final[1])
                return None, final[0]
            if not faults.temporary(error):
                raise
            if not left:
                _LOG.error("Discord cannot be reached: %s; try again later", faults.told(error))
                return None, UNREACHABLE
            wait = pauses.delay()
            _LOG.warning("Discord cannot be reached: %s; again in %.1f s", faults.told(error), wait)
        await asyncio.sleep(wait)
    raise AssertionError("the last attempt returns or raises")
