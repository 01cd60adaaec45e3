"""`/sora extend`: the next seconds of a finished clip, after its end."""

from dataclasses import replace

from walkon.bot.clip_card import Speaker
from walkon.bot.command import Command, Context, Option, OptionKind, Reply, integer_option, text_option
from walkon.bot.intake import submit
from walkon.bot.naming import people_in
from walkon.bot.remixing import source, told
from walkon.library import reach
from walkon.library.clips import Clip
from walkon.scene.codec import decode
from walkon.scene.parser import parse
from walkon.types.ids import ClipId
from walkon.types.scene import LONGEST_EXTENDED_S, MAX_SECONDS, MIN_SECONDS, BuiltOn, Manner

CLIP: Option[ClipId] = Option(name="clip", kind=OptionKind.CLIP, required=True, word=True)
WORDS = text_option("words", rest=True)
SECONDS = integer_option("seconds", low=MIN_SECONDS, high=MAX_SECONDS)

USUAL_S = 5
"""Seconds that are added where nobody says."""


async def extend(ctx: Context) -> Reply:
    """Promise the clip and what comes after it, in its shape, style and seed; without words, its own words go on.

    Refused where the engine cannot go on from pictures, and past the longest that a clip can become.
    Raises EmptyPrompt, PromptTooLong, QueueFull.
    """
    clip = await source(ctx, ctx[CLIP])
    if isinstance(clip, Reply):
        return clip
    speaker, seconds = Speaker(ctx.house.words, ctx.invocation.person.locale), ctx.get(SECONDS) or USUAL_S
    if not await _can(ctx):
        return told(speaker, "refusal.extend_here", root=ctx.house.command_root, clip=clip.id)
    if clip.finished and clip.finished.seconds + seconds > LONGEST_EXTENDED_S:
        return told(speaker, "refusal.extend_long", clip=clip.id, limit=LONGEST_EXTENDED_S)
    return await _longer(ctx, clip, seconds)


async def _can(ctx: Context) -> bool:
    """Whether the engine can go on from pictures, as its workers say; while none lives, the clip waits for one."""
    house = ctx.house
    told = await house.database.read(lambda tx: reach.extends(tx, house.lane, house.clock.now()))
    return not house.drawn and told is not False


async def _longer(ctx: Context, clip: Clip, seconds: int) -> Reply:
    old, words = decode(clip.scene), ctx.get(WORDS) or clip.prompt
    scene = parse(
        words,
        seconds=seconds,
        aspect=old.aspect,
        seed=old.seed,
        style=old.style,
        locale=ctx.invocation.person.locale,
        people=await people_in(ctx, words),
    )
    built_on = BuiltOn(clip=clip.id, manner=Manner.EXTEND)
    return await submit(ctx, replace(scene, built_on=built_on), parent=clip.id)


COMMAND = Command("extend", extend, options=(CLIP, WORDS, SECONDS), public=True)
