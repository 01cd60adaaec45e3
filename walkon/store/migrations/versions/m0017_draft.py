"""0017 clip.draft. Why: while a model renders, a drawn preview stands in the chat, and must be found again after a restart.

Served: library/tables.py, with the clip's row. Cost: one column, empty once a clip has ended. Personal: nothing; the files go with
the clip. Only adds, so the previous release keeps running. Undone by: dropping the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("clip", sa.Column("draft", sa.Text))
