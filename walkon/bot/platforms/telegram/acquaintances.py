"""Whom the bot has seen: Telegram tells a bot a person's number only with something they did, never for a name."""

from collections import OrderedDict

from telegram import User

from walkon.types.ids import PersonId
from walkon.types.people import Locale, Person

REMEMBERED = 10_000
"""People; who was not seen for longest is forgotten first. In memory only: names are kept on disk for nobody."""


def person_of(user: User) -> Person:
    """The account."""
    return Person(id=PersonId(f"telegram:{user.id}"), name=user.full_name, locale=Locale.of(user.language_code))


class Acquaintances:
    """The people seen lately, by number and by username."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._people: OrderedDict[int, tuple[Person, str]] = OrderedDict()
        self._numbers: dict[str, int] = {}

    def meet(self, user: User | None) -> None:
        """Remember them as they are called now; bots are nobody here."""
        if user is None or user.is_bot:
            return
        self._forget(user.id)
        handle = (user.username or "").lower()
        self._people[user.id] = (person_of(user), handle)
        if handle:
            self._numbers[handle] = user.id
        if len(self._people) > self._limit:
            self._forget(next(iter(self._people)))

    def _forget(self, number: int) -> None:
        _, handle = self._people.pop(number, (None, ""))
        # A username that somebody else has taken since is theirs.
        if self._numbers.get(handle) == number:
            del self._numbers[handle]

    def called(self, text: str) -> Person | None:
        """Who `@username`, `telegram:42` or `42` is; None for somebody never seen."""
        name = text.strip().removeprefix("telegram:").removeprefix("@")
        number = int(name) if name.isascii() and name.isdigit() else self._numbers.get(name.lower())
        person, _ = self._people.get(number or 0, (None, ""))
        return person
