"""From the outbox to the chats: shows what is owed, once, the newest state, last states before progress."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from typing import TypeVar

import msgspec
import structlog

from walkon.agreement import Passing, has_film, passing
from walkon.bot import restricting
from walkon.bot.agreeing import withhold
from walkon.bot.cards import Card
from walkon.bot.clip_card import NOTIFY_AFTER_S, Speaker, clip_card, note_card, stays_card
from walkon.bot.family_card import SHOWN_AGAIN, family_card
from walkon.bot.house import House
from walkon.bot.intake import STORED, card_key
from walkon.bot.moderating.reports import review_card
from walkon.bot.notices import notice_of
from walkon.bot.port import ChatPlatform, MessageGone, NotAllowed, PlatformDown, Post, Throttled, TooLarge, message_name
from walkon.bot.presence import all_present
from walkon.consent import tables as consent
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.queue.port import JobState, JobView
from walkon.store import outbox
from walkon.store.claims import Claims, lost
from walkon.store.database import Transaction
from walkon.store.media import MediaAway, MediaMissing
from walkon.store.outbox import NewRow, OutboxKind, Row
from walkon.telemetry import Metrics
from walkon.types.clock import to_ms
from walkon.types.ids import ClipId, JobId, render_job
from walkon.types.people import Place

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

POLL_S = 0.2
"""How soon a change written by another process is noticed; changes in this process are noticed at once."""

GAP_S = 0.05
"""Between two rounds: what changes together is then read together."""

STANDING_S = 0.5
"""How soon a first answer that somebody else has sent is taken into the rounds."""

ABOUT_A_CLIP = frozenset({OutboxKind.CARD, OutboxKind.NOTE, OutboxKind.CASE})

WAITS_FOR_ITS_CLIP_S, LOOKS_S = 10.0, 0.1
"""How long a question waits for the clip's own message, to answer it, and how often it looks; then it stands by itself."""

BACKOFF_S = (0.5, 60.0)

# Slower further back in line, where little changes: place up to, seconds between edits.
LINE_PACE = ((3, 0.0), (10, 10.0), (30, 20.0))
LINE_PACE_BEYOND_S = 30.0


@dataclass(slots=True)
class Watched:
    """A message that progress is edited into. card: as it stands; next_s: monotonic time of the next look."""

    row: Row
    next_s: float
    card: Card | None = None


@dataclass(slots=True)
class Patience:
    """Messages that wait for others to stand or for what people did: since when, and when they look again, in monotonic time."""

    since: dict[str, float] = field(default_factory=dict)
    again: dict[str, float] = field(default_factory=dict)

    def rest(self, key: str) -> None:
        """It looks again after a moment."""
        self.again[key] = monotonic() + LOOKS_S

    def waits(self, key: str) -> bool:
        """Whether it waits on; False once it has waited long enough."""
        now = monotonic()
        if now - self.since.setdefault(key, now) < WAITS_FOR_ITS_CLIP_S:
            self.rest(key)
            return True
        self.since.pop(key)
        self.again.pop(key, None)
        return False

    @property
    def resting(self) -> tuple[str, ...]:
        """Those that do not look just now."""
        now = monotonic()
        self.again = {key: at for key, at in self.again.items() if at > now}
        return tuple(self.again)


