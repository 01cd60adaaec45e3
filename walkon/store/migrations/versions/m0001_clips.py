"""0001 clips and outbox. Why: what was accepted must be on disk before anybody is told so.

Served: library/tables.py, store/outbox.py. Cost: one indexed write each. The first, so nothing runs beside it.
Personal: clip.person*, clip.prompt (erased by person). Undone by: dropping both tables.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "clip",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("event", sa.String(128), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("scene", sa.LargeBinary, nullable=False),
        sa.Column("lane", sa.String(64), nullable=False),
        sa.Column("max_bytes", INT64, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("token", INT64, nullable=False),
        sa.Column("asked_ms", INT64, nullable=False),
        sa.Column("ended_ms", INT64),
        sa.Column("finished", sa.Text),
        sa.Column("cancelled_by", sa.String(32)),
        sa.Column("failure", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_clip"),
        sa.UniqueConstraint("event", name="uq_clip_event"),
    )
    op.create_index("ix_clip_person_id_asked_ms", "clip", ["person_id", "asked_ms"])
    op.create_index("ix_clip_state_asked_ms", "clip", ["state", "asked_ms"])
    op.create_table(
        "outbox",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("ref", sa.Text),
        sa.Column("follows", sa.Text),
        sa.Column("wanted", INT64, nullable=False),
        sa.Column("shown", INT64, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("due_ms", INT64, nullable=False),
        sa.Column("held_until_ms", INT64, nullable=False),
        sa.Column("attempts", INT64, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("created_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
    )
    op.create_index("ix_outbox_platform_due", "outbox", ["platform", "state", "held_until_ms"])
    op.create_index("ix_outbox_subject", "outbox", ["subject"])
