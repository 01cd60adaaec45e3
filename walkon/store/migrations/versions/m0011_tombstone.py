"""0011 tombstone. Why: what ended for good must stay ended after a restore of an older backup.

Served: store/tombstones.py. Cost: one row for each end. Personal: nothing; a person's subject is a keyed hash. Only adds.
Undone by: dropping the table.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "tombstone",
        sa.Column("seq", INT64, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
    )
