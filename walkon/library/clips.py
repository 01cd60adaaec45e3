"""A clip's life as a record and the transitions it may take. Pure: records in, records or a typed error out."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from walkon.types.errors import WalkonError
from walkon.types.harm import HeldFor
from walkon.types.ids import ClipId, EventId, PersonId, PlaceId
from walkon.types.people import Person, Place
from walkon.types.terms import Terms


class ClipState(StrEnum):
    """Where a clip is. PROMISED covers waiting in line and rendering: the queue says which."""

    WAITING = "waiting"
    """Somebody who would be in it has not answered yet: it is in the store and nowhere else."""
    PROMISED = "promised"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    """Not everybody who would be in it agrees. Who, and whether by a no or by silence, is told to nobody."""
    HELD = "held"
    """A check was not sure about it or could not be made: nobody sees it."""
    TAKEN_DOWN = "taken_down"
    """Nobody may see it any more: neither film nor poster nor words."""

    @property
    def final(self) -> bool:
        """Nothing more will happen by itself."""
        return self not in (ClipState.WAITING, ClipState.PROMISED)


class CancelledBy(StrEnum):
    """Who stopped a clip."""

    ASKER = "asker"
    MODERATOR = "moderator"


class RemovedBy(StrEnum):
    """Why a clip was taken down; keys of `card.taken_down.*` in the locales."""

    PERSON = "person"
    """Somebody in it took their yes back."""
    MAKER = "maker"
    MODERATOR = "moderator"
    ORIGIN = "origin"
    """The clip it was made from was taken down."""
    SAME_FILE = "same_file"
    """The very same film was taken down."""

    @property
    def bans_file(self) -> bool:
        """Whether the film may never come back: not where its maker only tidied up."""
        return self is not RemovedBy.MAKER


class FailureCause(StrEnum):
    """Why a clip did not finish; keys of `failure.*` in the locales."""

    RENDER = "render"
    """The engine gave up after its retries."""
    INPUT = "input"
    """The engine cannot draw this scene."""
    LOST = "lost"
    """The work vanished and could not be brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a render left behind. video, poster, captions: keys in the media store. spent_ms: the worker's time.

    held: why nobody may see it, None where everybody may. saved_wh: of a draft that was kept in place of a render, what that would
    have taken, as an estimate.

    film: SHA-256 of picture and sound before they were signed: two renders of one film differ in their signatures alone. "" in
    clips of releases that did not sign. notice: a sentence that the model's licence wants beside the clip.
    """

    video: str
    poster: str
    captions: str
    bytes: int
    seconds: float
    width: int
    height: int
    energy_wh: float
    energy_metered: bool
    drawn: bool
    not_staged: tuple[str, ...]
    spent_ms: int
    film: str = ""
    held: HeldFor | None = None
    saved_wh: float = 0.0
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A clip. scene: encoded by `scene/codec.py`, opaque here. token: the fencing token of the render that finished it.

    parent: the clip it was made from, as another take or with new words. rule: what a moderator gave as the reason for taking
    it down. draft: the preview that is shown until the render is done; while the clip waits, one with stand-ins, for those who are
    asked and nobody else. held: why it is held back. withheld: what its render left
    behind, where there was one: in the store, shown to nobody.
    """

    id: ClipId
    event: EventId
    asker: Person
    place: Place
    prompt: str
    scene: bytes
    lane: str
    max_bytes: int
    asked_at: datetime
    state: ClipState = ClipState.PROMISED
    token: int = 0
    ended_at: datetime | None = None
    finished: Finished | None = None
    cancelled_by: CancelledBy | None = None
    failure: FailureCause | None = None
    parent: ClipId | None = None
    removed_by: RemovedBy | None = None
    rule: str = ""
    held: HeldFor | None = None
    withheld: Finished | None = None
    draft: Finished | None = None

    def may_be_stopped_by(self, person: PersonId, *, moderator: bool) -> bool:
        """The asker and moderators may."""
        return person == self.asker.id or moderator

    def may_be_seen_in(self, place: PlaceId, person: PersonId) -> bool:
        """A clip stays in its place; only its asker may bring it elsewhere."""
        return place == self.place.id or person == self.asker.id

    @property
    def terms(self) -> Terms:
        """What whoever is in it agrees to."""
        who, where = self.asker.id, self.place.scope
        return Terms(clip=self.id, requester=who, place=where, words=self.prompt, scene=self.scene, reference=self.parent)

    @property
    def waited_s(self) -> float:
        """Seconds from asking to the end, 0 while it goes on."""
        return (self.ended_at - self.asked_at).total_seconds() if self.ended_at else 0.0


@dataclass(eq=False)
class ClipEnded(WalkonError):
    """The clip is in a final state already."""

    clip: ClipId
    state: ClipState


@dataclass(eq=False)
class StaleToken(WalkonError):
    """A render with a newer fencing token has finished this clip; drop the output."""

    clip: ClipId


