"""From a checked request to promised work: the store first, then the queue, then the answer."""

import asyncio
from dataclasses import dataclass, replace

import msgspec
import structlog

from walkon.agreement import against, parts_of
from walkon.bot.ask_posts import owe_asks
from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker, family_lines
from walkon.bot.command import Asked, Context, Invocation, Reacted, Reply
from walkon.bot.family_card import SHOWN_AGAIN, family_card
from walkon.bot.house import House
from walkon.bot.quota import charge, cost_of, with_wait
from walkon.consent import tables as consent
from walkon.library import reach, spending, tables
from walkon.library.clips import Clip, ClipState, ClipTakenDown
from walkon.library.lineage import Family, family_of
from walkon.library.reach import BeyondReach
from walkon.moderation.limits import LimitReached, Quota
from walkon.queue.port import DRAFT_LANE, SIDE_BY_SIDE, JobClass, JobKind, JobState, JobView, NewJob, QueueFull, QueueUnusable
from walkon.safety.text import WordsRefused
from walkon.scene.codec import decode, encode
from walkon.store import outbox
from walkon.store.database import Transaction
from walkon.store.outbox import NewRow, OutboxKind
from walkon.types.clock import to_ms
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, PersonId, PlaceId, draft_job, new_clip_id, render_job, stand_in_job
from walkon.types.people import Place
from walkon.types.scene import Scene
from walkon.word_checks import job_for

log = structlog.get_logger(__name__)

DRAFT_PACE = 330.0
"""Milliseconds of work for a second of preview: what the animatic engine takes at most (bench/animatic)."""

QUICKLY_JUDGED = 400
"""Characters that are judged in a few milliseconds."""
STORED = "stored:"
"""How the outbox keys begin of films that are kept in the host's own chat, for messages that can show nothing else."""

FIRST_ANSWER_MS = 20_000
"""How long whoever took the request may take to show its first answer before delivery does."""


@dataclass(eq=False)
class RightMissing(WalkonError):
    """walkon may not post a clip there. rights: keys of `right.*` in the locales."""

    rights: tuple[str, ...]


def card_key(clip: Clip) -> str:
    """The outbox key of the message that a clip was asked for with."""
    return f"clip:{clip.id}"


async def submit(ctx: Context, scene: Scene, *, parent: ClipId | None = None) -> Reply:
    """Promise a clip of `scene` and answer with its card. parent: what it is made from.

    Raises RightMissing, WordsRefused, BeyondReach, QueueFull, LimitReached, ClipTakenDown; nothing is promised then.
    """
    return await promise(ctx.house, ctx.invocation, scene, parent=parent)


async def promise(house: House, asked: Asked, scene: Scene, *, parent: ClipId | None = None) -> Reply:
    """Record the clip and its message, put the job in line, answer. The same event again answers with the same clip.

    The words are judged here, before anything is kept, whichever way they came.
    Raises WordsRefused, BeyondReach, QueueFull, LimitReached, ClipTakenDown; nothing is promised then.
    """
    if not isinstance(asked, Reacted) and asked.lacks:
        raise RightMissing(asked.lacks)
    await _judge(house, scene)
    await _within_reach(house, scene)
    try:
        clip, ref = await _record(house, asked, scene, parent)
    except LimitReached as reason:
        raise await with_wait(house, asked, reason) if reason.quota is Quota.ACTIVE else reason from None
    await _have_words_read(house, clip)
    view = await _line_up_or_forget(house, clip)
    if clip.state is ClipState.WAITING:
        await line_up_stand_in(house, clip)
    speaker = Speaker(house.words, clip.place.locale)
    card = await family_card(house, speaker, clip, view)
    return Reply(card=card, post=card_key(clip), revision=1, ref=ref)


async def _judge(house: House, scene: Scene) -> None:
    """Raises WordsRefused. A long text is read in a thread: it takes up to a third of a second."""
    text = scene.written
    verdict = house.judge.judge(text) if len(text) < QUICKLY_JUDGED else await asyncio.to_thread(house.judge.judge, text)
    if not verdict.passes:
        raise WordsRefused(verdict)


