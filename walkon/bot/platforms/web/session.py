"""Who a browser is: a random cookie, the name it was given, and the passphrase where one is asked."""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from walkon.bot.platforms.web import tables
from walkon.store.database import Database
from walkon.types.clock import Clock, to_ms
from walkon.types.ids import PersonId
from walkon.types.people import Locale, Person

NAME_LIMIT = 32
_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_GUEST = {Locale.EN: "Guest", Locale.FR: "Quelqu'un"}


def new_cookie() -> str:
    """A cookie nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def is_cookie(text: str | None) -> bool:
    """Whether it may be one of ours."""
    return bool(text and _COOKIE.fullmatch(text))


def read_name(text: str) -> str | None:
    """The name a person meant, 1 to 32 visible characters; None if there is none in it.

    Control characters, direction marks and other invisible ones are dropped, so that no two names look the same by them.
    A leading `~` is kept for those who gave no name.
    """
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    name = "".join(letter for letter in spaced if unicodedata.category(letter) not in _DROPPED).strip()
    visible = any(unicodedata.category(letter)[0] not in "MZ" for letter in name)
    return name if visible and len(name) <= NAME_LIMIT and not name.startswith("~") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser. id: SHA-256 of its cookie, so that the store holds nothing to log in with."""

    id: str
    name: str | None = None
    admitted: bool = False

    @property
    def guest(self) -> PersonId:
        """The account that speaks before a name is given."""
        return PersonId(f"web:~{self.id[:12]}")

    @property
    def account(self) -> PersonId:
        """The account that speaks now. The same name is the same person."""
        return PersonId(f"web:{self.name}") if self.name else self.guest

    @property
    def people(self) -> tuple[PersonId, ...]:
        """Every account whose private messages this browser may see."""
        return (self.account,) if self.name is None else (self.account, self.guest)

    def person(self, locale: Locale) -> Person:
        """Who speaks, in a language."""
        return Person(id=self.account, name=self.name or f"{_GUEST[locale]} {self.id[:4].upper()}", locale=locale)


class Sessions:
    """The browsers this host knows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def of(self, cookie: str) -> Session:
        """The browser of a cookie; one nobody has seen is a guest."""
        id = hashlib.sha256(cookie.encode()).hexdigest()
        async with self._database.reading() as view:
            row = await tables.session(view, id)
        return Session(id=id, name=row.name, admitted=row.admitted) if row else Session(id=id)

    async def rename(self, session: Session, name: str) -> Session:
        """The browser under its new name, written down."""
        return await self._save(replace(session, name=name))

    async def admit(self, cookie: str) -> Session:
        """The browser of this fresh cookie gave the passphrase."""
        return await self._save(replace(await self.of(cookie), admitted=True))

    async def _save(self, session: Session) -> Session:
        now = to_ms(self._clock.now())
        row = tables.SessionRow(id=session.id, name=session.name, admitted=session.admitted, at_ms=now)
        await self._database.write(lambda tx: tables.save_session(tx, row))
        return session


class Passphrase:
    """The one passphrase of this page, compared in constant time; ten misses a minute, then nobody is heard until it is over."""

    MISSES = 10
    WINDOW = timedelta(minutes=1)

    def __init__(self, passphrase: str, clock: Clock) -> None:
        self._digest = hashlib.sha256(passphrase.encode()).digest()
        self._clock = clock
        self._misses: deque[datetime] = deque(maxlen=self.MISSES)

    def wait_s(self) -> int:
        """Seconds until the next try is heard, 0 for now."""
        if len(self._misses) < self.MISSES:
            return 0
        left = self._misses[0] + self.WINDOW - self._clock.now()
        return max(0, -int(-left.total_seconds() // 1))

    def matches(self, text: str) -> bool:
        """Whether this is it. A miss counts; while misses are too many, nothing matches."""
        if self.wait_s():
            return False
        right = hmac.compare_digest(hashlib.sha256(text.encode("utf-8", "replace")).digest(), self._digest)
        if not right:
            self._misses.append(self._clock.now())
        return right
