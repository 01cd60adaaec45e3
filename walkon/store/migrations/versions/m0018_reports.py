"""0018 report, review, review_channel, moderation_log.clip_id. Why: what people report is looked at by moderators, and stays answerable.

Served: moderation/report_tables.py. Cost: a row a report, two for what was decided. Only adds.
Personal: report.person_id, reason; review.by_person (erased by person). Undone by: dropping the tables and the column.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("clip_id", "person_id", name="pk_report"),
    )
    op.create_table(
        "review",
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("by_person", sa.Text),
        sa.Column("decided_ms", INT64),
        sa.PrimaryKeyConstraint("clip_id", name="pk_review"),
    )
    op.create_index("ix_review_place_id_state", "review", ["place_id", "state"])
    op.create_table(
        "review_channel",
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("place_id", name="pk_review_channel"),
    )
    op.add_column("moderation_log", sa.Column("clip_id", sa.String(16)))
