"""0007 likeness, ask, permission, consent_grant, never_ask, appearance, account, account_link. Why: nobody appears who did not agree.

Served: consent/tables.py, store/accounts.py. Cost: the gate reads by clip, one indexed read each of people, grants and likenesses; a
clip without people costs one read. Personal: see PERSONAL there (erased by person). Only adds. Undone by: dropping the tables.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0007"
down_revision = "0006"


def _people() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", sa.String(128), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("linked_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account"),
    )
    op.create_index("ix_account_person_id", "account", ["person_id"])
    op.create_table(
        "account_link",
        sa.Column("account_id", sa.String(128), nullable=False),
        sa.Column("code_sha256", sa.LargeBinary, nullable=False),
        sa.Column("claimed_by_id", sa.String(128)),
        sa.Column("expires_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_link"),
        sa.UniqueConstraint("code_sha256", name="uq_account_link_code_sha256"),
    )
    op.create_table(
        "likeness",
        sa.Column("owner_id", sa.String(128), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("handle_looks", sa.String(64), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("enrolled_ms", INT64, nullable=False),
        sa.Column("used_ms", INT64, nullable=False),
        sa.Column("audience", sa.String(32), nullable=False),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("always_ask", sa.Boolean, nullable=False),
        sa.Column("refused", sa.Text, nullable=False),
        sa.Column("may_travel", sa.Boolean, nullable=False),
        sa.Column("ends_ms", INT64),
        sa.Column("version", INT64, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name="pk_likeness"),
        sa.UniqueConstraint("id", name="uq_likeness_id"),
        sa.UniqueConstraint("handle", name="uq_likeness_handle"),
        sa.UniqueConstraint("handle_looks", name="uq_likeness_handle_looks"),
    )


def _questions() -> None:
    op.create_table(
        "ask",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.Column("owner_id", sa.String(128), nullable=False),
        sa.Column("requester_id", sa.String(128), nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("asked_ms", INT64, nullable=False),
        sa.Column("expires_ms", INT64, nullable=False),
        sa.Column("heard", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("answered_ms", INT64),
        sa.PrimaryKeyConstraint("id", name="pk_ask"),
    )
    op.create_index("ix_ask_clip_id", "ask", ["clip_id"])
    op.create_index("ix_ask_owner_id_asked_ms", "ask", ["owner_id", "asked_ms"])
    op.create_index("ix_ask_state_expires_ms", "ask", ["state", "expires_ms"])
    op.create_table(
        "never_ask",
        sa.Column("owner_id", sa.String(128), nullable=False),
        sa.Column("reach", sa.String(32), nullable=False),
        sa.Column("asker_id", sa.String(128), nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "reach", "asker_id", "place_id", name="pk_never_ask"),
    )


def _answers() -> None:
    op.create_table(
        "permission",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("owner_id", sa.String(128), nullable=False),
        sa.Column("to_id", sa.String(128), nullable=False),
        sa.Column("likeness_id", sa.String(16), nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("given_ms", INT64, nullable=False),
        sa.Column("until_ms", INT64),
        sa.Column("covers_remix", sa.Boolean, nullable=False),
        sa.Column("may_travel", sa.Boolean, nullable=False),
        sa.Column("withdrawn_ms", INT64),
        sa.PrimaryKeyConstraint("id", name="pk_permission"),
    )
    op.create_index("ix_permission_owner_id_to_id", "permission", ["owner_id", "to_id"])
    op.create_table(
        "consent_grant",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.Column("owner_id", sa.String(128), nullable=False),
        sa.Column("requester_id", sa.String(128), nullable=False),
        sa.Column("likeness_id", sa.String(16), nullable=False),
        sa.Column("place_id", sa.String(128), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("given_ms", INT64, nullable=False),
        sa.Column("via", sa.String(16)),
        sa.Column("covers_remix", sa.Boolean, nullable=False),
        sa.Column("may_travel", sa.Boolean, nullable=False),
        sa.Column("expires_ms", INT64),
        sa.Column("withdrawn_ms", INT64),
        sa.PrimaryKeyConstraint("id", name="pk_consent_grant"),
    )
    op.create_index("ix_consent_grant_clip_id_owner_id", "consent_grant", ["clip_id", "owner_id"], unique=True)
    op.create_index("ix_consent_grant_owner_id", "consent_grant", ["owner_id"])
    op.create_index("ix_consent_grant_via", "consent_grant", ["via"])


def _appearances() -> None:
    op.create_table(
        "appearance",
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("since_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "clip_id", name="pk_appearance"),
    )
    op.create_index("ix_appearance_clip_id", "appearance", ["clip_id"])


def upgrade() -> None:
    _people()
    _questions()
    _answers()
    _appearances()
