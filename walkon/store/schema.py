"""Shared column types and the naming that every table follows."""

from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import BigInteger, Integer, MetaData, String, TypeDecorator
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Dialect

__all__ = ["INT64", "METADATA", "EnumText", "insert"]
# PostgreSQL's `insert` writes the same words for SQLite, `on_conflict_…` and `returning` included; SQLite's own knows SQLite only.

INT64 = BigInteger().with_variant(Integer, "sqlite")
"""Every whole number: moments in milliseconds do not fit PostgreSQL's INTEGER. SQLite numbers rows by itself only in an INTEGER."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
"""All tables. Moments are integers, milliseconds since 1970-01-01 UTC (`types.clock.to_ms`)."""

E = TypeVar("E", bound=StrEnum)


class EnumText(TypeDecorator[E], Generic[E]):
    """A StrEnum kept as its text; a value of a newer release raises ValueError on reading."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        super().__init__(length=32)
        self.kind = kind

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """The text of the member."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """The member of the text."""
        return None if value is None else self.kind(value)
