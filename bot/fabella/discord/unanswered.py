"""Questions without an answer in the database: of a server, with nothing of who asked."""

from __future__ import annotations

import time

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from fabella.discord.database import upsert
from fabella.discord.records import Unanswered
from fabella.discord.tables import unanswered
from fabella.discord.votes import day, label

DAYS = 30  # that a question is kept after it was last asked
ROOM = 1000  # questions of a server; the oldest go first
_DAY = 86400


async def record(connection: AsyncConnection, guild_id: int, text: str, intent: str, times: int = 1) -> None:
    """Keep a question, or count it where it was asked before. `text` is what `keepable` left of it."""
    today = day(time.time())
    row = {
        "guild_id": guild_id,
        "folded": text.casefold().rstrip(" ?!.,;:"),
        "text": text,
        "intent": label(intent),
        "count": times,
        "first_day": today,
        "last_day": today,
    }
    changes = {"count": unanswered.c.count + times, "last_day": today, "intent": row["intent"]}
    await connection.execute(upsert(connection, unanswered, row, ("guild_id", "folded"), changes))
    surplus = (
        select(unanswered.c.id)
        .where(unanswered.c.guild_id == guild_id)
        .order_by(unanswered.c.last_day.desc(), unanswered.c.id.desc())
        .offset(ROOM)
    )
    await connection.execute(delete(unanswered).where(unanswered.c.id.in_(surplus)))


async def newest(connection: AsyncConnection, guild_id: int, limit: int | None) -> tuple[Unanswered, ...]:
    """The questions of the last 30 days: the last asked first, then the most asked."""
    table = unanswered.c
    asked = (
        select(table.text, table.intent, table.count, table.first_day, table.last_day)
        .where(table.guild_id == guild_id, table.last_day >= day(time.time() - DAYS * _DAY))
        .order_by(table.last_day.desc(), table.count.desc(), table.id.desc())
        .limit(limit)
    )
    return tuple(Unanswered(*row) for row in await connection.execute(asked))


async def expire(connection: AsyncConnection, at: float) -> int:
    """Delete what was last asked more than 30 days before `at`, in seconds since 1970; how many there were."""
    gone: CursorResult[tuple[()]] = await connection.execute(
        delete(unanswered).where(unanswered.c.last_day < day(at - DAYS * _DAY))
    )
    return gone.rowcount
