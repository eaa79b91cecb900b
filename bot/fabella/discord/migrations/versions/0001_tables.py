"""The first tables: settings of servers, votes, questions without an answer, pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Creates the tables."""
    op.create_table(
        "fabella_servers",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("channels", sa.JSON, nullable=False),
        sa.Column("listening", sa.JSON, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("per_minute", sa.Integer, nullable=False),
        sa.Column("keep_unanswered", sa.Boolean, nullable=False),
    )
    op.create_table(
        "fabella_votes",
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("up", sa.Boolean, nullable=False),
        sa.Column("about", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "user_id", name="fabella_votes_key"),
    )
    op.create_index("fabella_votes_server", "fabella_votes", ["guild_id", "at"])
    op.create_index("fabella_votes_user", "fabella_votes", ["user_id"])
    op.create_table(
        "fabella_unanswered",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("intent", sa.String(100), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.UniqueConstraint("guild_id", "folded", name="fabella_unanswered_key"),
    )
    op.create_index("fabella_unanswered_day", "fabella_unanswered", ["last_day"])
    op.create_table(
        "fabella_pages",
        sa.Column("key", sa.String(100), primary_key=True),
        sa.Column("texts", sa.JSON, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("fabella_pages_until", "fabella_pages", ["until"])
