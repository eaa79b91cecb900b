"""Makes the engine for the URL of a database, and tells in plain words why one can't be used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fabella_knowledge.errors import SettingError, brief
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

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


def address(text: str) -> URL:
    """The URL of a database of a kind that can be used.

    Raises:
        SettingError: it is none.
    """
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


def engine(url: URL) -> AsyncEngine:
    """The engine for a URL; nothing is connected yet. The file of a SQLite database is made where it is missing.

    Raises:
        SettingError: a driver is missing, or the file can't be made.
    """
    is_sqlite = url.get_backend_name() == "sqlite"
    try:
        return _sqlite(_file(url)) if is_sqlite else _postgresql(url)
    except ModuleNotFoundError as error:
        extra = "discord" if is_sqlite else "postgres"
        raise _refused(f"{error.name} is not installed.", f"Run pip install 'fabella[{extra}]'.") from None


def unusable(url: URL, error: Exception) -> SettingError:
    """The error that says why a database can't be opened, and what to do. It doesn't hold the password."""
    why = reason(error)
    if url.get_backend_name() == "sqlite":
        path = _path(url)
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


def reason(error: BaseException) -> str:
    """Why a database failed, in a line without the statement and without its values."""
    if isinstance(error, PoolTimeout):
        return "too many wait for it"
    orig = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(orig).splitlines() or [""]
    said = lines[0].removeprefix(f"{type(orig)}: ").rpartition(">: ")[2].strip()
    return brief(said or type(orig).__name__)


def _refused(*lines: str) -> SettingError:
    return SettingError(f"{SETTING}: {' '.join(lines)}")


def _path(url: URL) -> Path:
    return Path(str(url.database)).expanduser().absolute()


def _file(url: URL) -> Path:
    """The file of a SQLite database; it and its folder are made, for nobody else to read."""
    path = _path(url)
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


def _sqlstate(error: BaseException | None) -> str:
    """The five letters that tell what PostgreSQL said, "" where it said nothing."""
    while error is not None:
        for one in (error, getattr(error, "orig", None)):
            code = getattr(one, "sqlstate", None) or getattr(one, "pgcode", None)
            if isinstance(code, str):
                return code
        error = error.__cause__
    return ""
