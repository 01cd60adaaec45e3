"""0006 key_file, sealed_key, ledger, ledger_node, ledger_head. Why: what was decided must be provable later and erasable all the same.

Served: store/ledger.py, store/sealed_keys.py. Cost: an entry reads the hashes of one branch (log n) and writes two rows on average.
Personal: sealed_key.owner and, by its keys, ledger.sealed (erased by person). Only adds. Undone by: dropping the five tables.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "key_file",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("since_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_key_file"),
    )
    op.create_table(
        "sealed_key",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("wrapping_version", INT64, nullable=False),
        sa.Column("made_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sealed_key"),
    )
    op.create_index("ix_sealed_key_owner_purpose", "sealed_key", ["owner", "purpose"])
    op.create_table(
        "ledger",
        sa.Column("seq", INT64, nullable=False, autoincrement=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("commitment", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("root_before", sa.LargeBinary, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_ledger"),
    )
    op.create_index("ix_ledger_key_id", "ledger", ["key_id"])
    op.create_table(
        "ledger_node",
        sa.Column("level", INT64, nullable=False),
        sa.Column("position", INT64, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name="pk_ledger_node"),
    )
    op.create_table(
        "ledger_head",
        sa.Column("size", INT64, nullable=False, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_ledger_head"),
    )
