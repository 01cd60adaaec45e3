"""`/sora guardian`: look after a young person's account, set what they can't lift, say the second yes, take one back, end it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from walkon.bot.cards import Button, Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import BadOption, Called, Command, Context, Reply, Whom, choice_option, person_option, text_option
from walkon.bot.guarding import REFUSED, look, not_linked, told
from walkon.bot.guarding_cards import confirm_card, given_card, limits_card, offer_card, wards_card
from walkon.bot.notices import question_of
from walkon.bot.taking_back import ask_first
from walkon.bot.tokens import AskDeed, AskToken, Extent, OwnDeed, OwnToken
from walkon.consent import guardian_tables as guardians
from walkon.consent import guarding
from walkon.consent import tables as consent
from walkon.consent.asking import Ask, AskState
from walkon.consent.guardians import Guardianship, Limits, NoSuchAge, NotYours, of_age_at
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.ids import AskId, PersonId, read_clip_id
from walkon.types.quiet import QuietHours

MOST = 10
LIMIT_WORDS = "seconds 60|off; quiet 21:00-07:00|off; places here|all"


class Deed(StrEnum):
    """What is done."""

    LINK = "link"
    LIMITS = "limits"
    APPROVE = "approve"
    REVOKE = "revoke"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody said after `/sora guardian`."""

    ctx: Context
    person: Whom | None
    what: str

    @property
    def speaker(self) -> Speaker:
        """The words, in their language."""
        return Speaker(self.ctx.house.words, self.ctx.invocation.person.locale)

    @property
    def me(self) -> PersonId:
        """The account that says it."""
        return self.ctx.invocation.person.id

    def told(self, key: str, **values: object) -> Reply:
        """One sentence, for them alone."""
        return told(self.speaker, key, root=self.ctx.house.command_root, **values)

    def shown(self, card: Card) -> Reply:
        """A card for them alone."""
        return Reply(card=card, private=True, confidential=True)

    async def ward(self) -> Guardianship | None:
        """Whoever was named of those they look after; without a name, the only one. None where it is not clear."""
        now = self.ctx.house.clock.now()
        wards = await self.ctx.house.database.read(lambda tx: guardians.wards_of(tx, self.me, now))
        if self.person is None:
            return wards[0] if len(wards) == 1 else None
        named = self.person
        return next((one for one in wards if _is(named, one)), None)


def _is(named: Whom, guardianship: Guardianship) -> bool:
    return named.id == guardianship.ward.id or (isinstance(named, Called) and named.name.casefold() == guardianship.ward.name.casefold())


async def _link(said: Said) -> Reply:
    """Without words, where things stand; with a birthday, a fresh code; with a code, what one would agree to by it."""
    house, now = said.ctx.house, said.ctx.house.clock.now()
    if not said.what:
        return await _standing(said)
    try:
        birthday = date.fromisoformat(said.what)
    except ValueError:
        return await _offered(said)
    try:
        moment = of_age_at(birthday, now, house.guardians.minimum_age)
        guardian = said.ctx.invocation.person
        code = await house.database.write(lambda tx: guarding.offer(tx, guardian, moment, now))
    except NoSuchAge as error:
        return said.told("card.guardian.not_age", least=error.least)
    except REFUSED as error:
        return not_linked(house, said.speaker, error)
    lines = (said.speaker.text("card.guardian.code_how", root=house.command_root, code=code), said.speaker.text("card.guardian.code_valid"))
    return said.shown(Card(tone=Tone.QUIET, head=said.speaker.text("card.link.code", code=code), body=lines))


async def _standing(said: Said) -> Reply:
    house, now = said.ctx.house, said.ctx.house.clock.now()
    offer = await house.database.read(lambda tx: guardians.offer_by(tx, said.me))
    if offer and offer.ward and now < offer.expires_at:
        return said.shown(confirm_card(said.speaker, offer))
    wards = await house.database.read(lambda tx: guardians.wards_of(tx, said.me, now))
    return said.shown(wards_card(said.speaker, wards, house.command_root))


async def _offered(said: Said) -> Reply:
    house, now = said.ctx.house, said.ctx.house.clock.now()
    code = "".join(letter for letter in said.what if letter.isalnum())[:12]
    try:
        offer = await house.database.read(lambda tx: guarding.look(tx, code, said.me, now))
    except REFUSED as error:
        return not_linked(house, said.speaker, error)
    return said.shown(offer_card(said.speaker, offer, code))


async def _limits(said: Said) -> Reply:
    """A guardian reads and sets what holds; the young person reads it."""
    house, now = said.ctx.house, said.ctx.house.clock.now()
    own = await house.database.read(lambda tx: guardians.guardianship_of(tx, said.me, now))
    if own is not None:
        return (
            said.told("card.guardian.not_yours") if said.what else said.shown(limits_card(said.speaker, own, house.command_root, own=True))
        )
    ward = await said.ward()
    if ward is None:
        return said.told("card.guardian.whom")
    limits = _changed(ward.limits, said)
    if limits != ward.limits:
        await house.database.write(lambda tx: guarding.set_limits(tx, said.me, ward.ward.id, limits, now, record=house.decider.record))
    return said.shown(limits_card(said.speaker, replace(ward, limits=limits), house.command_root, own=False))


