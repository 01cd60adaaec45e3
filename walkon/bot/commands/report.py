"""`/sora report`: ask the moderators to look at a clip."""

from walkon.bot.command import Command, Context, Option, OptionKind, Reply, text_option
from walkon.bot.moderating.reports import report as ask_for_a_look
from walkon.bot.remixing import seen
from walkon.library.clips import Clip
from walkon.moderation.mutes import REASON_LIMIT
from walkon.types.ids import ClipId

CLIP: Option[ClipId] = Option(name="clip", kind=OptionKind.CLIP, required=True, word=True)
REASON = text_option("reason", rest=True, high=REASON_LIMIT)


async def report(ctx: Context) -> Reply:
    """Report a clip that may be seen here, with a few words if one likes."""
    clip = await seen(ctx, ctx[CLIP])
    return await ask_for_a_look(ctx.house, ctx.invocation, clip, ctx.get(REASON) or "") if isinstance(clip, Clip) else clip


COMMAND = Command("report", report, options=(CLIP, REASON), menu=True)
