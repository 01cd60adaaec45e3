"""0012 clip.held, clip.withheld. Why: a clip that a check is not sure about must be kept from everybody until somebody judges it.

Served: library/tables.py, with the clip's row. Cost: two columns, empty in nearly all rows. Personal: nothing; the files go with
the clip. Only adds, so the previous release keeps running. Undone by: dropping the columns.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("clip", sa.Column("held", sa.String(32)))
    op.add_column("clip", sa.Column("withheld", sa.Text))
