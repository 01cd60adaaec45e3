"""0025 door_mark. Why: who closed their door after a backup was made, and is not in it, is not asked again once it was put back.

Served: consent/door_tables.py. Cost: a look by key for each person who is named in a prompt; the table is empty but after a restore.
Personal: person_key (a keyed hash; goes when the person is known). Only adds. Undone by: dropping the table.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "door_mark",
        sa.Column("person_key", sa.String(64), nullable=False),
        sa.Column("since_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("person_key", name="pk_door_mark"),
    )
