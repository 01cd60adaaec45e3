"""0022 reach. Why: what no worker's memory holds is refused before it is promised.

Served: library/reach.py. Cost: a row a worker, rewritten every 40 s, gone after two minutes. Only adds.
Personal: none. Undone by: dropping the table.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "reach",
        sa.Column("worker_id", sa.String(128), primary_key=True),
        sa.Column("lanes", sa.Text, nullable=False),
        sa.Column("longest_ms", INT64, nullable=False),
        sa.Column("until_ms", INT64, nullable=False),
    )
