"""Taking a yes back: first what it costs, then one press, then what was reached and what is out of reach."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from walkon.bot import agreeing
from walkon.bot.agreeing import Ending
from walkon.bot.cards import Button, ButtonStyle, Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Pressed, Reply
from walkon.bot.house import House
from walkon.bot.takedown import reach_of
from walkon.bot.tokens import SURE, Extent, OwnDeed, OwnToken, ward_mark
from walkon.consent import guardian_tables as guardians
from walkon.consent import tables as consent
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.ids import ClipId, PermissionId, PersonId
from walkon.types.people import Person

MOST_PLACES = 10
"""Places that are listed one by one as out of reach."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What would be taken back. asker: whose clips, None where it is not about one person. clips: those that are there now.

    ward: for whom somebody takes it back who looks after them.
    """

    token: OwnToken
    asker: Person | None
    clips: tuple[Clip, ...]
    ward: Person | None = None

    @property
    def going(self) -> int:
        """Clips that would stop."""
        return sum(not clip.state.final for clip in self.clips)

    @property
    def out(self) -> int:
        """Clips that would come down."""
        return sum(clip.state is ClipState.FINISHED for clip in self.clips)

    @property
    def chats(self) -> int:
        """In how many places they are."""
        return len({clip.place.id for clip in self.clips if clip.state is ClipState.FINISHED})


async def ask_first(house: House, person: Person, token: OwnToken) -> Reply:
    """What it would cost, and the button that does it. Nothing has happened yet."""
    speaker = Speaker(house.words, person.locale)
    scope = await _scoped(house, person, token)
    if scope is None:
        return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("card.back.nothing")), private=True, confidential=True)
    return Reply(card=_cost_card(speaker, scope), private=True, confidential=True, instead="take-back")


async def carry_out(house: House, pressed: Pressed, token: OwnToken) -> Reply:
    """Take it back. Pressed again, it finds nothing more to do and says so."""
    speaker, person = Speaker(house.words, pressed.person.locale), pressed.person
    scope = await _scoped(house, person, token)
    if scope is None:
        return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("card.back.nothing")), private=True, confidential=True)
    ending = await _end(house, person.id, token, scope)
    card = Card(tone=Tone.DONE, head=_result(speaker, token, ending), body=await _out_of_reach(house, speaker, ending))
    return Reply(card=card, private=True, confidential=True, instead="take-back")


def kept(speaker: Speaker) -> Reply:
    """Nothing is taken back."""
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("card.back.kept")), private=True, confidential=True, instead="take-back")


async def _scoped(house: House, person: Person, token: OwnToken) -> Scope | None:
    of, now = _ward_scope if token.extent and token.extent.guardians else _scope, house.clock.now()
    return await house.database.read(lambda tx: of(tx, person.id, token, now))


async def _end(house: House, by: PersonId, token: OwnToken, scope: Scope) -> Ending:
    match token.extent:
        case Extent.WARD_CLIP | Extent.WARD_ALL if scope.ward:
            clip = ClipId(token.about) if token.extent is Extent.WARD_CLIP else None
            return await agreeing.take_back_for(house, by, scope.ward.id, clip)
        case Extent.CLIP:
            return await agreeing.take_back(house, by, [ClipId(token.about)])
        case Extent.PERMISSION:
            return await agreeing.end_permission(house, by, PermissionId(token.about))
        case Extent.ASKER if scope.asker:
            return await agreeing.take_back_from(house, by, scope.asker.id)
        case _:
            return await agreeing.revoke(house, by)


async def _ward_scope(tx: Transaction, account: PersonId, token: OwnToken, now: datetime) -> Scope | None:
    for found in await guardians.wards_of(tx, account, now):
        agreed = await consent.agreed_to_by(tx, await person_of(tx, found.ward.id))
        if token.extent is Extent.WARD_CLIP and token.about in agreed:
            [*clips] = await _clips(tx, [ClipId(token.about)])
            return Scope(token, clips[0].asker, tuple(clips), found.ward) if clips else None
        if token.extent is Extent.WARD_ALL and token.about == ward_mark(found.ward.id):
            return Scope(token, None, await _clips(tx, agreed), found.ward)
    return None


async def _scope(tx: Transaction, account: PersonId, token: OwnToken, now: datetime) -> Scope | None:
    owner = await person_of(tx, account)
    if token.extent is Extent.PERMISSION:
        return await _under_permission(tx, owner, token)
    if token.extent in (Extent.ALL, Extent.DELETE):
        clips = await _appearing(tx, owner)
        lends = await consent.likeness_of(tx, owner) is not None
        return Scope(token, None, clips) if clips or lends else None
    clip = await tables.get(tx, ClipId(token.about))
    if clip is None or owner not in await consent.people_in(tx, clip.id) or clip.state is ClipState.TAKEN_DOWN:
        return None
    if token.extent is Extent.CLIP:
        return Scope(token, clip.asker, (clip,))
    requester = await person_of(tx, clip.asker.id)
    theirs = [one for one in await _appearing(tx, owner) if await person_of(tx, one.asker.id) == requester]
    return Scope(token, clip.asker, tuple(theirs))


async def _under_permission(tx: Transaction, owner: PersonId, token: OwnToken) -> Scope | None:
    permission = await consent.permission_of(tx, token.about)
    if permission is None or permission.owner != owner or permission.withdrawn_at is not None:
        return None
    ids = [grant.clip for grant in await consent.grants_via(tx, [permission.id])]
    return Scope(token, None, await _clips(tx, ids))


async def _appearing(tx: Transaction, owner: PersonId) -> tuple[Clip, ...]:
    _, count = await consent.appearances_of(tx, owner, limit=0)
    ids, _ = await consent.appearances_of(tx, owner, limit=count)
    return await _clips(tx, ids)


async def _clips(tx: Transaction, ids: Collection[ClipId]) -> tuple[Clip, ...]:
    found = [await tables.get(tx, id) for id in ids]
    return tuple(clip for clip in found if clip and clip.state is not ClipState.TAKEN_DOWN)


def _cost_card(speaker: Speaker, scope: Scope) -> Card:
    token, name, ward = scope.token, scope.asker.name if scope.asker else "", scope.ward.name if scope.ward else ""
    do_it = str(OwnToken(OwnDeed.TAKE_BACK, token.extent, f"{token.about}{SURE}"))
    buttons = (
        Button(label=speaker.say("button.keep"), token=str(OwnToken(OwnDeed.KEEP))),
        Button(label=speaker.say(f"button.back_{token.extent}"), token=do_it, style=ButtonStyle.DANGER),
    )
    cost = speaker.text("card.back.cost", going=scope.going, out=scope.out, chats=scope.chats)
    lines = [cost if scope.going + scope.out else speaker.text("card.back.no_cost"), speaker.text("card.back.with_remixes")]
    lines += [speaker.text("card.back.deletes")] if token.extent in (Extent.ALL, Extent.DELETE) else []
    return Card(
        tone=Tone.WAIT, head=speaker.text(f"card.back.ask_{token.extent}", asker=name, ward=ward), body=tuple(lines), buttons=buttons
    )


def _result(speaker: Speaker, token: OwnToken, ending: Ending) -> Text:
    stopped = len(ending.stopped) + (len(ending.removal.stopped) if ending.removal else 0)
    key = "card.back.deleted" if token.extent in (Extent.ALL, Extent.DELETE) else "card.back.done"
    return speaker.text(key, stopped=stopped, down=ending.taken_down)


async def _out_of_reach(house: House, speaker: Speaker, ending: Ending) -> tuple[Text, ...]:
    lines: list[Text] = []
    reach = await reach_of(house, ending.removal.clips) if ending.removal else None
    if reach and reach.pending:
        lines.append(speaker.text("card.back.pending", n=reach.pending))
    if reach and reach.out_of_reach:
        lines.append(speaker.text("card.back.unreachable", n=len(reach.out_of_reach)))
        lines += [speaker.text("card.back.place", place=place.id) for place in reach.out_of_reach[:MOST_PLACES]]
    return (*lines, speaker.text("card.back.unseen"))
