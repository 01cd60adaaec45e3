"""What can be wrong with the store."""

from dataclasses import dataclass

from sqlalchemy.exc import DontWrapMixin

from walkon.types.errors import WalkonError


@dataclass(eq=False)
class StoreUnusable(WalkonError):
    """The database cannot be opened; `reason` says what is wrong and what to do."""

    reason: str


@dataclass(eq=False)
class StoreAway(WalkonError):
    """The database server does not answer; what was asked of it was not done."""

    reason: str


@dataclass(eq=False)
class Unkeepable(WalkonError, DontWrapMixin):
    """A text holds a NUL, which PostgreSQL does not take, or half a character, which nothing does. Nothing was written."""

    excerpt: str


class StoreSealed(WalkonError, DontWrapMixin):
    """Names or words of the store were asked for before it was given the keys that open them (`Database.unseal`)."""
