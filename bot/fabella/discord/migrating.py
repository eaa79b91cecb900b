"""Brings the tables of a database up to date with Alembic; safe when several processes and loops start at once."""

from __future__ import annotations

import asyncio
import threading
import time

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fabella_knowledge.errors import SettingError
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from fabella.discord.tables import VERSION_TABLE

_PATIENCE = 15.0  # seconds to wait for another process that is migrating
_LOCK = 0x66616265_6C6C61  # of PostgreSQL: "fabella"
_ALONE = threading.Lock()  # Alembic keeps the running migration in a global


async def migrate(reader: AsyncEngine, writer: AsyncEngine, setting: str) -> None:
    """Run the migrations that a database lacks, in one transaction: all of them or none. `writer` is `reader` with
    transactions that write.

    Raises:
        SettingError: the tables are those of a newer Fabella; the message names the `setting`.
    """
    async with _one_at_a_time():
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                if reader.dialect.name == "sqlite":
                    await _to_wal(reader)
                async with reader.begin() as connection:
                    current = await connection.run_sync(_is_current, setting)
                if not current:
                    await _upgrade(writer)
                return
            except SettingError:
                raise
            except Exception as error:
                if time.monotonic() > end or not _is_busy(error):
                    raise
                await asyncio.sleep(0.05)


class _one_at_a_time:
    """A lock that holds between loops and threads, and blocks none of them."""

    async def __aenter__(self) -> None:
        while not _ALONE.acquire(blocking=False):
            await asyncio.sleep(0.01)

    async def __aexit__(self, *_: object) -> None:
        _ALONE.release()


async def _to_wal(engine: AsyncEngine) -> None:
    """Write-ahead logging, in which readers never wait for a writer; the file remembers it."""
    async with engine.connect() as connection:  # outside of a transaction
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        cursor = await driver.execute("PRAGMA journal_mode = WAL")
        await cursor.close()


async def _upgrade(writer: AsyncEngine) -> None:
    async with writer.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        await connection.run_sync(lambda one: command.upgrade(_config(one), "head"))


def _is_current(connection: Connection, setting: str) -> bool:
    script = ScriptDirectory.from_config(_config(connection))
    known = {one.revision for one in script.walk_revisions()}
    held = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()
    if not known.issuperset(held):
        raise SettingError(
            f"{setting}: the database was made by a newer version of Fabella. "
            "Update this one (pip install -U fabella), or name another database."
        )
    return set(held) == set(script.get_heads())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "fabella.discord:migrations")
    config.attributes["connection"] = connection
    return config


def _is_busy(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or "database is locked" in str(error) or "statement timeout" in str(error)
