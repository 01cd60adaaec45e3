"""0016 outbox.deliverer, outbox.claimed_until_ms, duty. Why: several processes deliver and receive on a shared store, each thing by one.

Served: store/claims.py, store/duty.py. Cost: one write for a claim of many rows; one each few seconds and process for duties.
Personal: nothing. Only adds. Undone by: dropping the columns and the table.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("deliverer", sa.String(32)))
    op.add_column("outbox", sa.Column("claimed_until_ms", INT64, nullable=False, server_default="0"))
    op.create_table(
        "duty",
        sa.Column("duty", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("until_ms", INT64, nullable=False),
    )
