"""`/sora like`: like a clip, take that back, or see which clips one likes."""

from walkon.bot import liking
from walkon.bot.cards import Card, Tone
from walkon.bot.carrying import in_sight
from walkon.bot.clip_card import Speaker, first_words
from walkon.bot.command import Command, Context, Reply, clip_option
from walkon.bot.remixing import source
from walkon.library import likes
from walkon.library.clips import Clip

CLIP = clip_option("clip")
LISTED = 10


async def like(ctx: Context) -> Reply:
    """Like a finished clip that may be seen here, or take the like back; without an id, the newest that one likes, in private."""
    named = ctx.get(CLIP)
    if named is None:
        return await _liked(ctx)
    clip = await source(ctx, named)
    return await liking.turn(ctx.house, ctx.invocation, clip.id) if isinstance(clip, Clip) else clip


async def _liked(ctx: Context) -> Reply:
    # Alone with walkon one reads of all that one likes, in a place with others of what lives there.
    asked = ctx.invocation
    async with ctx.house.database.reading() as tx:
        found = await likes.liked_by(tx, asked.person.id, limit=LISTED)
        seen = [clip for clip in found if asked.place.private or await in_sight(tx, clip, asked)]
    speaker = Speaker(ctx.house.words, asked.person.locale)
    if not seen:
        return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("card.like.none", root=ctx.house.command_root)), private=True)
    lines = (speaker.text("card.like.line", clip=clip.id, who=clip.asker.name, words=first_words(clip.prompt)) for clip in seen)
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text("card.like.head"), body=tuple(lines)), private=True)


COMMAND = Command("like", like, options=(CLIP,))
