"""`/sora cancel`: stop a clip that waits or renders."""

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Command, Context, Reply, clip_option
from walkon.bot.withdrawal import stop
from walkon.library import tables
from walkon.library.clips import CancelledBy, Clip, ClipState

CLIP = clip_option("clip")


async def cancel(ctx: Context) -> Reply:
    """Stop the clip named, or the asker's newest here."""
    clip = await _meant(ctx)
    if clip is None:
        return _answer(ctx, "refusal.clip" if ctx.get(CLIP) else "card.cancel.nothing", clip=ctx.get(CLIP))
    person = ctx.invocation.person.id
    if not clip.may_be_stopped_by(person, moderator=person in ctx.house.operators):
        return _answer(ctx, "press.not_yours_command", who=clip.asker.name)
    by = CancelledBy.ASKER if person == clip.asker.id else CancelledBy.MODERATOR
    stopped = await stop(ctx.house, clip.id, by)
    ended = stopped is None or stopped.state is not ClipState.CANCELLED
    return _answer(ctx, "card.cancel.ended" if ended else "card.cancel.done", clip=clip.id)


async def _meant(ctx: Context) -> Clip | None:
    wanted = ctx.get(CLIP)
    async with ctx.house.database.reading() as tx:
        if wanted is None:
            newest = await tables.latest_of(tx, ctx.invocation.person.id, ctx.invocation.place.id, promised_only=True, limit=1)
            return newest[0] if newest else None
        clip = await tables.get(tx, wanted)
    return clip if clip and clip.may_be_seen_in(ctx.invocation.place.id, ctx.invocation.person.id) else None


def _answer(ctx: Context, key: str, **values: object) -> Reply:
    speaker = Speaker(ctx.house.words, ctx.invocation.person.locale)
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True)


COMMAND = Command("cancel", cancel, options=(CLIP,))
