"""0009 artefact, artefact_chunk, enrolment. Why: what people lend is kept sealed beside the record of how they enrolled.

Served: consent/vault_tables.py, consent/enrolment_tables.py. Cost: an enrolment is one row and about five sealed things of 5 to
300 kB. Personal: artefact and its chunks (erased by person, and by destroying their keys), enrolment (erased by person). Only adds.
Undone by: dropping the three tables.
"""

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "artefact",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("number", INT64, nullable=False),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("made_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_artefact"),
    )
    op.create_index("ix_artefact_owner_version", "artefact", ["owner", "version"])
    op.create_table(
        "artefact_chunk",
        sa.Column("artefact_id", sa.String(32), nullable=False),
        sa.Column("position", INT64, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("artefact_id", "position", name="pk_artefact_chunk"),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefact.id"], name="fk_artefact_chunk_artefact_id"),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(128), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("digits", sa.String(6), nullable=False),
        sa.Column("turns", sa.String(64), nullable=False),
        sa.Column("issued_ms", INT64, nullable=False),
        sa.Column("expires_ms", INT64, nullable=False),
        sa.Column("received_ms", INT64),
        sa.Column("has_voice", sa.Boolean, nullable=False),
        sa.Column("verdicts", sa.Text, nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("decided_by_id", sa.String(128)),
        sa.Column("decided_ms", INT64),
        sa.Column("reason", sa.String(32)),
        sa.Column("reason_words", sa.Text, nullable=False),
        sa.Column("fault", sa.String(32)),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment"),
    )
    op.create_index("ix_enrolment_person_id_issued_ms", "enrolment", ["person_id", "issued_ms"])
    op.create_index("ix_enrolment_state", "enrolment", ["state"])
