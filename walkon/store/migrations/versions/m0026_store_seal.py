"""0026 store_seal, and room for sealed text. Why: whoever steals the disk without the key file reads no name and no word in the store.

Served: store/unsealing.py. What lies there plain is sealed when the keys are known (store/first_sealing.py), not here. Cost: a few
microseconds a value; on a server columns become TEXT, which rewrites nothing. Older processes must be stopped first: they would
read what is sealed. Personal: none. Undone by: restoring a backup.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.first_sealing import PLAIN
from walkon.store.schema import INT64

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "store_seal",
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("since_ms", INT64, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_store_seal"),
    )
    if op.get_bind().dialect.name != "postgresql":
        return  # a file counts no letters
    for plain in PLAIN:
        for name in (*plain.ids, *plain.names, *plain.texts):
            op.alter_column(plain.name, name, type_=sa.Text())
