"""0023 outbox.stood. Why: a mute stops what was finished and never seen; a message whose last state once stood was seen.

Served: store/outbox.py (`acknowledge`, `unseen`). Cost: a flag a message. Only adds.
Personal: nothing. Undone by: dropping the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("stood", sa.Boolean, nullable=False, server_default=sa.false()))
    outbox = sa.table("outbox", sa.column("state", sa.String), sa.column("stood", sa.Boolean))
    op.execute(sa.update(outbox).where(outbox.c.state == "settled").values(stood=sa.true()))