async def _within_reach(house: House, scene: Scene) -> None:
    """Raises BeyondReach where workers live and none of them has the memory for it."""
    longest_s = await house.database.read(lambda tx: reach.longest_s(tx, house.lane, house.clock.now()))
    if longest_s is not None and scene.seconds > longest_s:
        raise BeyondReach(scene.seconds, longest_s)


async def _have_words_read(house: House, clip: Clip) -> None:
    """Ask for the model's verdict now, also where people are asked first: what it refuses then ends at once. It is asked for again
    where the clip is rendered, so nothing is lost where the queue does not take it.
    """
    if not house.classified or clip.state.final:
        return
    try:
        await house.queue.submit(job_for(clip.id, decode(clip.scene).written))
    except (QueueFull, QueueUnusable) as error:
        log.info("words_read_later", clip=clip.id, reason=str(error))


async def show_again(ctx: Context, clip: Clip) -> Reply:
    """Owe the clip's card in a new message. The first answer is short, since a clip may take longer to upload than it has."""
    house, asked = ctx.house, ctx.invocation
    row = card_row(f"{SHOWN_AGAIN}{asked.event}", clip, asked.place, asked.reply)
    now_ms = to_ms(house.clock.now())

    async def owed(tx: Transaction) -> Family:
        await outbox.put(tx, row, now_ms, hold_ms=FIRST_ANSWER_MS, wanted=2)
        return await family_of(tx, clip, asked.place.id)

    family = await house.database.write(owed)
    speaker = Speaker(house.words, asked.place.locale)
    head = speaker.text("card.show.head", clip=clip.id)
    card = Card(tone=Tone.QUIET, head=head, words=clip.prompt, body=family_lines(speaker, family), clip=clip.id)
    return Reply(card=card, post=row.key, revision=1)


def card_row(key: str, clip: Clip, place: Place, reply: str) -> NewRow:
    """The message that shows `clip` in `place`, to be owed."""
    where = msgspec.json.encode(place).decode()
    urgent = clip.state.final
    return NewRow(key=key, kind=OutboxKind.CARD, platform=place.platform, subject=clip.id, place=where, reply=reply, urgent=urgent)


async def _record(house: House, asked: Asked, scene: Scene, parent: ClipId | None) -> tuple[Clip, str | None]:
    now = house.clock.now()
    wanted = Clip(
        id=new_clip_id(),
        event=asked.event,
        asker=asked.person,
        place=asked.place,
        prompt=scene.prompt,
        scene=encode(scene),
        lane=house.lane,
        max_bytes=asked.upload_limit,
        asked_at=now,
        parent=parent,
    )

    cost = await cost_of(house, scene.seconds)

    async def promised(tx: Transaction) -> tuple[Clip, str | None]:
        await _parent_stands(tx, parent)
        clip = await tables.add(tx, wanted)
        if clip is not wanted:
            row = await outbox.row(tx, card_key(clip))
            return clip, row.ref if row else None
        await charge(tx, house, asked, clip, cost)
        named = parts_of(scene)
        for account in named:
            await house.decider.shut_if_marked(tx, account, house.keys.person_key, now)
        casting = await house.caster.cast(tx, clip.terms, named, now)
        if not casting.settled:
            clip = replace(clip, state=ClipState.WAITING)
            await tables.save(tx, clip)
            await owe_asks(tx, clip, casting.asks, asked.mentions.values() if isinstance(asked, Invocation) else ())
        # Whoever reacts is not answered, so the card is delivery's to show.
        hold_ms = 0 if isinstance(asked, Reacted) else FIRST_ANSWER_MS
        await outbox.put(tx, card_row(card_key(clip), clip, asked.place, asked.reply), to_ms(now), hold_ms=hold_ms)
        if asked.place.elsewhere and house.storage:
            # Owed only from the moment when there is a film to store.
            await outbox.put(tx, card_row(f"{STORED}{clip.id}", clip, house.storage, "{}"), to_ms(now), wanted=0)
        return clip, None

    return await house.database.write(promised)


