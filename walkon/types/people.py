"""Who speaks, and where."""

from dataclasses import dataclass
from enum import StrEnum

from walkon.types.ids import PersonId, PlaceId


class Platform(StrEnum):
    """A chat system walkon lives in."""

    DISCORD = "discord"
    TELEGRAM = "telegram"
    WEB = "web"


class Locale(StrEnum):
    """A language walkon speaks."""

    EN = "en"
    FR = "fr"

    @classmethod
    def of(cls, tag: str | None) -> "Locale":
        """The language for a BCP 47 tag such as `fr-CA`; English where walkon does not speak it."""
        return cls.FR if (tag or "").lower().split("-")[0] == "fr" else cls.EN


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account as it appears in a chat. `name` is user text: show it escaped."""

    id: PersonId
    name: str
    locale: Locale = Locale.EN

    @property
    def platform(self) -> Platform:
        """The chat system of this account."""
        return Platform(self.id.partition(":")[0])

    @property
    def account(self) -> str:
        """The id within its platform."""
        return self.id.partition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message stands: the tenant that shares the queue, the channel in it, and the thread or topic if any.

    veiled: clips stand under a spoiler there, since it is for adults alone. elsewhere: it was carried by a person into a chat that the
    platform does not name to us. id is then that person's own place.
    """

    id: PlaceId
    channel: str
    thread: str | None = None
    locale: Locale = Locale.EN
    private: bool = False
    elsewhere: bool = False
    veiled: bool = False

    @property
    def scope(self) -> PlaceId:
        """What somebody agrees to who agrees to being seen here: a chat nobody named to us is not that person's own place."""
        return PlaceId(f"{self.id}:elsewhere") if self.elsewhere else self.id

    @classmethod
    def alone_with(cls, person: Person) -> "Place":
        """The person's own chat with walkon, wherever that is: the platform finds it from the account."""
        channel = f"@{person.account}"
        return cls(id=PlaceId(f"{person.platform}:{channel}"), channel=channel, locale=person.locale, private=True)

    @property
    def platform(self) -> Platform:
        """The chat system this place belongs to."""
        return Platform(self.id.partition(":")[0])

    @property
    def addressee(self) -> str | None:
        """The account whose own chat this is, as `alone_with` named it; None for a place that is known by its channel."""
        return self.channel[1:] if self.private and self.channel.startswith("@") else None
