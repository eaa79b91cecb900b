"""Opens the database of the store, brings its tables up to date, and hands out transactions.

SQLite and PostgreSQL, by URL. Every fault of a transaction is a `StoreError`; the next transaction tries anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeVar

from fabella_knowledge.errors import FabellaError
from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from fabella.discord.connecting import SETTING, address, engine, reason, unusable
from fabella.discord.migrating import migrate

_LONGEST = 4.0  # seconds that a caller waits
T = TypeVar("T")


class StoreError(FabellaError):
    """The database can't be used right now. The message tells why, in one line, and holds nothing that is stored."""


class Database:
    """An open database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._running: set[asyncio.Task[Any]] = set()
        # SQLite must know at once that a transaction writes: one that finds out later fails if another wrote meanwhile.
        self._writer = engine.execution_options(writing=True)

    @classmethod
    async def open(cls, text: str) -> Database:
        """The database at a URL, with its tables.

        Raises:
            SettingError: it can't be used; the message says what to do.
        """
        url = address(text)
        database = cls(engine(url))
        try:
            await migrate(database._engine, database._writer, SETTING)
        except FabellaError:
            await database.close()
            raise
        except Exception as error:
            await database.close()
            raise unusable(url, error) from error
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Wait for what is still at work, then close every connection; a second call does nothing."""
        if self._running:
            await asyncio.wait(self._running)
        await self._engine.dispose()

    async def read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """What `work` returns; it sees one state of the database.

        Raises:
            StoreError: the database can't be used, or has not answered within 4 s.
        """
        return await self._run(self._engine, work)

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """What `work` returns; what it writes is kept as a whole, or not at all.

        A caller that is cancelled leaves the work to be finished behind its back.

        Raises:
            StoreError: the database can't be used, or has not answered within 4 s.
        """
        return await self._run(self._writer, work)

    async def _run(self, engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        # In a task of its own: taking a connection out of a call that hangs takes as long as the call, and who waits
        # for an answer can't.
        task = asyncio.create_task(_transaction(engine, work))
        self._running.add(task)
        task.add_done_callback(self._done)
        done, _ = await asyncio.wait({task}, timeout=_LONGEST)
        if not done:
            task.cancel()
            raise _failed("it doesn't answer")
        return task.result()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waits is told; if nobody does, nobody wants to know


async def _transaction(engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    try:
        async with engine.begin() as connection:
            return await work(connection)
    except FabellaError:
        raise
    except Exception as error:  # a connection that breaks raises errors of many kinds, and none may cost an answer
        raise _failed(reason(error)) from error


def _failed(why: str) -> StoreError:
    return StoreError(f"the database can't be used right now: {why}")


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
