"""Votes in the database: one a user and message, counted for a server without telling who voted."""

from __future__ import annotations

import datetime
import time
import unicodedata

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fabella.discord.database import upsert
from fabella.discord.health import UNKEPT
from fabella.discord.records import ABOUT, Feedback, Reason, Tally, Vote
from fabella.discord.redacting import sayable
from fabella.discord.tables import votes

_TOP = 10  # of what votes were about, and of reasons
_DAY = 86400


async def cast(connection: AsyncConnection, vote: Vote) -> None:
    """Keep a vote in place of an earlier one; the earlier reason stays if the vote says the same and has none."""
    row = {
        "message_id": vote.message_id,
        "user_id": vote.user_id,
        "guild_id": vote.guild_id,
        "up": vote.up,
        "about": "" if vote.about.partition(":")[0].strip() in UNKEPT else label(vote.about),
        "reason": None if vote.reason is None else sayable(vote.reason),
        "at": int(time.time()),
    }
    keys = ("message_id", "user_id")
    changes: dict[str, object] = {name: value for name, value in row.items() if name not in keys}
    if row["reason"] is None:
        changes["reason"] = case((votes.c.up == vote.up, votes.c.reason), else_=None)
    await connection.execute(upsert(connection, votes, row, keys, changes))


async def add_reason(
    connection: AsyncConnection, guild_id: int | None, message_id: int, user_id: int, said: str
) -> bool:
    """Set the reason of a vote; False where there is no such vote."""
    own = and_(
        votes.c.message_id == message_id,
        votes.c.user_id == user_id,
        votes.c.guild_id == guild_id,  # IS NULL in direct messages
    )
    return (await connection.execute(update(votes).where(own).values(reason=said))).rowcount > 0


async def feedback(connection: AsyncConnection, guild_id: int, days: int) -> Feedback:
    """The votes of a server in the last `days`, counted."""
    recent = and_(votes.c.guild_id == guild_id, votes.c.at > int(time.time()) - days * _DAY)
    ups = func.coalesce(func.sum(case((votes.c.up, 1), else_=0)), 0)
    count = func.count()
    up, total = (await connection.execute(select(ups, count).where(recent))).one()
    by = await connection.execute(
        select(votes.c.about, ups, count)
        .where(recent, votes.c.about != "")
        .group_by(votes.c.about)
        .order_by(count.desc(), votes.c.about)
        .limit(_TOP)
    )
    said = await connection.execute(
        select(votes.c.at, votes.c.up, votes.c.about, votes.c.reason)
        .where(recent, votes.c.reason.is_not(None))
        .order_by(votes.c.at.desc(), votes.c.message_id.desc())
        .limit(_TOP)
    )
    return Feedback(
        days,
        up,
        total - up,
        tuple(Tally(about, above, of - above) for about, above, of in by),
        tuple(Reason(day(at), is_up, about, text) for at, is_up, about, text in said),
    )


async def every(connection: AsyncConnection, guild_id: int) -> tuple[Reason, ...]:
    """Every vote of a server without who voted, the oldest first; `text` is "" where there is no reason."""
    own = select(votes.c.at, votes.c.up, votes.c.about, votes.c.reason).where(votes.c.guild_id == guild_id)
    rows = await connection.execute(own.order_by(votes.c.at, votes.c.about))
    return tuple(Reason(day(at), up, about, text or "") for at, up, about, text in rows)


def day(at: float) -> datetime.date:
    """The day of UTC in which a second since 1970 lies."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).date()


def label(text: str) -> str:
    """`text` on one line of at most 100 characters that every database can hold."""
    seen = "".join(c for c in text[: 4 * ABOUT] if unicodedata.category(c)[0] != "C" or c.isspace())
    return " ".join(seen.split())[:ABOUT]
