"""Opens the database of the store, brings its tables up to date, and hands out transactions.

SQLite and PostgreSQL, by URL. Every fault of a transaction is a `StoreError`; the next transaction tries anew.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fabella_knowledge.errors import FabellaError, SettingError, brief
from sqlalchemy import URL, Insert, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from fabella.discord.migrating import migrate

SETTING = "FABELLA_DISCORD_DATABASE"
_FORMS = "Write sqlite+aiosqlite:///PATH or postgresql+asyncpg://USER:PASSWORD@HOST/NAME."
_BUSY = 2.0  # seconds to wait for another process's transaction
_WAIT = 3.0  # seconds to wait for a connection, and for a server's answer
_PRAGMAS = (
    f"busy_timeout = {int(_BUSY * 1000)}",
    "foreign_keys = ON",
    "synchronous = NORMAL",
    "secure_delete = ON",  # what is forgotten is not left in the file
)


class StoreError(FabellaError):
    """The database can't be used right now. The message tells why, in one line, and holds nothing that is stored."""


class Database:
    """An open database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # SQLite must know at once that a transaction writes: one that finds out later fails if another wrote meanwhile.
        self._writer = engine.execution_options(writing=True)

    @classmethod
    async def open(cls, text: str) -> Database:
        """The database at a URL, with its tables.

        Raises:
            SettingError: it can't be used; the message says what to do.
        """
        url = _url(text)
        is_sqlite = url.get_backend_name() == "sqlite"
        path = _file(url) if is_sqlite else None
        try:
            database = cls(_sqlite(path) if path is not None else _postgresql(url))
        except ModuleNotFoundError as error:
            extra = "discord" if is_sqlite else "postgres"
            raise _refused(f"{error.name} is not installed.", f"Run pip install 'fabella[{extra}]'.") from None
        try:
            if is_sqlite:
                await _to_wal(database._engine)
            await migrate(database._engine, database._writer, SETTING)
        except FabellaError:
            await database.close()
            raise
        except Exception as error:
            await database.close()
            raise _unusable(url, path, error) from error
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one state of the database. It waits for nobody but a full pool, 3 s at most.

        Raises:
            StoreError: the database can't be used.
        """
        async with _faults(), self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or not at all. It waits 5 s at most.

        Raises:
            StoreError: the database can't be used.
        """
        async with _faults(), self._writer.begin() as connection:
            yield connection


def upsert(
    connection: AsyncConnection,
    table: Table,
    values: Mapping[str, Any],
    keys: Iterable[str],
    changes: Mapping[str, Any] | None = None,
) -> Insert:
    """An insertion of a row that updates the row of the same `keys`: with `changes`, by default all the values."""
    insert = _insert(connection, table)
    kept = {name: insert.excluded[name] for name in values if name not in set(keys)}
    return insert.values(**values).on_conflict_do_update(
        index_elements=list(keys), set_=dict(kept if changes is None else changes)
    )


def insert_missing(connection: AsyncConnection, table: Table, values: Mapping[str, Any]) -> Insert:
    """An insertion of a row that leaves alone a row that is there."""
    return _insert(connection, table).values(**values).on_conflict_do_nothing()


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def reason(error: BaseException) -> str:
    """Why a database failed, in a line without the statement and without its values."""
    orig = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(orig).splitlines() or [""]
    said = lines[0].removeprefix(f"{type(orig)}: ").rpartition(">: ")[2].strip()
    return brief(said or type(orig).__name__)


@asynccontextmanager
async def _faults() -> AsyncIterator[None]:
    try:
        yield
    except FabellaError:
        raise
    except Exception as error:  # a connection that breaks raises errors of many kinds, and none may cost an answer
        raise StoreError(f"the database can't be used right now: {reason(error)}") from error


def _refused(*lines: str) -> SettingError:
    return SettingError(f"{SETTING}: {' '.join(lines)}")


def _url(text: str) -> URL:
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise _refused("it is no URL of a database.", _FORMS) from None  # it may hold a password: don't repeat it
    if url.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise _refused(f"{brief(url.drivername)}:// is no kind of database that can be used.", _FORMS)
    if url.get_backend_name() == "sqlite" and (
        url.database in (None, "", ":memory:") or url.query or url.host or str(url.database).startswith("file:")
    ):
        raise _refused("it must name a file, and no options.", _FORMS)
    return url


def _file(url: URL) -> Path:
    """The file of a SQLite database; it and its folder are made, for nobody else to read."""
    path = Path(str(url.database)).expanduser().absolute()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise _refused(
            f"{path} can't be written ({said}).", "Name a file in a folder that the bot's user may write to."
        ) from error
    return path


def _sqlite(path: Path) -> AsyncEngine:
    # Opened for reading and writing, never created: a file that is gone must not become an empty database.
    url = URL.create("sqlite+aiosqlite", database=f"file:{quote(str(path))}", query={"uri": "true", "mode": "rw"})
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=4,
        max_overflow=0,
        pool_timeout=_WAIT,
        connect_args={"timeout": _BUSY, "isolation_level": None},  # transactions begin as `begin` says
    )

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, record: Any) -> None:
        try:
            cursor = connection.cursor()
            for pragma in _PRAGMAS:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except BaseException:
            connection.close()  # nobody else knows it yet
            raise
        record.info["file"] = _identity(path)

    @event.listens_for(engine.sync_engine, "checkout")
    def checkout(connection: Any, record: Any, proxy: Any) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError("the file of the database was taken away or replaced")

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,  # the server may have been restarted
        pool_size=5,
        max_overflow=5,
        pool_timeout=_WAIT,
        connect_args={"timeout": _WAIT, "command_timeout": _WAIT},
    )


async def _to_wal(engine: AsyncEngine) -> None:
    """Write-ahead logging, in which readers never wait for a writer; the file keeps it."""
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.execute("PRAGMA journal_mode = WAL")


def _unusable(url: URL, path: Path | None, error: Exception) -> SettingError:
    why = reason(error)
    if path is not None:
        if "not a database" in why or "malformed" in why:
            return _refused(f"{path} is no SQLite database.", "Name another file, or move this one away.")
        if "locked" in why:
            return _refused(f"{path} is locked.", "End the program that holds it, then start again.")
        return _refused(f"{path} can't be used ({why}).", "Name a file that the bot's user may read and write.")
    place = f"{url.host or 'localhost'}:{url.port or 5432}"
    code = _sqlstate(error)
    if code.startswith("28"):
        return _refused(f"PostgreSQL at {place} refuses the user or the password.", "Correct them in the URL.")
    if code == "3D000":
        return _refused(f"PostgreSQL at {place} has no database {url.database!r}.", "Create it with createdb.")
    if code == "42501":
        return _refused(f"the user may not create tables ({why}).", "Grant CREATE on the schema.")
    return _refused(f"PostgreSQL at {place} can't be used ({why}).", "Start it, or correct the URL.")


def _sqlstate(error: BaseException | None) -> str:
    """The five letters that tell what PostgreSQL said, "" where it said nothing."""
    while error is not None:
        for one in (error, getattr(error, "orig", None)):
            code = getattr(one, "sqlstate", None) or getattr(one, "pgcode", None)
            if isinstance(code, str):
                return code
        error = error.__cause__
    return ""
