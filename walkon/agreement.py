"""Whether the people in a clip agree, now: consent's gate asked about the library's clips. Bot and engine both ask here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from walkon.consent import tables as consent
from walkon.consent.asking import AskState
from walkon.consent.gate import Judged, Passage, judge, objections
from walkon.consent.grants import Use, Verdict
from walkon.consent.likeness import Part
from walkon.library import films, tables
from walkon.library.clips import Clip, ClipState, Finished
from walkon.library.endings import LEFTOVER, end_declined, end_drafted, end_outcome
from walkon.scene.codec import decode
from walkon.scene.stand_in import stand_in
from walkon.store import outbox
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.clock import to_ms
from walkon.types.harm import HeldFor
from walkon.types.ids import AskId, ClipId, PersonId, PlaceId
from walkon.types.people import Person, Place
from walkon.types.scene import Scene


def passage(clip: Clip, *, place: PlaceId | None = None, use: Use = Use.MAKE) -> Passage:
    """What is about to happen with a clip. place: where it will be seen, None for where it was asked for."""
    named = decode(clip.scene).people if clip.scene else ()
    return Passage(terms=clip.terms, place=place or clip.place.scope, named=named, use=use)


async def against(tx: Transaction, clip: Clip, now: datetime, *, place: PlaceId | None = None, use: Use = Use.MAKE) -> tuple[Judged, ...]:
    """Those in the clip who do not agree to it; empty where it may go on, as it always may where nobody is in it."""
    return await objections(tx, passage(clip, place=place, use=use), now)


async def stars(tx: Transaction, clip: Clip, now: datetime) -> Mapping[PersonId, str] | None:
    """What the figures of a clip are called whose people agree, by account; None where anybody in it does not."""
    judged = await judge(tx, passage(clip), now)
    if any(one.verdict is not Verdict.LIVE for one in judged):
        return None
    names: dict[PersonId, str] = {}
    for account in decode(clip.scene).people:
        likeness = await consent.likeness_of(tx, await person_of(tx, account))
        if likeness is not None:
            names[account] = likeness.name
    return names


async def faces(tx: Transaction, clip: Clip, now: datetime) -> Mapping[PersonId, PersonId]:
    """Which accounts in a clip may be shown by their own face now, and the person behind each. Where somebody objects, nobody's."""
    judged = await judge(tx, passage(clip), now)
    if any(one.verdict is not Verdict.LIVE for one in judged):
        return {}
    lending = {one.person for one in judged if one.grant is not None and Part.FACE in one.grant.parts}
    behind = {account: await person_of(tx, account) for account in decode(clip.scene).people}
    return {account: person for account, person in behind.items() if person in lending}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The people in a clip, who all agreed to it. names: as they are called, none where that is not told. count: how many they are.

    figures: the names by account, as the scene knows them. voice, may_travel: whether everybody lent a voice, and let it leave
    its chat. since: when the last of them agreed.
    """

    names: tuple[str, ...]
    figures: Mapping[PersonId, str]
    voice: bool
    may_travel: bool
    count: int
    since: datetime


async def agreed(tx: Transaction, clip: Clip, now: datetime) -> Agreed | None:
    """Who agreed to a clip; None where nobody real is in it."""
    judged = await judge(tx, passage(clip, use=Use.KEEP), now)
    if not judged:
        return None
    likenesses = [await consent.likeness_of(tx, one.person) for one in judged]
    grants = [one.grant for one in judged if one.grant]
    return Agreed(
        names=tuple(likeness.name for likeness in likenesses if likeness),
        figures=await stars(tx, clip, now) or {},
        voice=all(Part.VOICE in grant.parts for grant in grants),
        may_travel=all(one.may_travel for one in judged),
        count=len(judged),
        since=max((grant.given_at for grant in grants), default=clip.asked_at),
    )


async def taken_back(tx: Transaction, clip: Clip) -> datetime | None:
    """When the first of the people in a clip took their yes back, or it ended with another's; None where nobody's has."""
    return min((grant.withdrawn_at for grant in await consent.grants_of(tx, clip.id) if grant.withdrawn_at), default=None)


async def record_outcome(tx: Transaction, id: ClipId, token: int, outcome: Finished | HeldFor, now: datetime) -> bool:
    """Record what a render came to if everybody in it still agrees in this very transaction; False where the output is dropped."""
    clip = await tables.get(tx, id)
    if clip is not None and clip.state in (ClipState.PROMISED, ClipState.FAILED) and await against(tx, clip, now):
        await end_declined(tx, id, now)
    return await end_outcome(tx, id, token, outcome, now)


async def record_draft(tx: Transaction, id: ClipId, draft: Finished, now: datetime) -> bool:
    """Record a preview under the same condition; False where it is dropped."""
    clip = await tables.get(tx, id)
    if clip is None or await against(tx, clip, now):
        await films.discard(tx, films.files_of(draft), to_ms(now + LEFTOVER))
        return False
    return await end_drafted(tx, id, draft, now)


def ask_key(id: AskId) -> str:
    """The outbox key of a question's message."""
    return f"ask:{id}"


