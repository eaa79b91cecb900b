"""Runs the migrations over the connection and within the transaction that `fabella.discord.database` hands over."""

from __future__ import annotations

from alembic import context
from fabella.discord.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
