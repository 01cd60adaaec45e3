"""`/sora show`: bring any clip back by its id."""

from dataclasses import replace
from datetime import datetime

from walkon.agreement import Passing, may_be_shown, taken_back
from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker, stays_card, taken_down_card
from walkon.bot.command import Command, Context, Reply, clip_option
from walkon.bot.intake import show_again
from walkon.bot.moments import moment
from walkon.library import tables
from walkon.library.clips import ClipState, RemovedBy

CLIP = clip_option("clip", required=True)


async def show(ctx: Context) -> Reply:
    """The clip's card in a new message, kept up to date like the first. A clip stays in its place, but for its asker."""
    here = ctx.invocation.place.id
    async with ctx.house.database.reading() as tx:
        clip = await tables.get(tx, ctx[CLIP])
        finished = clip if clip and clip.state is ClipState.FINISHED else None
        ended = await taken_back(tx, clip) if clip and clip.removed_by is RemovedBy.PERSON else None
        passing = await may_be_shown(tx, finished, place=here, now=ctx.house.clock.now()) if finished else Passing.AGREED
    speaker = Speaker(ctx.house.words, ctx.invocation.person.locale)
    if clip is None or not clip.may_be_seen_in(here, ctx.invocation.person.id):
        return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("refusal.clip", clip=ctx[CLIP])), private=True)
    if clip.state is ClipState.TAKEN_DOWN:
        return Reply(card=_with_state(ctx, speaker, taken_down_card(speaker, clip), ended), private=True)
    if passing is not Passing.AGREED:
        unknown = Card(tone=Tone.QUIET, head=speaker.text("refusal.clip", clip=clip.id))
        return Reply(card=stays_card(speaker, clip) if passing is Passing.OUT_OF_SCOPE else unknown, private=True)
    return await show_again(ctx, clip)


def _with_state(ctx: Context, speaker: Speaker, card: Card, ended: datetime | None) -> Card:
    """The card with when a yes was taken back, by nobody in particular."""
    if ended is None:
        return card
    when = moment(speaker, ended, ctx.house.clock.now())
    return replace(card, body=(*card.body, speaker.text("card.people.ended", moment=when)))


COMMAND = Command("show", show, options=(CLIP,), public=True)
