"""0024 reach.extends. Why: `/sora extend` is refused while no worker's engine can go on from a clip, which only its servers know.

Served: library/reach.py (`extends`). Cost: a flag a worker. Only adds.
Personal: none. Undone by: dropping the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("reach", sa.Column("extends", sa.Boolean, nullable=False, server_default=sa.false()))
