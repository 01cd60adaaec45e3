"""0008 outbox.message. Why: a reaction names only the message it is on, and must find what that message is about.

Served: store/outbox.py at(), standing(). Cost: one more indexed column, written with the ref. Personal: nothing. Only adds; rows
that stand already get it when they are shown next. Undone by: dropping the index and the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("message", sa.String(64)))
    op.create_index("ix_outbox_message", "outbox", ["platform", "message"])
