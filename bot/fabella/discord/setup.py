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
_BUTTONS: WeakKeyDictionary[Bot, type[Pressed]] = WeakKeyDictionary()  # of the bots that it is in now


async def setup_fabella(
    bot: Bot, *, engine: Engine | None = None, settings: Settings | None = None, store: Store | None = None
) -> Service:
    """Add the commands, buttons and listeners to a bot; gives what it holds while it runs.

    Without an engine the built-in texts are loaded, in a thread; without settings they come from the environment;
    without a store it is opened where the settings say. The bot's command tree is not synced, and its `on_message` not
    touched. A command whose name the bot has already is left out, with a warning. What a bot holds already stays, but
    for an `engine`, which takes the place of its own.

    Raises:
        SettingError: a setting or a database that can't be used.
        LibraryError: a library with problems.
    """
    service = _SERVICES.get(bot)
    if service is None:
        service = _SERVICES[bot] = await _opened(engine, settings, store)
    elif engine is not None:
        service.swap(engine)
    if bot in _BUTTONS:
        return service
    service.start()
    try:
        for kind in _COGS:
            cog = kind(bot, service)
            if _fits(bot, cog):
                await bot.add_cog(cog)
    except BaseException:
        await remove_fabella(bot)
        await service.finish()
        raise
    _BUTTONS[bot] = Pressed.bound(service)
    bot.add_dynamic_items(_BUTTONS[bot])
    return service


async def remove_fabella(bot: Bot, *, close: bool = False) -> None:
    """Take the commands, buttons and listeners away; the last of them closes the connections of the storage.

    The engine and the conversations are kept for the next time, unless `close`d.
    """
    for kind in _COGS:
        cog = bot.get_cog(kind.__cog_name__)
        if not isinstance(cog, kind):
            continue  # none, or the bot's own of that name
        await bot.remove_cog(kind.__cog_name__)
        if cog.app_command is not None:
            bot.tree.remove_command(cog.app_command.name)  # the library looks for it by the name of the cog
    buttons = _BUTTONS.pop(bot, None)
    if buttons is not None:
        bot.remove_dynamic_items(buttons)
    if close:
        _SERVICES.pop(bot, None)


def service_of(bot: Bot) -> Service | None:
    """What a bot holds for Fabella, None before it was set up: `service_of(bot).swap(engine)` loads new articles."""
    return _SERVICES.get(bot)


async def _opened(engine: Engine | None, settings: Settings | None, store: Store | None) -> Service:
    """What a bot holds, of what is given and what is opened and loaded for it."""
    chosen = settings or load_settings()
    opened = store or await Store.open(chosen.database)
    try:
        loaded = engine if engine is not None else await asyncio.to_thread(lambda: Engine.load())
    except BaseException:
        if store is None:
            await opened.close()
        raise
    return Service(loaded, opened, chosen)


def _fits(bot: Bot, cog: commands.Cog) -> bool:
    """Let the bot's own commands stand, which would fail the whole cog; False where nothing is left of it."""
    group = cog.app_command
    own = cog.__cog_app_commands__ if group is None else [group]
    taken = [one for one in own if bot.tree.get_command(one.name) is not None]
    for one in taken:
        _LOG.warning("/%s is the bot's own command: Fabella's is left out", one.name)
    if group is not None:
        return not taken
    cog.__cog_app_commands__ = [one for one in own if one not in taken]
    return True
