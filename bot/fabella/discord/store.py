"""Keeps what must outlive a restart: settings of servers, votes, questions without an answer, pages of long answers."""

from __future__ import annotations

import datetime
import time
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from fabella.discord import servers, unanswered, votes
from fabella.discord.database import Database, StoreError, upsert
from fabella.discord.records import Feedback, Forgotten, Reason, ServerSettings, Unanswered, Vote
from fabella.discord.redacting import keepable, sayable
from fabella.discord.remembering import Remembered
from fabella.discord.servers import Change
from fabella.discord.tables import pages
from fabella.discord.tables import servers as servers_table
from fabella.discord.tables import unanswered as unanswered_table
from fabella.discord.tables import votes as votes_table

__all__ = ["Store", "StoreError"]

_DAY = 86400
_FRESH = 30.0  # seconds for which settings are remembered; another process may have changed them


class Store:
    """The storage of one bot; several processes may share the database.

    Every method but `server` raises `StoreError` when the database fails, after 4 s at most, and the next call tries
    anew. A caller that is cancelled leaves what it wanted written to be written behind its back. Nothing here logs or
    tells what is stored.
    """

    def __init__(self, database: Database, *, fresh: float = _FRESH) -> None:
        self._database = database
        self._settings = Remembered(self._read, fresh=fresh)

    @classmethod
    async def open(cls, url: str, *, fresh: float = _FRESH) -> Store:
        """The store at "sqlite+aiosqlite:///PATH" (file and folder are made) or "postgresql+asyncpg://...", with its
        tables up to date. `fresh`: seconds for which another process's change of settings may go unseen.

        Raises:
            SettingError: the database can't be used; the message names FABELLA_DISCORD_DATABASE and says what to do.
        """
        return cls(await Database.open(url), fresh=fresh)

    async def close(self) -> None:
        """Close the database's connections; a second call does nothing."""
        await self._settings.close()
        await self._database.close()

    async def server(self, guild_id: int) -> ServerSettings:
        """The settings of a server; the defaults where none are stored, and for 0 (direct messages).

        Never fails, and takes 1 s at most: while the database can't be used it gives what was last known.
        """
        return ServerSettings(0) if guild_id == 0 else await self._settings.get(guild_id)

    async def change(self, guild_id: int, how: Change | None = None, /, **changes: Any) -> ServerSettings:
        """Change some settings of a server, by name; what comes back are all of them, and holds from now on.

        `how` makes changes from the settings as they stand in the database, so that of two who add a channel at the
        same time both do.

        Raises:
            SettingError: a value that can't be used, or no such setting; nothing is changed.
            StoreError: the database failed; nothing is changed.
        """
        servers.changed(ServerSettings(guild_id), changes)  # told before the database is asked

        def both(held: ServerSettings) -> dict[str, Any]:
            return {**(how(held) if how is not None else {}), **changes}

        made = await self._database.write(lambda connection: servers.change(connection, guild_id, both))
        self._settings.put(made)
        return made

    async def vote(self, vote: Vote) -> None:
        """Keep a vote. A user has one a message: a later one replaces it, and keeps its reason if it says the same.

        A vote on an answer that refused a question about health is kept without what it was about.

        Raises:
            StoreError: the database failed; the vote is not kept.
        """
        await self._database.write(lambda connection: votes.cast(connection, vote))

    async def add_reason(self, guild_id: int | None, message_id: int, user_id: int, reason: str) -> bool:
        """Add why to a user's vote on a message, redacted. False where there is no such vote, and where nothing may be
        kept of the reason: it tells of somebody's health, or is empty.

        Raises:
            StoreError: the database failed; the reason is not kept.
        """
        said = sayable(reason)
        if said is None:
            return False
        return await self._database.write(
            lambda connection: votes.add_reason(connection, guild_id, message_id, user_id, said)
        )

    async def feedback(self, guild_id: int, *, days: int = 30) -> Feedback:
        """The votes of a server in the last `days`, with the ten things most voted about and the ten newest reasons.

        Raises:
            StoreError: the database failed.
        """
        return await self._database.read(lambda connection: votes.feedback(connection, guild_id, days))

    async def record_unanswered(self, guild_id: int, text: str, intent: str, *, times: int = 1) -> bool:
        """Keep a question that was not answered, redacted and without who asked; one asked before is counted on.

        False where it is not kept: the server doesn't want it, it may be about somebody's health, nothing is left.

        Raises:
            StoreError: the database failed; it is not kept.
        """
        kept = keepable(text, intent)
        if kept is None:
            return False

        async def work(connection: AsyncConnection) -> bool:
            # Asked here and not from memory: an owner may have said no in another process.
            if not (await servers.held(connection, guild_id)).keep_unanswered:
                return False
            await unanswered.record(connection, guild_id, kept, intent, times)
            return True

        return await self._database.write(work)

    async def unanswered(self, guild_id: int, *, limit: int = 25) -> tuple[Unanswered, ...]:
        """What could not be answered in a server in the last 30 days: the last asked first, then the most asked.

        Raises:
            StoreError: the database failed.
        """
        return await self._database.read(lambda connection: unanswered.newest(connection, guild_id, limit))

    async def keep_pages(self, key: str, texts: tuple[str, ...], *, days: int = 30) -> None:
        """Keep the pages of a long answer for some days under a key of at most 100 characters.

        Raises:
            StoreError: the database failed; they are not kept.
        """
        row = {"key": key, "texts": list(texts), "until": int(time.time()) + days * _DAY}
        await self._database.write(lambda connection: connection.execute(upsert(connection, pages, row, ("key",))))

    async def pages(self, key: str) -> tuple[str, ...] | None:
        """The pages under a key, None where there are none, or no longer.

        Raises:
            StoreError: the database failed.
        """
        kept = select(pages.c.texts).where(pages.c.key == key, pages.c.until > int(time.time()))
        rows = await self._database.read(lambda connection: connection.execute(kept))
        found = rows.scalar_one_or_none()
        return None if found is None else tuple(found)

    async def export(self, guild_id: int) -> dict[str, Any]:
        """All that is kept about a server, for `json.dump`: ids as text, days as ISO 8601, votes without users.

        Raises:
            StoreError: the database failed.
        """

        async def work(
            connection: AsyncConnection,
        ) -> tuple[ServerSettings, tuple[Unanswered, ...], tuple[Reason, ...]]:
            return (
                await servers.held(connection, guild_id),
                await unanswered.newest(connection, guild_id, None),
                await votes.every(connection, guild_id),
            )

        held, asked, cast = await self._database.read(work)
        settings = asdict(held)
        del settings["guild_id"]
        for name in ("channels", "listening"):
            settings[name] = [str(one) for one in settings[name]]
        return {
            "format": 1,
            "exported": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "server": str(guild_id),
            "settings": settings,
            "unanswered": [
                {**asdict(one), "first_day": one.first_day.isoformat(), "last_day": one.last_day.isoformat()}
                for one in asked
            ],
            "votes": [
                {"day": one.day.isoformat(), "up": one.up, "about": one.about, "reason": one.text or None}
                for one in cast
            ],
        }

    async def forget_server(self, guild_id: int) -> Forgotten:
        """Delete the settings, the votes and the unanswered questions of a server.

        Raises:
            StoreError: the database failed; nothing is deleted.
        """

        async def work(connection: AsyncConnection) -> Forgotten:
            return Forgotten(
                *[
                    (await connection.execute(delete(table).where(table.c.guild_id == guild_id))).rowcount
                    for table in (servers_table, votes_table, unanswered_table)
                ]
            )

        gone = await self._database.write(work)
        self._settings.put(ServerSettings(guild_id))
        return gone

    async def forget_user(self, user_id: int) -> Forgotten:
        """Delete every vote of a user, with its reason, in every server and in direct messages.

        Raises:
            StoreError: the database failed; nothing is deleted.
        """
        own = delete(votes_table).where(votes_table.c.user_id == user_id)
        gone = await self._database.write(lambda connection: connection.execute(own))
        return Forgotten(votes=gone.rowcount)

    async def expire(self, now: datetime.datetime | None = None) -> int:
        """Delete questions that were last asked more than 30 days before `now`, and pages that are out of date.

        What comes back is how many there were.

        Raises:
            StoreError: the database failed; nothing is deleted.
        """
        at = time.time() if now is None else now.timestamp()

        async def work(connection: AsyncConnection) -> int:
            stale = await connection.execute(delete(pages).where(pages.c.until <= int(at)))
            return stale.rowcount + await unanswered.expire(connection, at)

        return await self._database.write(work)

    async def _read(self, guild_id: int) -> ServerSettings:
        return await self._database.read(lambda connection: servers.held(connection, guild_id))
