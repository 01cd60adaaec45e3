"""`/sora show`: bring any clip back by its id."""

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Command, Context, Reply, clip_option
from walkon.bot.intake import show_again
from walkon.library import tables

CLIP = clip_option("clip", required=True)


async def show(ctx: Context) -> Reply:
    """The clip's card in a new message, kept up to date like the first. A clip stays in its place, but for its asker."""
    async with ctx.house.database.reading() as tx:
        clip = await tables.get(tx, ctx[CLIP])
    if clip is None or not clip.may_be_seen_in(ctx.invocation.place.id, ctx.invocation.person.id):
        speaker = Speaker(ctx.house.words, ctx.invocation.person.locale)
        return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("refusal.clip", clip=ctx[CLIP])), private=True)
    return await show_again(ctx, clip)


COMMAND = Command("show", show, options=(CLIP,), public=True)
