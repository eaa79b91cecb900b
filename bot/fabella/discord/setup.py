"""Puts Fabella into a bot, and takes it out again. What is loaded once stays loaded: a reload rebuilds no index."""

from __future__ import annotations

import asyncio
import logging
from weakref import WeakKeyDictionary

from discord.ext import commands

from fabella import Engine
from fabella.discord.about import About
from fabella.discord.asking import Asking
from fabella.discord.lookups import Lookups
from fabella.discord.mentions import Mentions
from fabella.discord.owners import Owners
from fabella.discord.presses import Pressed
from fabella.discord.service import Bot, Service
from fabella.discord.settings import Settings, load_settings
from fabella.discord.store import Store

_LOG = logging.getLogger(__name__)
_COGS = (Asking, Lookups, About, Owners, Mentions)
_SERVICES: WeakKeyDictionary[Bot, Service] = WeakKeyDictionary()  # outlives the extension's module
_BUTTONS: WeakKeyDictionary[Bot, type[Pressed]] = WeakKeyDictionary()


async def setup_fabella(
    bot: Bot, *, engine: Engine | None = None, settings: Settings | None = None, store: Store | None = None
) -> Service:
    """Add the commands, buttons and listeners to a bot; gives what it holds while it runs.

    Without an engine the built-in texts are loaded, in a thread; without settings they come from the environment;
    without a store it is opened where the settings say. The bot's command tree is not synced, and its `on_message` not
    touched. A command whose name the bot has already is left out, with a warning.

    Raises:
        SettingError: a setting or a database that can't be used.
        LibraryError: a library with problems.
    """
    service = _SERVICES.get(bot)
    if service is None:
        chosen = settings or load_settings()
        opened = store or await Store.open(chosen.database)
        loaded = engine if engine is not None else await asyncio.to_thread(lambda: Engine.load())
        service = Service(loaded, opened, chosen)
        _SERVICES[bot] = service
    elif engine is not None:
        service.swap(engine)
    service.start()
    for kind in _COGS:
        cog = kind(bot, service)
        _leave_out_taken(bot, cog)
        await bot.add_cog(cog)
    _BUTTONS[bot] = Pressed.bound(service)
    bot.add_dynamic_items(_BUTTONS[bot])
    return service


async def remove_fabella(bot: Bot, *, close: bool = False) -> None:
    """Take the commands, buttons and listeners away. The engine is kept for the next time, unless `close`d."""
    for kind in _COGS:
        await bot.remove_cog(kind.__cog_name__)
    buttons = _BUTTONS.pop(bot, None)
    if buttons is not None:
        bot.remove_dynamic_items(buttons)
    if close and (service := _SERVICES.pop(bot, None)) is not None:
        await service.close()


def service_of(bot: Bot) -> Service | None:
    """What a bot holds for Fabella, None before it was set up: `service_of(bot).swap(engine)` loads new articles."""
    return _SERVICES.get(bot)


def _leave_out_taken(bot: Bot, cog: commands.Cog) -> None:
    """Let the bot's own commands stand: adding another of the same name would fail the whole cog."""
    own = cog.__cog_app_commands__
    taken = [one for one in own if bot.tree.get_command(one.name) is not None]
    for one in taken:
        _LOG.warning("/%s is the bot's own command: Fabella's is left out", one.name)
    cog.__cog_app_commands__ = [one for one in own if one not in taken]
