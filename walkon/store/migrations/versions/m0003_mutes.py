"""0003 mute, moderation_log. Why: a mute must survive a restart and bind every process; what moderators did must be answerable.

Served: moderation/tables.py. Cost: one read by primary key before each command and press, two writes for a deed. Only adds.
Personal: mute.person_id, person, reason, by_id, by; moderation_log the same (erased by person). Undone by: dropping both tables.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "mute",
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("until_ms", INT64),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by_id", sa.String(128), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "place_id", name="pk_mute"),
    )
    op.create_table(
        "moderation_log",
        sa.Column("seq", INT64, primary_key=True, autoincrement=True),
        sa.Column("event", sa.String(128), nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.Column("deed", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("until_ms", INT64),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("by_id", sa.String(128), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("running", INT64, nullable=False),
        sa.Column("waiting", INT64, nullable=False),
        sa.UniqueConstraint("event", name="uq_moderation_log_event"),
    )
    op.create_index("ix_moderation_log_place_id_seq", "moderation_log", ["place_id", "seq"])