def _changed(limits: Limits, said: Said) -> Limits:
    words = said.what.lower().split()
    if len(words) % 2:
        raise BadOption("what", said.what, LIMIT_WORDS)
    for name, value in zip(words[::2], words[1::2], strict=True):
        limits = _with(limits, name, value, said)
    return limits


def _with(limits: Limits, name: str, value: str, said: Said) -> Limits:
    place = said.ctx.invocation.place
    if name == "seconds" and (value == "off" or (value.isascii() and value.isdigit() and 1 <= int(value) <= 86_400)):
        return replace(limits, seconds_per_day=None if value == "off" else int(value))
    if name == "quiet" and (value == "off" or _is_hours(value)):
        return replace(limits, quiet_hours=None if value == "off" else value)
    if name == "places" and value == "all":
        return replace(limits, places=frozenset())
    if name == "places" and value == "here" and not place.private and not place.elsewhere:
        return replace(limits, places=limits.places | {place.id})
    raise BadOption("what", f"{name} {value}", LIMIT_WORDS)


def _is_hours(text: str) -> bool:
    try:
        QuietHours.read(text)
    except ValueError:
        return False
    return len(text) == len("21:00-07:00")


async def _approve(said: Said) -> Reply:
    """What waits for one's second yes; with an id, that question."""
    house, now = said.ctx.house, said.ctx.house.clock.now()
    if said.what:
        return await look(house, said.ctx.invocation.person, AskId(said.what.split()[0].upper()))

    async def step(tx: Transaction) -> list[tuple[Guardianship, Ask]]:
        wards = await guardians.wards_of(tx, said.me, now)
        found = [(ward, ask) for ward in wards for ask in await consent.open_asks_to(tx, await person_of(tx, ward.ward.id))]
        return [(ward, ask) for ward, ask in found if ask.state_at(now) is AskState.WITH_GUARDIAN]

    waiting = await house.database.read(step)
    lines, buttons = [], []
    for number, (ward, ask) in enumerate(waiting[:MOST], 1):
        question = await question_of(house, ask.id)
        words = question.clip.prompt[:80] if question else ""
        lines.append(said.speaker.text("card.guardian.line", n=number, ward=ward.ward.name, words=words))
        buttons.append(Button(label=said.speaker.say("card.requests.look", n=number), token=str(AskToken(AskDeed.SECOND_LOOK, ask.id))))
    head = said.speaker.text("card.guardian.waiting", n=len(waiting)) if waiting else said.speaker.text("card.guardian.nothing")
    return said.shown(Card(tone=Tone.QUIET, head=head, body=tuple(lines), buttons=tuple(buttons)))


async def _revoke(said: Said) -> Reply:
    """With a clip, what taking the yes for it back would cost; without, every clip that rests on a yes of theirs."""
    house = said.ctx.house
    ward = await said.ward()
    if ward is None:
        return said.told("card.guardian.whom" if not await _is_young(said) else "card.guardian.not_yours")
    if said.what:
        clip = read_clip_id(said.what.split()[0])
        token = OwnToken(OwnDeed.TAKE_BACK, Extent.WARD_CLIP, clip) if clip else None
        return await ask_first(house, said.ctx.invocation.person, token) if token else said.told("card.guardian.revoke_which")

    async def step(tx: Transaction) -> list[Clip]:
        agreed = await consent.agreed_to_by(tx, await person_of(tx, ward.ward.id))
        return [clip for id in agreed if (clip := await tables.get(tx, id)) and clip.state is not ClipState.TAKEN_DOWN]

    return said.shown(given_card(said.speaker, ward, await house.database.read(step), house.command_root))


async def _end(said: Said) -> Reply:
    """The guardian ends it, or an operator; nobody else, and the young person least."""
    house, now = said.ctx.house, said.ctx.house.clock.now()
    operator, named = said.me in house.operators, said.person
    ward = await said.ward()
    id = ward.ward.id if ward else named.id if operator and named else None
    if id is None:
        return said.told("card.guardian.whom" if not await _is_young(said) else "card.guardian.not_yours")
    try:
        ended = await house.database.write(lambda tx: guarding.end(tx, said.me, id, now, record=house.decider.record, operator=operator))
    except NotYours:
        return said.told("card.guardian.whom")
    house.database.announce()
    return said.told("card.guardian.ended", ward=ended.ward.name or ended.ward.id)


async def _is_young(said: Said) -> bool:
    now = said.ctx.house.clock.now()
    return await said.ctx.house.database.read(lambda tx: guardians.guardianship_of(tx, said.me, now)) is not None


_DEEDS: Mapping[Deed, Callable[[Said], Awaitable[Reply]]] = {
    Deed.LINK: _link,
    Deed.LIMITS: _limits,
    Deed.APPROVE: _approve,
    Deed.REVOKE: _revoke,
    Deed.END: _end,
}

DEED = choice_option("deed", tuple(Deed), required=True, word=True)
PERSON = person_option("person", word=True)
WHAT = text_option("what", rest=True, high=100)


async def guardian(ctx: Context) -> Reply:
    """Do the deed. Every answer is for whoever asks alone."""
    return await _DEEDS[Deed(ctx[DEED])](Said(ctx=ctx, person=ctx.get(PERSON), what=(ctx.get(WHAT) or "").strip()[:100]))


# Looking after somebody, and reading what holds for oneself, is nobody's to forbid.
COMMAND = Command("guardian", guardian, options=(DEED, PERSON, WHAT), own_right=lambda _: True)
