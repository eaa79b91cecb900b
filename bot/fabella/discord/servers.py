"""Settings of servers in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from fabella_knowledge.errors import SettingError
from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fabella.discord.database import insert_missing
from fabella.discord.records import ServerSettings
from fabella.discord.tables import servers

_NAMES = tuple(one.name for one in fields(ServerSettings) if one.name != "guild_id")
Change = Callable[[ServerSettings], Mapping[str, Any]]


async def held(connection: AsyncConnection, guild_id: int) -> ServerSettings:
    """The settings of a server; the defaults where none are stored."""
    row = (await connection.execute(select(servers).where(servers.c.guild_id == guild_id))).one_or_none()
    return ServerSettings(guild_id) if row is None else _settings(row)


async def change(connection: AsyncConnection, guild_id: int, how: Change) -> ServerSettings:
    """Change settings as `how` says from those that are stored; nobody else changes them meanwhile."""
    await connection.execute(insert_missing(connection, servers, _row(ServerSettings(guild_id))))
    own = servers.c.guild_id == guild_id
    stored = _settings((await connection.execute(select(servers).where(own).with_for_update())).one())
    made = changed(stored, how(stored))
    await connection.execute(update(servers).where(own).values(**_row(made)))
    return made


def changed(settings: ServerSettings, changes: Mapping[str, Any]) -> ServerSettings:
    """The settings with some changed.

    Raises:
        SettingError: a value that can't be used, or no such setting.
    """
    for name in changes:
        if name not in _NAMES:
            raise SettingError(f"{name}: there is no such setting of a server. There are {', '.join(_NAMES)}.")
    return replace(settings, **changes)


def _settings(row: Row[Any]) -> ServerSettings:
    return ServerSettings(**row._mapping)


def _row(settings: ServerSettings) -> dict[str, Any]:
    row = {one.name: getattr(settings, one.name) for one in fields(settings)}
    return {**row, "channels": list(settings.channels), "listening": list(settings.listening)}
