"""`/sora show`: bring any clip back by its id."""

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker, taken_down_card
from walkon.bot.command import Command, Context, Reply, clip_option
from walkon.bot.intake import show_again
from walkon.library import tables
from walkon.library.clips import ClipState

CLIP = clip_option("clip", required=True)


async def show(ctx: Context) -> Reply:
    """The clip's card in a new message, kept up to date like the first. A clip stays in its place, but for its asker."""
    async with ctx.house.database.reading() as tx:
        clip = await tables.get(tx, ctx[CLIP])
    speaker = Speaker(ctx.house.words, ctx.invocation.person.locale)
    if clip is None or not clip.may_be_seen_in(ctx.invocation.place.id, ctx.invocation.person.id):
        return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("refusal.clip", clip=ctx[CLIP])), private=True)
    if clip.state is ClipState.TAKEN_DOWN:
        return Reply(card=taken_down_card(speaker, clip), private=True)
    return await show_again(ctx, clip)


COMMAND = Command("show", show, options=(CLIP,), public=True)
