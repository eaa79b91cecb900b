"""The tables of the store. A change here needs a migration beside it; a test holds them together.

Names begin with `fabella_`, so that a bot may share its own database.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSION_TABLE = "fabella_version"  # Alembic's

metadata = MetaData()

servers = Table(
    "fabella_servers",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channels", JSON, nullable=False),
    Column("listening", JSON, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("per_minute", Integer, nullable=False),
    Column("keep_unanswered", Boolean, nullable=False),
)

votes = Table(
    "fabella_votes",
    metadata,
    Column("message_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger),
    Column("up", Boolean, nullable=False),
    Column("about", String(100), nullable=False),
    Column("reason", Text),
    Column("at", BigInteger, nullable=False),  # seconds since 1970, UTC
    PrimaryKeyConstraint("message_id", "user_id", name="fabella_votes_key"),
    Index("fabella_votes_server", "guild_id", "at"),
    Index("fabella_votes_user", "user_id"),
)

unanswered = Table(
    "fabella_unanswered",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("folded", Text, nullable=False),  # what makes two questions equal
    Column("text", Text, nullable=False),
    Column("intent", String(100), nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    UniqueConstraint("guild_id", "folded", name="fabella_unanswered_key"),
    Index("fabella_unanswered_day", "last_day"),
)

pages = Table(
    "fabella_pages",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("texts", JSON, nullable=False),
    Column("until", BigInteger, nullable=False),  # seconds since 1970, UTC
    Index("fabella_pages_until", "until"),
)
