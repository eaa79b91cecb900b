"""The `discord` command: what the arguments ask for is done with the shipped bot, and an exit status comes out."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from fabella_knowledge.errors import SettingError

from fabella import Engine
from fabella.discord import logs, registering
from fabella.discord.client import FabellaBot
from fabella.discord.service import Service
from fabella.discord.settings import NO_TOKEN, Settings, load_settings
from fabella.discord.setup import setup_fabella
from fabella.discord.store import Store
from fabella.discord.supervisor import UNUSABLE, supervise

_LOG = logging.getLogger(__name__)
_LAST = 9.0  # seconds from the end's beginning; containers are given ten


class Installation:
    """Makes bots with Fabella in them, all over one engine, which `reload` loads anew."""

    def __init__(self, settings: Settings, folders: Sequence[Path], *, database: str | None = None) -> None:
        self._settings = settings
        self._folders = tuple(folders)
        self._database = database or settings.database
        self._engine: Engine | None = None
        self._service: Service | None = None

    def make(self) -> FabellaBot:
        """A bot that has not connected yet."""
        return FabellaBot(self._settings, install=self._install)

    async def reload(self) -> None:
        """Load the texts anew, and answer from them when that is done.

        Raises:
            LibraryError: texts with problems; the old ones stay.
        """
        self._engine = await self._loaded()
        if self._service is not None:
            self._service.swap(self._engine)
        _LOG.info("reloaded: %s", self._engine.library[:12])

    async def _install(self, bot: FabellaBot) -> None:
        if self._engine is None:  # after the login, so that a wrong token is told of at once
            self._engine = await self._loaded()
        store = await Store.open(self._database)
        try:
            self._service = await setup_fabella(bot, engine=self._engine, settings=self._settings, store=store)
        except BaseException:
            await store.close()  # its thread would keep the process alive
            raise
        bot.admit(self._service.admission.admits)
        bot.when_stopping(drain=self._service.drain, close=self._service.close)

    async def _loaded(self) -> Engine:
        def load() -> Engine:
            return Engine.load(*self._folders, report=lambda line: _LOG.info("%s", line))

        engine = await asyncio.to_thread(load)
        gc.collect()
        gc.freeze()  # the library's objects live as long as the process: looking through them stops it for 0.1 s
        return engine


def run(options: argparse.Namespace, folders: Sequence[Path]) -> int:
    """Run the bot until it is stopped, or do the one thing that an option asks for; gives the exit status.

    Raises:
        FabellaError: a setting, a token that is missing, or texts that cannot be used.
    """
    if options.guild is not None and not options.sync:
        raise SettingError("--guild: only with --sync; it names the server in which the commands are registered")
    try:
        settings = load_settings(
            shard_ids=options.shard_ids,
            shard_count=options.shard_count,
            json_logs=options.json_logs or None,
            log_level=options.log_level,
        )
    except SettingError as error:
        if not options.check:
            raise
        for line in str(error).split("\n"):
            print(f"settings  wrong: {line}")
        return UNUSABLE
    token = settings.token.get_secret_value() if settings.token is not None else ""
    logs.configure(json=settings.json_logs, level=settings.log_level, secrets=[token])
    if options.check:
        from fabella.discord.checking import check

        return asyncio.run(check(settings, folders, lambda: FabellaBot(settings)))
    if not token:
        raise SettingError(NO_TOKEN)
    if options.invite:
        return asyncio.run(registering.invite(lambda: FabellaBot(settings), token))
    if options.sync:
        with tempfile.TemporaryDirectory(prefix="fabella-") as nowhere:  # registering commands needs no storage
            made = Installation(settings, folders, database=f"sqlite+aiosqlite:///{Path(nowhere) / 'empty.sqlite3'}")
            return asyncio.run(registering.sync(made.make, token, guild=options.guild))
    made = Installation(settings, folders)
    return asyncio.run(supervise(made.make, token, reload=made.reload, ending=_end_at_last))


def _end_at_last(status: int) -> None:
    """End this process soon, even if a thread of it hangs: in a database, or in texts that are being read."""
    timer = threading.Timer(_LAST, os._exit, (status,))
    timer.daemon = True
    timer.start()
