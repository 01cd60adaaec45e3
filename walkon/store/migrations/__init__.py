"""Alembic migrations, one file a change. Each only adds, so that the previous release keeps running beside it."""