class Delivery:
    """Delivers to one platform, also beside others that do on a shared store."""

    def __init__(self, platform: ChatPlatform, house: House, metrics: Metrics) -> None:
        self._platform = platform
        self._house = house
        self._metrics = metrics
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._watched: dict[str, Watched] = {}
        self._look_again_s = 0.0
        self._patience = Patience()
        self._claims = Claims(house.database, house.clock, platform.platform)

    async def run(self) -> None:
        """Deliver until cancelled; a delivery under way is given up and repeated at the next start."""
        await self._claims.open()
        try:
            while True:
                await self._round()
                await self._rest()
        finally:
            await self._stop()

    async def _stop(self) -> None:
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _rest(self) -> None:
        changed = self._house.database.changed
        await asyncio.sleep(GAP_S)
        # Not wait_for: in Python 3.11 it loses a cancellation that comes in the same moment as the change.
        try:
            async with asyncio.timeout(POLL_S):
                await changed.wait()
        except TimeoutError:
            return
        changed.clear()

    async def _round(self) -> None:
        free = self._platform.limits.in_flight - len(self._busy)
        if free <= 0:
            return
        rows = await self._due(free)
        rows += self._stale({row.key for row in rows}, free - len(rows))
        if not rows:
            return
        clips = await self._house.database.read(lambda tx: _clips_of(tx, rows))
        views = await self._views(clip for clip in clips.values() if clip)
        for row in rows:
            clip = clips[row.subject]
            task = asyncio.create_task(self._deliver(row, clip, views), name=f"deliver {row.key}")
            self._busy[row.key] = task
            task.add_done_callback(partial(self._done, row.key))

    async def _due(self, limit: int) -> list[Row]:
        if monotonic() >= self._look_again_s:
            self._watch(await self._claims.watched())
        return await self._claims.due(limit, (*self._busy, *self._patience.resting))

    def _done(self, key: str, task: asyncio.Task[None]) -> None:
        self._busy.pop(key, None)
        self._house.database.announce()
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery_broke", key=key, exc_info=error)

    def _watch(self, standing: Sequence[Row]) -> None:
        # First answers are sent by whoever took the request; what they say need not be said again at once.
        known, now = self._watched, monotonic()
        first_look_s = now + self._platform.limits.min_edit_s
        self._watched = {row.key: replace(known[row.key], row=row) if row.key in known else Watched(row, first_look_s) for row in standing}
        self._look_again_s = now + STANDING_S

    def _stale(self, taken: set[str], limit: int) -> list[Row]:
        # Progress takes at most half of what is free, so that it never stands in a clip's way.
        now = monotonic()
        ripe = [watched for key, watched in self._watched.items() if watched.next_s <= now and key not in self._busy and key not in taken]
        ripe.sort(key=lambda watched: watched.next_s)
        return [watched.row for watched in ripe[: max(0, limit // 2)]]

    async def _views(self, clips: Iterable[Clip]) -> Mapping[JobId, JobView]:
        jobs = [render_job(clip.id) for clip in clips if not clip.state.final]
        return await self._house.queue.views(jobs) if jobs else {}

    async def _deliver(self, row: Row, clip: Clip | None, views: Mapping[JobId, JobView]) -> None:
        if row.kind is OutboxKind.RESTRICTION:
            await self._restrict(row)
            return
        if row.kind not in ABOUT_A_CLIP:
            await self._tell(row)
            return
        if clip is None:
            await self._give_up(row, "the clip is not kept")
            return
        if row.key.startswith(STORED) and not clip.finished and row.ref is None:
            await self._house.database.write(lambda tx: outbox.withdraw(tx, row.key))
            return
        owed = row.kind is OutboxKind.CARD and row.wanted > row.shown
        if owed and not (await self._all_heard(row, clip) and await self._all_present(row, clip)):
            return
        view = views.get(render_job(clip.id))
        place = msgspec.json.decode(row.place, type=Place)
        speaker = Speaker(self._house.words, place.locale)
        found = await self._passing(row, clip, place)
        if found in (Passing.AGAINST, Passing.GONE):
            return
        stays = found is Passing.OUT_OF_SCOPE
        card = stays_card(speaker, clip) if stays else await self._card(row, clip, view, place, speaker)
        watched = self._watched.get(row.key)
        if watched and watched.card == card and row.ref and row.wanted <= row.shown:
            watched.next_s = monotonic() + self._pace(view)
            return
        await self._show(row, clip, view, card, place, speaker)

    async def _all_heard(self, row: Row, clip: Clip) -> bool:
        """Whether no yes that the film rests on may have been taken back while nobody listened; else it is looked again."""
        if self._platform.has_caught_up or not has_film(clip):
            return True
        if not await self._house.database.read(lambda tx: consent.grants_of(tx, clip.id)):
            return True
        self._patience.rest(row.key)
        return False

    async def _all_present(self, row: Row, clip: Clip) -> bool:
        """Whether nobody it depends on has left; where the platform could not be asked, it is asked again before anything is shown."""
        looking = all_present(self._platform, self._house, clip)
        return bool(await self._attempt(row, looking, partial(self._gone, row, clip)))

    async def _passing(self, row: Row, clip: Clip, place: Place) -> Passing:
        """Whether everybody in a clip agrees to its film's being seen there, now. Where not at all, the clip ends."""
        if not has_film(clip) or row.kind is not OutboxKind.CARD:
            return Passing.AGREED
        elsewhere = None if row.key in (card_key(clip), f"{STORED}{clip.id}") else place
        step = partial(passing, clip_id=clip.id, place=elsewhere, now=self._house.clock.now())
        found = await self._house.database.read(step)
        if found is Passing.AGAINST:
            log.info("clip_withheld", clip=clip.id)
            await withhold(self._house, clip.id)
        return found

    async def _card(self, row: Row, clip: Clip, view: JobView | None, place: Place, speaker: Speaker) -> Card:
        if row.kind is OutboxKind.NOTE:
            return note_card(speaker, clip)
        if row.kind is OutboxKind.CASE:
            return await review_card(self._house, speaker, clip)
        if row.key.startswith(STORED):
            return replace(clip_card(speaker, clip, view), pings=frozenset(), buttons=())
        family_in = place.id if row.key.startswith(SHOWN_AGAIN) else None
        return await family_card(self._house, speaker, clip, view, family_in=family_in)

    async def _show(self, row: Row, clip: Clip, view: JobView | None, card: Card, place: Place, speaker: Speaker) -> None:
        post = Post(key=row.key, place=place, reply=row.reply, ref=row.ref, follows=row.follows)
        ref = await self._attempt(row, self._send(post, card, speaker), partial(self._gone, row, clip))
        if ref is not None:
            await self._shown(row, clip, view, card, ref)

    async def _attempt(self, row: Row, sending: Awaitable[Answer], gone: Callable[[], Awaitable[None]]) -> Answer | None:
        """What the platform answers, for a message where it stands now; None where it failed, which has been dealt with."""
        try:
            return await sending
        except Throttled as error:
            await self._retry(row, error.retry_after_s, "throttled")
        except PlatformDown as error:
            await self._retry(row, _backoff(row.attempts), error.reason)
        except MediaAway as error:
            await self._retry(row, _backoff(row.attempts), str(error))
        except MessageGone:
            await gone()
        except NotAllowed as error:
            await self._give_up(row, error.reason)
        except Exception as error:  # a defect in one card may neither stop the others nor be tried without end
            log.error("delivery_broke", key=row.key, exc_info=error)
            await self._retry(row, _backoff(row.attempts), type(error).__name__)
        return None

    async def _restrict(self, row: Row) -> None:
        """Use the platform's own means as the row says; no message, but owed and repeated like one."""
        doing = restricting.carry_out(self._platform, self._house, row)
        ref = await self._attempt(row, doing, partial(self._gone_for_good, row))
        if ref is not None:
            await self._house.database.write(partial(outbox.acknowledge, key=row.key, revision=row.wanted, ref=ref))

    async def _tell(self, row: Row) -> None:
        """Show a message that is about a person. Where it answers a clip's, that one goes first, if it ever stands."""
        notice = await notice_of(self._house, row)
        if notice is None:
            await self._give_up(row, "nothing is known of it any more")
            return
        key = notice.follows
        answered = await self._house.database.read(lambda tx: outbox.row(tx, key)) if key else None
        if answered and answered.ref is None and self._patience.waits(row.key):
            return
        place = msgspec.json.decode(row.place, type=Place)
        post = Post(key=row.key, place=place, reply="{}", ref=row.ref, follows=answered.ref if answered else None)
        ref = await self._attempt(row, self._platform.show(post, notice.card), partial(self._gone_for_good, row))
        if ref is not None:
            self._metrics.delivered(self._platform.platform, "sent")
            shown = partial(outbox.acknowledge, key=row.key, revision=row.wanted, ref=ref, message=message_name(ref))
            await self._house.database.write(shown)
            if row.ref is None and notice.card.reactions:
                # Only now, when a reaction finds what it is about.
                await self._attempt(row, self._invited(ref, notice.card), partial(self._gone_for_good, row))

    async def _invited(self, ref: str, card: Card) -> str:
        await self._platform.begin_reactions(ref, card.reactions)
        return ref

    async def _gone_for_good(self, row: Row) -> None:
        # Whoever deletes a question has not answered it: it stays open where it can be looked up, and is not put again.
        await self._house.database.write(lambda tx: outbox.forget(tx, row.key, seen=row.wanted))

    async def _send(self, post: Post, card: Card, speaker: Speaker) -> str:
        try:
            return await self._platform.show(post, card)
        except TooLarge:
            why = "card.finished.too_large"
        except MediaMissing as error:
            log.error("media_missing", key=error.key, post=post.key)
            why = "card.finished.not_kept"
        return await self._platform.show(post, card.without_video(speaker.text(why)))

    async def _shown(self, row: Row, clip: Clip, view: JobView | None, card: Card, ref: str) -> None:
        self._metrics.delivered(self._platform.platform, "sent")
        owed = row.wanted > row.shown
        if owed or ref != row.ref or self._claims.may_be_lost(row.key):
            await self._house.database.write(partial(self._note_shown, row, clip, ref, owed))
        if clip.state.final or row.kind is not OutboxKind.CARD:
            self._watched.pop(row.key, None)
        else:
            self._watched[row.key] = Watched(replace(row, ref=ref, shown=row.wanted), monotonic() + self._pace(view), card)

    async def _note_shown(self, row: Row, clip: Clip, ref: str, owed: bool, tx: Transaction) -> None:
        if self._claims.deliverer and await lost(tx, row.key, self._claims.deliverer, to_ms(self._house.clock.now())):
            return
        await outbox.acknowledge(tx, row.key, row.wanted, ref, message=message_name(ref))
        if clip.state is ClipState.FINISHED and row.key == card_key(clip):
            await consent.note_shown(tx, clip.id, self._house.clock.now())
        if row.key.startswith(STORED):
            await outbox.hurry(tx, row.subject, to_ms(self._house.clock.now()))
        answerable = row.kind is OutboxKind.CARD and not msgspec.json.decode(row.place, type=Place).elsewhere
        if owed and clip.state is ClipState.FINISHED and answerable:
            await self._owe_note(tx, row, clip, ref)

    async def _owe_note(self, tx: Transaction, row: Row, clip: Clip, ref: str) -> None:
        if clip.waited_s <= NOTIFY_AFTER_S or not row.key.startswith("clip:") or not self._platform.limits.notes:
            return
        note = NewRow(
            key=f"note:{clip.id}",
            kind=OutboxKind.NOTE,
            platform=row.platform,
            subject=clip.id,
            place=row.place,
            reply=row.reply,
            follows=ref,
            urgent=True,
        )
        await outbox.put(tx, note, to_ms(self._house.clock.now()))

    def _pace(self, view: JobView | None) -> float:
        least = self._platform.limits.min_edit_s
        if view is None or view.state is JobState.RUNNING or view.position is None:
            return least
        line = next((pace for place, pace in LINE_PACE if view.position <= place), LINE_PACE_BEYOND_S)
        return max(least, line)

    async def _retry(self, row: Row, after_s: float, error: str) -> None:
        self._metrics.delivered(self._platform.platform, "retried")
        if row.wanted <= row.shown:
            if watched := self._watched.get(row.key):
                watched.next_s = monotonic() + after_s
            return
        due_ms = to_ms(self._house.clock.now()) + int(after_s * 1000)
        await self._house.database.write(lambda tx: outbox.retry(tx, row.key, due_ms, error))
        asyncio.get_running_loop().call_later(after_s, self._house.database.announce)

    async def _gone(self, row: Row, clip: Clip) -> None:
        # Somebody deleted the placeholder: its progress is of no use any more, but the clip was promised. One that was taken down
        # needs no message: gone is what it is meant to be.
        # Nor can one be posted anew where a person carried it.
        elsewhere = msgspec.json.decode(row.place, type=Place).elsewhere
        owed = clip.state.final and clip.state is not ClipState.TAKEN_DOWN and not elsewhere
        self._watched.pop(row.key, None)
        await self._house.database.write(lambda tx: outbox.forget(tx, row.key, seen=0 if owed else row.wanted))

    async def _give_up(self, row: Row, error: str) -> None:
        self._metrics.delivered(self._platform.platform, "given_up")
        log.warning("delivery_given_up", key=row.key, reason=error)
        self._watched.pop(row.key, None)
        await self._house.database.write(lambda tx: outbox.give_up(tx, row.key, error))


async def _clips_of(tx: Transaction, rows: Sequence[Row]) -> dict[str, Clip | None]:
    return {row.subject: await tables.get(tx, ClipId(row.subject)) for row in rows}


def _backoff(attempts: int) -> float:
    """Full jitter, doubled each time up to a minute."""
    least, most = BACKOFF_S
    return random.uniform(least / 2, min(most, least * 2**attempts))  # noqa: S311 - spreads retries, guards nothing
