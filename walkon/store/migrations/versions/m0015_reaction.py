"""0015 reaction. Why: a yes given by a reaction ends when the reaction is taken away, also while walkon was not there to see it.

Served: store/reactions.py. Cost: one row for each reaction that counts, found by its subject. Personal: account_id (erased by
person). Only adds. Undone by: dropping the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "reaction",
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(128), nullable=False),
        sa.Column("emoji", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("subject", "account_id", "emoji", name="pk_reaction"),
    )