async def _parent_stands(tx: Transaction, parent: ClipId | None) -> None:
    # Asked again where the promise is made: the parent may have been taken down while somebody wrote the new words.
    clip = await tables.get(tx, parent) if parent else None
    if clip and clip.state is ClipState.TAKEN_DOWN:
        raise ClipTakenDown(clip.id)


async def _line_up_or_forget(house: House, clip: Clip) -> JobView | None:
    try:
        return await line_up(house, clip)
    except QueueFull:
        await house.database.write(lambda tx: _forgotten(tx, clip))
        raise


async def _forgotten(tx: Transaction, clip: Clip) -> None:
    await outbox.withdraw(tx, card_key(clip))
    await tables.remove(tx, clip.id)
    await spending.give_back(tx, clip.id)
    await consent.forget_clip(tx, clip.id)


async def line_up(house: House, clip: Clip) -> JobView | None:
    """Put the clip's job in line, if it is promised and everybody in it agrees; None if not, or while the queue is away.

    Raises QueueFull.
    """
    pace = await house.database.read(lambda tx: _pace_if_agreed(tx, house, clip))
    if pace is None:
        return None
    try:
        view = await house.queue.submit(job_of(house, clip, pace))
        await _line_up_draft(house, clip)
        return await house.queue.view(view.id) if view.state is JobState.QUEUED else view
    except QueueUnusable as error:
        # The promise is on the disk; `reconcile` puts it in line as soon as the queue is back.
        log.warning("queue_away", clip=clip.id, reason=error.reason)
        return None


async def _line_up_draft(house: House, clip: Clip) -> None:
    """A preview, where a model renders: it takes no time of the card, and nothing rests on it."""
    if house.drawn or clip.draft:
        return
    draft = replace(job_of(house, clip, DRAFT_PACE), id=draft_job(clip.id), kind=JobKind.DRAFT, lane=DRAFT_LANE, klass=JobClass.DRAFT)
    try:
        await house.queue.submit(draft)
    except QueueFull as error:
        log.info("no_room_for_draft", clip=clip.id, bound=error.bound)


async def line_up_stand_in(house: House, clip: Clip) -> None:
    """A preview with stand-ins for those who are asked, whether or not anybody hears the question. It is answered without one too."""
    job = replace(job_of(house, clip, DRAFT_PACE), id=stand_in_job(clip.id), kind=JobKind.STAND_IN, lane=DRAFT_LANE, klass=JobClass.DRAFT)
    try:
        await house.queue.submit(job)
    except (QueueFull, QueueUnusable) as error:
        log.info("no_stand_in_yet", clip=clip.id, reason=type(error).__name__)


async def _pace_if_agreed(tx: Transaction, house: House, clip: Clip) -> float | None:
    if clip.state is not ClipState.PROMISED or await against(tx, clip, house.clock.now()):
        return None
    return await tables.recent_pace(tx, clip.lane, decode(clip.scene).aspect) or house.first_pace


def job_of(house: House, clip: Clip, pace: float) -> NewJob:
    """The job that renders `clip`. pace: milliseconds of work per second of clip.

    The line remembers what ended for a week, so it knows people and their own chats by a keyed hash only: it takes turns just as well.
    """
    place = clip.place
    alone = place.private or place.elsewhere
    cost_ms = max(1, round(decode(clip.scene).seconds * pace))
    return NewJob(
        id=render_job(clip.id),
        kind=JobKind.RENDER,
        place=PlaceId(f"{place.platform}:{house.keys.person_key(PersonId(place.id))}") if alone else place.id,
        person=PersonId(house.keys.person_key(clip.asker.id)),
        lane=clip.lane,
        cost_ms=cost_ms,
        payload=clip.id.encode(),
        batch=SIDE_BY_SIDE,
    )
