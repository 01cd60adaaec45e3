"""0005 clip.removed_by, rule; clip_file, refused_film, purge. Why: what is taken down must vanish everywhere and never come back.

Served: library/films.py, the clips of a file and the files of a clip. Cost: three small rows a finished clip, one read at its end.
Personal: nothing but a moderator's words in clip.rule. Only adds. Undone by: dropping the tables and columns.
"""

import json

import sqlalchemy as sa
from alembic import op

from walkon.store.schema import INT64

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("clip", sa.Column("removed_by", sa.String(32)))
    op.add_column("clip", sa.Column("rule", sa.Text, nullable=False, server_default=""))
    clip_file = op.create_table(
        "clip_file",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("clip_id", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("key", "clip_id", name="pk_clip_file"),
    )
    op.create_index("ix_clip_file_clip_id", "clip_file", ["clip_id"])
    op.create_table(
        "refused_film",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("at_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_refused_film"),
    )
    op.create_table(
        "purge",
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("due_ms", INT64, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_purge"),
    )
    clip = sa.table("clip", sa.column("id"), sa.column("finished"))
    rows = op.get_bind().execute(sa.select(clip.c.id, clip.c.finished).where(clip.c.finished.is_not(None))).all()
    files = [{"key": key, "clip_id": row.id} for row in rows for key in _files(row.finished)]
    if files:
        op.bulk_insert(clip_file, files)


def _files(finished: str) -> set[str]:
    kept = json.loads(finished)
    return {kept["video"], kept["poster"], kept["captions"]}
