"""0020 report.person, report.judged, appeal. Why: who reported is told what came of it, and what was decided is looked at once more.

Served: moderation/report_tables.py, moderation/appeal_tables.py. Cost: a row an appeal, at most one a deed. Only adds.
Personal: report.person, appeal.person_id, person, by_person (erased by person). Undone by: dropping the columns and the table.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("report", sa.Column("person", sa.Text))
    op.add_column("report", sa.Column("judged", INT64, nullable=False, server_default="0"))
    op.create_index("ix_report_person_id_at_ms", "report", ["person_id", "at_ms"])
    op.create_index("ix_moderation_log_clip_id", "moderation_log", ["clip_id"])
    op.create_index("ix_moderation_log_person_id_at_ms", "moderation_log", ["person_id", "at_ms"])
    op.create_table(
        "appeal",
        sa.Column("line", INT64, primary_key=True, autoincrement=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("by_person", sa.Text),
        sa.Column("decided_ms", INT64),
    )
    op.create_index("ix_appeal_place_id_state", "appeal", ["place_id", "state"])
