"""0004 clip.parent. Why: a remix names the clip it was made from, and a clip knows its remixes.

Served: library/lineage.py, the line of parents and children. Cost: one more indexed column, nothing for clips without a parent.
Personal: nothing. Only adds. Undone by: dropping the index and the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("clip", sa.Column("parent", sa.String(16)))
    op.create_index("ix_clip_parent_asked_ms", "clip", ["parent", "asked_ms"])
