"""`/sora vary`: another take of a finished clip."""

from walkon.bot.command import Command, Context, Option, OptionKind, Reply
from walkon.bot.remixing import another_take, source
from walkon.types.ids import ClipId
from walkon.types.scene import MAX_SEED

CLIP: Option[ClipId] = Option(name="clip", kind=OptionKind.CLIP, required=True, word=True)
SEED: Option[int] = Option(name="seed", kind=OptionKind.INTEGER, low=0, high=MAX_SEED, word=True)


async def vary(ctx: Context) -> Reply:
    """Promise the same scene with another seed, for anyone who may see the clip. Raises QueueFull."""
    clip = await source(ctx, ctx[CLIP])
    return clip if isinstance(clip, Reply) else await another_take(ctx.house, ctx.invocation, clip, ctx.get(SEED))


COMMAND = Command("vary", vary, options=(CLIP, SEED), public=True)
