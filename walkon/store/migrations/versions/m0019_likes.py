"""0019 clip_like, outbox.calm_ms. Why: people say that they like a clip, and find it again; its cards follow calmly.

Served: library/likes.py, outbox.touch_calmly. Cost: a row for each person and clip that ever had an opinion, found by its clip or by the
account. Only adds.
Personal: account_id (erased by person, and with the clip). Undone by: dropping the table and the column.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "clip_like",
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.Column("account_id", sa.String(128), nullable=False),
        sa.Column("stands", sa.Boolean, nullable=False),
        sa.Column("event", sa.String(128), nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("clip_id", "account_id", name="pk_clip_like"),
    )
    op.create_index("ix_clip_like_account_id_at_ms", "clip_like", ["account_id", "at_ms"])
    op.add_column("outbox", sa.Column("calm_ms", INT64, nullable=False, server_default="0"))
