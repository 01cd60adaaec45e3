"""`/sora extend`: the next seconds of a finished clip, after its end."""

from walkon.bot.command import Command, Context, Option, OptionKind, Reply, integer_option, text_option
from walkon.bot.extending import USUAL_S, more_of, refused
from walkon.bot.intake import submit
from walkon.bot.naming import people_in
from walkon.bot.remixing import source
from walkon.library.clips import Clip
from walkon.scene.codec import decode
from walkon.scene.parser import parse
from walkon.types.ids import ClipId
from walkon.types.scene import MAX_SECONDS, MIN_SECONDS, Scene

CLIP: Option[ClipId] = Option(name="clip", kind=OptionKind.CLIP, required=True, word=True)
WORDS = text_option("words", rest=True)
SECONDS = integer_option("seconds", low=MIN_SECONDS, high=MAX_SECONDS)


async def extend(ctx: Context) -> Reply:
    """Promise the clip and what comes after it, in its shape, style and seed; without words, its own words go on.

    Refused where the engine cannot go on from pictures, and past the longest that a clip can become.
    Raises EmptyPrompt, PromptTooLong, QueueFull.
    """
    clip = await source(ctx, ctx[CLIP])
    if isinstance(clip, Reply):
        return clip
    seconds, words = ctx.get(SECONDS) or USUAL_S, ctx.get(WORDS)
    no = await refused(ctx.house, ctx.invocation, clip, seconds)
    if no:
        return no
    scene = await _told(ctx, clip, words, seconds) if words else more_of(clip, seconds)
    return await submit(ctx, scene.going_on(clip.id), parent=clip.id)


async def _told(ctx: Context, clip: Clip, words: str, seconds: int) -> Scene:
    old = decode(clip.scene)
    return parse(
        words,
        seconds=seconds,
        aspect=old.aspect,
        seed=old.seed,
        style=old.style,
        locale=ctx.invocation.person.locale,
        people=await people_in(ctx, words),
    )


COMMAND = Command("extend", extend, options=(CLIP, WORDS, SECONDS), public=True)
