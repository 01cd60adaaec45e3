"""0010 telegram_file. Why: an inline message can only show a file that Telegram has, and a restart must not forget which those are.

Served: bot/platforms/telegram/known_files.py. Cost: one short row for each clip that was posted on Telegram. Personal: nothing.
Only adds. Undone by: dropping the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table("telegram_file", sa.Column("key", sa.String(160), primary_key=True), sa.Column("file_id", sa.Text, nullable=False))
