"""Who is in a clip as it is drawn: those who agree, under their names and with the faces they lend, or stand-ins for those still asked."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from walkon.agreement import agreed, faces, standing_in, stars
from walkon.engine.port import RenderFailed
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.provenance.manifest import Agreement
from walkon.scene.codec import decode
from walkon.store.database import Transaction
from walkon.store.ledger import Ledger
from walkon.store.media import MediaMissing
from walkon.store.sealing import SealBroken
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, PersonId
from walkon.types.scene import Scene

if TYPE_CHECKING:
    from walkon.engine.render import Studio

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class NotAgreed(WalkonError):
    """Nothing of the clip may be made (any more): somebody in it does not agree, or it was stopped or taken down."""

    clip: ClipId


MAY_BE_MADE = frozenset({ClipState.PROMISED, ClipState.FAILED, ClipState.FINISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """What is drawn of a clip. source: the film it goes on from; parent: the one it is made from. portraits: as in Order.
    agreement: what the clip says of its people.

    still: raises NotAgreed where it may not be kept.
    """

    clip: Clip
    scene: Scene
    still: Callable[[], Awaitable[object]]
    source: Path | None = None
    parent: Path | None = None
    portraits: Mapping[PersonId, bytes] = field(default_factory=dict, repr=False)
    agreement: Agreement | None = None


Casting = Callable[["Studio", Clip], AbstractAsyncContextManager[Cast]]
"""Opens what is drawn of a clip for as long as it is drawn. Raises NotAgreed."""


@asynccontextmanager
async def people_of(studio: "Studio", clip: Clip) -> AsyncIterator[Cast]:
    """The people of the clip, who agree."""
    clip, names = await agreed_clip(studio, clip.id)
    scene = decode(clip.scene)
    built_on = await _shown_to_all(studio, scene)
    async with _film(studio, clip.parent) as parent, _film(studio, built_on) as film:
        portraits = await _portraits(studio, clip)
        yield Cast(
            clip=clip,
            scene=scene.starring(names),
            still=lambda: agreed_clip(studio, clip.id),
            source=film,
            parent=parent,
            portraits=portraits,
            agreement=await _agreement(studio, clip),
        )


@asynccontextmanager
async def stand_ins_for(studio: "Studio", clip: Clip) -> AsyncIterator[Cast]:
    """Nobody. Nor is anything taken from the clip that this one is made from: somebody is in that."""
    scene = await studio.database.read(lambda tx: standing_in(tx, clip))
    yield Cast(clip=clip, scene=scene, still=lambda: waiting_clip(studio, clip.id))


async def waiting_clip(studio: "Studio", id: ClipId) -> Clip:
    """The clip that waits for people. Raises NotAgreed where it does not any more."""
    clip = await studio.database.read(lambda tx: tables.get(tx, id))
    if clip is None or clip.state is not ClipState.WAITING:
        raise NotAgreed(id)
    return clip


async def agreed_clip(studio: "Studio", id: ClipId, states: frozenset[ClipState] = MAY_BE_MADE) -> tuple[Clip, Mapping[PersonId, str]]:
    """The clip and what its people are called. Raises NotAgreed; RenderFailed where it is unknown."""
    async with studio.database.reading() as tx:
        clip = await tables.get(tx, id)
        if clip is None:
            raise RenderFailed("the clip is not in the store", retryable=False)
        names = await stars(tx, clip, studio.clock.now()) if clip.state in states else None
    if names is None:
        raise NotAgreed(id)
    return clip, names


async def _shown_to_all(studio: "Studio", scene: Scene) -> ClipId | None:
    """The clip whose pictures this one may be made from: one in which nobody stands who was not asked for this one too."""
    if scene.built_on is None:
        return None
    id = ClipId(scene.built_on.clip)
    source = await studio.database.read(lambda tx: tables.get(tx, id))
    shown = set(decode(source.scene).people) if source and source.scene else set()
    return id if source and shown <= set(scene.people) else None


@asynccontextmanager
async def _film(studio: "Studio", id: ClipId | None) -> AsyncIterator[Path | None]:
    """The film of a clip that this one is made from, None where there is none or it is not kept any more."""
    clip = await studio.database.read(lambda tx: tables.get(tx, id)) if id else None
    async with AsyncExitStack() as stack:
        film = None
        if clip and clip.finished:
            with suppress(MediaMissing):
                film = await stack.enter_async_context(studio.media.local(clip.finished.video))
        yield film


async def _portraits(studio: "Studio", clip: Clip) -> Mapping[PersonId, bytes]:
    """The first still of everybody who lends their face to this clip, opened in memory. One that does not open is left out."""
    enrolled = studio.enrolled
    if enrolled is None or not studio.backend.capabilities.faces:
        return {}

    async def step(tx: Transaction) -> dict[PersonId, bytes]:
        found: dict[PersonId, bytes] = {}
        for account, person in (await faces(tx, clip, studio.clock.now())).items():
            try:
                stills = await enrolled.references_of(tx, person)
            except SealBroken as error:
                log.error("still_does_not_open", clip=clip.id, place=error.place)
                continue
            if stills:
                found[account] = stills[0]
        return found

    return await studio.database.read(step)


async def _agreement(studio: "Studio", clip: Clip) -> Agreement | None:
    """What the clip may say of those in it; None where nobody real is, or nothing is written down."""
    proof = studio.proof
    if proof is None:
        return None

    async def step(tx: Transaction) -> Agreement | None:
        people = await agreed(tx, clip, studio.clock.now())
        if people is None:
            return None
        head = await Ledger(proof.keys).head(tx)
        receipts = tuple(await proof.agreed_to(tx, clip.id))
        return Agreement(people=people.count, receipts=receipts, log_size=head.size, log_root=head.root.hex())

    return await studio.database.read(step)
