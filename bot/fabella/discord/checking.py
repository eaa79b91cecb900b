"""Looks whether the bot could run: settings, token, portal, database and library, a line for each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import discord
from fabella_knowledge import check as problems_of
from fabella_knowledge.errors import FabellaError, one_line
from sqlalchemy.engine import make_url

from fabella.discord import faults
from fabella.discord.client import FabellaBot
from fabella.discord.settings import NO_TOKEN, Settings
from fabella.discord.store import Store
from fabella.discord.supervisor import ENDED, INTENT_OFF, PORTAL, UNUSABLE, WRONG_TOKEN, missing, verdict

_SHOWN = 5  # problems of a library


async def check(settings: Settings, folders: Sequence[Path], make: Callable[[], FabellaBot]) -> int:
    """Print what is right and what is wrong, and what to do; gives 0, 2, or 4 for a wrong token."""
    status = _line("settings", "")
    status = max(status, await _check_token(settings, make))
    status = max(status, await _check_database(settings))
    return max(status, await asyncio.to_thread(_check_library, folders))


def _line(what: str, wrong: str, right: str = "") -> int:
    """Print a line; gives the exit status that it stands for."""
    told = f"wrong: {one_line(wrong)}" if wrong else "ok" + (f": {one_line(right)}" if right else "")
    print(f"{what:<10}{told}")
    return UNUSABLE if wrong else ENDED


async def _check_token(settings: Settings, make: Callable[[], FabellaBot]) -> int:
    if settings.token is None:
        return _line("token", NO_TOKEN)
    bot = make()
    try:
        async with bot:
            await bot.login(settings.token.get_secret_value())
            application, user = bot.application, bot.user
    except Exception as error:
        final = verdict(error, sharded=False)
        if final is None and not faults.temporary(error):
            raise
        _line("token", final[1] if final else f"not checked, Discord cannot be reached: {faults.told(error)}")
        return final[0] if final and final[0] == WRONG_TOKEN else UNUSABLE
    assert application is not None
    status = _line("token", "", f"{user} (application {application.id})")
    return max([status, *(_line("portal", wrong) for wrong in _portal(application, settings))])


def _portal(application: discord.AppInfo, settings: Settings) -> list[str]:
    """What is set in the portal so that the bot can't work."""
    found = []
    flags = application.flags
    if settings.message_content and not (flags.gateway_message_content or flags.gateway_message_content_limited):
        found.append(INTENT_OFF)
    if application.interactions_endpoint_url:
        found.append(
            f"commands go to another address: empty 'Interactions Endpoint URL' at {PORTAL} (your application, General)"
        )
    return found


async def _check_database(settings: Settings) -> int:
    shown = make_url(settings.database).render_as_string(hide_password=True)
    try:
        store = await Store.open(settings.database)
        await store.close()
    except ModuleNotFoundError as error:
        return _line("database", f"{shown}: {missing(error)}")
    except FabellaError as error:
        return _line("database", str(error))
    except Exception as error:  # each driver has its own
        return _line("database", f"{shown}: cannot be opened ({type(error).__name__})")
    return _line("database", "", shown)


def _check_library(folders: Sequence[Path]) -> int:
    try:
        problems = problems_of(*folders)
    except FabellaError as error:
        return _line("library", str(error))
    if not problems:
        return _line("library", "", "the built-in ones" + "".join(f", {one}" for one in folders))
    for problem in problems[:_SHOWN]:
        _line("library", str(problem))
    if len(problems) > _SHOWN:
        _line("library", f"and {len(problems) - _SHOWN} more: `fabella check` shows all")
    return UNUSABLE