async def standing_in(tx: Transaction, clip: Clip) -> Scene:
    """The clip's scene for those who are asked whether they may be in it: nobody's figure, and nobody's name."""
    names: list[str] = []
    for person in await consent.people_in(tx, clip.id):
        likeness = await consent.likeness_of(tx, person)
        names += [likeness.name, likeness.handle] if likeness else []
    for ask in await consent.asks_of(tx, clip.id):
        message = await outbox.row(tx, ask_key(ask.id))
        names += [msgspec.json.decode(message.reply, type=Person).name] if message else []
    return stand_in(decode(clip.scene), names)


async def record_stand_in(tx: Transaction, id: ClipId, draft: Finished, now: datetime) -> bool:
    """Record the preview with stand-ins as long as the clip waits; False where it is dropped. Whoever was asked alone is shown it."""
    if not await end_drafted(tx, id, draft, now, state=ClipState.WAITING):
        return False
    for ask in await consent.asks_of(tx, id):
        message = await outbox.row(tx, ask_key(ask.id))
        state = ask.state_at(now)
        alone = message is not None and state is AskState.OPEN and msgspec.json.decode(message.place, type=Place).private
        if alone or state is AskState.WITH_GUARDIAN:
            await outbox.touch_notice(tx, ask.id, to_ms(now))
    return True


class Passing(StrEnum):
    """Whether a film may be shown somewhere."""

    AGREED = "agreed"
    OUT_OF_SCOPE = "out_of_scope"
    """Not there: it may not travel. Where it was asked for it may stand."""
    AGAINST = "against"
    """Nowhere."""
    GONE = "gone"
    """There is no film of it any more."""


ANYWHERE = PlaceId("elsewhere")
"""A chat that nobody names to us: only what may travel is shown there."""


async def passing(tx: Transaction, *, clip_id: ClipId, place: Place | None, now: datetime) -> Passing:
    """Whether a film of the clip, finished or a draft, may be shown now. place: where else than where it was asked for, None for there.

    What stands there already stays under gentler terms (`Use.KEEP`): rules that were tightened since do not take it down by themselves.
    """
    clip = await tables.get(tx, clip_id)
    if clip is None or not has_film(clip):
        return Passing.GONE
    home = place is None or (place.id == clip.place.id and not place.elsewhere and not clip.place.elsewhere)
    shown = home and await consent.is_shown(tx, clip_id)
    where = clip.place.scope if home or place is None else ANYWHERE if place.elsewhere else place.id
    return await may_be_shown(tx, clip, place=where, now=now, use=Use.KEEP if shown else Use.MAKE)


def has_film(clip: Clip) -> bool:
    """Whether its card shows one: the clip itself, or a draft of it while it is waited for."""
    return clip.state is ClipState.FINISHED or (clip.state is ClipState.PROMISED and clip.draft is not None)


async def may_be_shown(tx: Transaction, clip: Clip, *, place: PlaceId, now: datetime, use: Use = Use.MAKE) -> Passing:
    """Whether everybody in the clip agrees to its being shown there, now."""
    objecting = await against(tx, clip, now, place=place, use=use)
    if not objecting:
        return Passing.AGREED
    return Passing.OUT_OF_SCOPE if all(one.verdict is Verdict.OUT_OF_SCOPE for one in objecting) else Passing.AGAINST


def parts_of(scene: Scene) -> Mapping[PersonId, frozenset[Part]]:
    """What a scene needs of each person in it: the face of whoever is seen, the voice too of whoever speaks."""
    speaking = {subject.person for shot in scene.shots for line in shot.lines if (subject := shot.subject(line.speaker))}
    return {person: frozenset(Part) if person in speaking else frozenset({Part.FACE}) for person in scene.people}
