"""0021 guardianship, guardian_offer, guarded_mark, ask.given. Why: somebody looks after a young person's account, and answers after them.

Served: consent/guardian_tables.py, consent/tables.py. Cost: a row a young person. Only adds.
Personal: all of guardianship and guardian_offer (erased by person; that an account is looked after stays as ids until it ends).
Undone by: dropping the tables and the column.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "guardianship",
        sa.Column("ward_id", sa.String(128), nullable=False),
        sa.Column("ward", sa.Text, nullable=False),
        sa.Column("guardian_id", sa.String(128), nullable=False),
        sa.Column("guardian", sa.Text, nullable=False),
        sa.Column("since_ms", INT64, nullable=False),
        sa.Column("of_age_ms", INT64),
        sa.Column("limits", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("ward_id", name="pk_guardianship"),
    )
    op.create_index("ix_guardianship_guardian_id", "guardianship", ["guardian_id"])
    op.create_table(
        "guardian_offer",
        sa.Column("guardian_id", sa.String(128), nullable=False),
        sa.Column("guardian", sa.Text, nullable=False),
        sa.Column("code_sha256", sa.LargeBinary, nullable=False),
        sa.Column("of_age_ms", INT64, nullable=False),
        sa.Column("expires_ms", INT64, nullable=False),
        sa.Column("ward_id", sa.String(128)),
        sa.Column("ward", sa.Text),
        sa.PrimaryKeyConstraint("guardian_id", name="pk_guardian_offer"),
        sa.UniqueConstraint("code_sha256", name="uq_guardian_offer_code_sha256"),
    )
    op.create_table(
        "guarded_mark",
        sa.Column("person_key", sa.String(64), nullable=False),
        sa.Column("since_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("person_key", name="pk_guarded_mark"),
    )
    op.add_column("ask", sa.Column("given", sa.Text))
