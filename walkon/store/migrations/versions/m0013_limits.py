"""0013 spending, place_rules. Why: quotas must hold over restarts and processes, and a place may have lower ones than the host.

Served: library/spending.py, moderation/tables.py. Cost: a row a clip and day, one indexed count a limit at each promise. Only adds.
Personal: spending.person_id (gone by itself after a day). Undone by: dropping both tables.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "spending",
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.Column("video_ms", INT64, nullable=False),
        sa.Column("energy_uwh", INT64, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("clip_id", name="pk_spending"),
    )
    op.create_index("ix_spending_person_id_at_ms", "spending", ["person_id", "at_ms"])
    op.create_index("ix_spending_place_id_at_ms", "spending", ["place_id", "at_ms"])
    op.create_table(
        "place_rules",
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("place_id", name="pk_place_rules"),
    )
