"""Alembic's entry: the connection is handed over by `store/database.py`."""

from alembic import context

from walkon.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
