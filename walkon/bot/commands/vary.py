"""`/sora vary`: another take of a finished clip."""

from walkon.bot.command import Command, Context, Reply, clip_option, integer_option
from walkon.bot.remixing import another_take, source
from walkon.types.scene import MAX_SEED

CLIP = clip_option("clip", required=True)
SEED = integer_option("seed", low=0, high=MAX_SEED)


async def vary(ctx: Context) -> Reply:
    """Promise the same scene with another seed, for anyone who may see the clip. Raises QueueFull."""
    clip = await source(ctx, ctx[CLIP])
    return clip if isinstance(clip, Reply) else await another_take(ctx.house, ctx.invocation, clip, ctx.get(SEED))


COMMAND = Command("vary", vary, options=(CLIP, SEED), public=True)
