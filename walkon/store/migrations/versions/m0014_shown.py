"""0014 appearance.shown_ms. Why: a yes may be taken back by a reaction until its clip is shown, and what was shown stays under other terms.

Served: consent/tables.py note_shown, is_shown. Cost: one write at the first showing. Personal: nothing. Only adds. Undone by: dropping it.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("appearance", sa.Column("shown_ms", INT64))
