"""Who judges, about which place, and the words in which they are answered; and the options of `/sora mod`."""

from dataclasses import dataclass

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import (
    BadOption,
    Context,
    Option,
    OptionKind,
    Reply,
    Whom,
    choice_option,
    duration_option,
    flag_option,
    person_option,
    text_option,
)
from walkon.moderation.limits import Quota
from walkon.moderation.mutes import REASON_LIMIT, Deed
from walkon.moderation.permissions import Role
from walkon.types.ids import ClipId, PersonId, PlaceId
from walkon.types.people import Person, Platform

OF_PLACE = "place_"
"""What a quota's name begins with that is the whole place's rather than each person's there."""

_TOLD_ONLY = (Deed.HIDE, Deed.RELEASE, Deed.APPEAL, Deed.UPHOLD, Deed.OVERTURN, Deed.RESTRICT)
"""What the log says was done, and no command does by itself."""

DEED = choice_option("deed", tuple(deed for deed in Deed if deed not in _TOLD_ONLY), required=True, word=True)
PERSON = person_option("person", word=True)
WHERE = choice_option("where", ("here", "everywhere"), word=True)
DURATION = duration_option("duration", word=True)
QUOTA = choice_option("quota", (*Quota, *(f"{OF_PLACE}{quota}" for quota in Quota)), word=True)
VALUE: Option[int] = Option(name="value", kind=OptionKind.INTEGER, low=0, high=1_000_000, word=True)
NATIVE = flag_option("native")
EXPORT: Option[str] = Option(name="export", kind=OptionKind.CHOICE, choices=("jsonl", "csv"), word=True, named=True)
CLIP: Option[ClipId] = Option(name="clip", kind=OptionKind.CLIP)
REASON = text_option("reason", rest=True, high=REASON_LIMIT)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who judges: their words, their role, and the place they speak about (None: everywhere)."""

    ctx: Context
    speaker: Speaker
    role: Role
    place: PlaceId | None

    @property
    def by(self) -> Person:
        """Who judges."""
        return self.ctx.invocation.person

    @property
    def reason(self) -> str:
        """What they gave as reason, on one line. Raises BadOption where it is too long."""
        reason = " ".join((self.ctx.get(REASON) or "").split())
        if len(reason) > REASON_LIMIT:
            raise BadOption(REASON.name, reason, f"1-{REASON_LIMIT}")
        return reason

    def say(self, key: str, **values: object) -> Reply:
        """One sentence of `card.mod`."""
        return confidential(Card(tone=Tone.QUIET, head=self.speaker.text(f"card.mod.{key}", **values)))

    def account(self, whom: Whom) -> Person | None:
        """The account that was meant. What the platform could not tell must be the account's number or its whole id."""
        if isinstance(whom, Person):
            return whom
        if whom.id is not None:
            return Person(id=whom.id, name=whom.name)
        platform = self.by.platform
        if platform is not Platform.WEB and whom.name.isascii() and whom.name.isdigit():
            return Person(id=PersonId(f"{platform}:{whom.name}"), name=whom.name)
        return None


def confidential(card: Card) -> Reply:
    """An answer that nobody else may read."""
    return Reply(card=card, private=True, confidential=True)
