"""0002 web_message, web_session. Why: the local page is its own chat system, so its conversation must survive a restart.

Served: bot/platforms/web/tables.py. Cost: one indexed write a message, one a name given. Only adds.
Personal: web_message.person_id, visible_to, author, text, card; web_session.name (erased by person). Undone by: dropping both tables.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "web_message",
        sa.Column("seq", INT64, primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("visible_to", sa.String(128)),
        sa.Column("person_id", sa.String(128)),
        sa.Column("author", sa.Text),
        sa.Column("text", sa.Text),
        sa.Column("card", sa.Text),
        sa.Column("locale", sa.String(32), nullable=False),
        sa.Column("answered", sa.Boolean, nullable=False),
        sa.Column("revision", INT64, nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.UniqueConstraint("key", name="uq_web_message_key"),
    )
    op.create_index("ix_web_message_channel_seq", "web_message", ["channel", "seq"])
    op.create_index("ix_web_message_revision", "web_message", ["revision"])
    op.create_index("ix_web_message_answered", "web_message", ["answered"])
    op.create_table(
        "web_session",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.Text),
        sa.Column("admitted", sa.Boolean, nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
    )