@dataclass(eq=False)
class ClipTakenDown(WalkonError):
    """The clip was taken down: nothing may be made from it."""

    clip: ClipId


def finish(clip: Clip, token: int, finished: Finished, now: datetime) -> Clip:
    """The clip, finished by the render that held `token`; the same render saying so again changes nothing.

    Raises ClipEnded where it was cancelled or failed first, StaleToken where a newer render finished it.
    """
    if clip.state in (ClipState.FINISHED, ClipState.HELD) and clip.token:
        if token == clip.token:
            return clip
        raise StaleToken(clip.id)
    if clip.state not in (ClipState.PROMISED, ClipState.FAILED):
        raise ClipEnded(clip.id, clip.state)
    if finished.held:
        return replace(hold(clip, finished.held, now), token=token, withheld=finished)
    return replace(clip, state=ClipState.FINISHED, token=token, finished=finished, ended_at=now, failure=None)


def drafted(clip: Clip, draft: Finished, state: ClipState = ClipState.PROMISED) -> Clip:
    """The clip with a preview, made for that state of it. Raises ClipEnded where it has gone on since, or where it may not be shown."""
    if clip.state is not state or draft.held:
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, draft=draft)


def keep_draft(clip: Clip, saved_wh: float, now: datetime) -> Clip:
    """The clip, finished by its preview. Raises ClipEnded where it has ended, or has no preview."""
    if clip.state is not ClipState.PROMISED or clip.draft is None:
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, state=ClipState.FINISHED, finished=replace(clip.draft, saved_wh=saved_wh), draft=None, ended_at=now)


def hold(clip: Clip, why: HeldFor, now: datetime) -> Clip:
    """The clip, held back: a film of it may exist and is shown to nobody. Raises ClipEnded where it was stopped or taken down."""
    if clip.state not in (ClipState.WAITING, ClipState.PROMISED, ClipState.FAILED):
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, state=ClipState.HELD, held=why, ended_at=now, failure=None)


def hide(clip: Clip) -> Clip:
    """The clip, out of sight for as long as nobody has looked at what people report of it. Raises ClipEnded where none was to be seen."""
    if clip.state is not ClipState.FINISHED or clip.finished is None:
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, state=ClipState.HELD, held=HeldFor.REPORTS, withheld=clip.finished, finished=None)


def let_show(clip: Clip) -> Clip:
    """The clip that was held back for its pictures, finished after all: somebody looked at it. Raises ClipEnded."""
    if clip.state is not ClipState.HELD or clip.withheld is None:
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, state=ClipState.FINISHED, finished=replace(clip.withheld, held=None), held=None, withheld=None)


def release(clip: Clip) -> Clip:
    """The clip, promised: everybody in it agrees. Raises ClipEnded where it no longer waits, unless it is promised already."""
    if clip.state.final:
        raise ClipEnded(clip.id, clip.state)
    return clip if clip.state is ClipState.PROMISED else replace(clip, state=ClipState.PROMISED, draft=None)


def decline(clip: Clip, now: datetime) -> Clip:
    """The clip, not made: somebody in it does not agree; also one that failed before, so that no late result brings it back.

    Raises ClipEnded.
    """
    if clip.state.final and clip.state is not ClipState.FAILED:
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, state=ClipState.DECLINED, ended_at=now)


def cancel(clip: Clip, by: CancelledBy, now: datetime) -> Clip:
    """The clip, stopped. Raises ClipEnded."""
    if clip.state.final:
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, state=ClipState.CANCELLED, cancelled_by=by, ended_at=now)


def cancel_unseen(clip: Clip, by: CancelledBy) -> Clip:
    """The clip, stopped between its end and its post: its film is shown to nobody. Raises ClipEnded where it has none."""
    if clip.state is not ClipState.FINISHED:
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, state=ClipState.CANCELLED, cancelled_by=by, finished=None)


def fail(clip: Clip, cause: FailureCause, now: datetime) -> Clip:
    """The clip, given up. Raises ClipEnded."""
    if clip.state.final:
        raise ClipEnded(clip.id, clip.state)
    return replace(clip, state=ClipState.FAILED, failure=cause, ended_at=now)


def take_down(clip: Clip, by: RemovedBy, now: datetime, rule: str = "") -> Clip:
    """The clip, out of everybody's sight, whatever state it was in; one that was taken down before stays as it is.

    Only what a moderator removed keeps its words, for a second look; all else is a tombstone without content.
    """
    if clip.state is ClipState.TAKEN_DOWN:
        return clip
    ended_at = clip.ended_at or now
    gone = replace(clip, state=ClipState.TAKEN_DOWN, finished=None, withheld=None, draft=None, removed_by=by, rule=rule, ended_at=ended_at)
    return gone if by is RemovedBy.MODERATOR else replace(gone, prompt="", scene=b"")
