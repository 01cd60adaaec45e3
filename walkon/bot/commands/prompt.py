"""`/sora prompt`: make a clip from words."""

import secrets

from walkon.bot.command import Command, Context, Reply, choice_option, integer_option, style_option, text_option
from walkon.bot.intake import submit
from walkon.bot.naming import people_in
from walkon.scene.options import options_of
from walkon.scene.parser import parse
from walkon.types.scene import MAX_SECONDS, MAX_SEED, MIN_SECONDS, Aspect

PROMPT = text_option("prompt", required=True, rest=True)
SECONDS = integer_option("seconds", low=MIN_SECONDS, high=MAX_SECONDS)
ASPECT = choice_option("aspect", tuple(Aspect))
STYLE = style_option()
SEED = integer_option("seed", low=0, high=MAX_SEED)


async def prompt(ctx: Context) -> Reply:
    """Promise the clip. Raises EmptyPrompt, PromptTooLong, OptionRefused, QueueFull."""
    aspect, seed, written = ctx.get(ASPECT), ctx.get(SEED), options_of(ctx[PROMPT])
    seed = written.seed if seed is None else seed
    scene = parse(
        ctx[PROMPT],
        seconds=ctx.get(SECONDS),
        aspect=Aspect(aspect) if aspect else None,
        seed=secrets.randbelow(MAX_SEED + 1) if seed is None else seed,
        style=ctx.get(STYLE),
        locale=ctx.invocation.person.locale,
        people=await people_in(ctx, ctx[PROMPT]),
    )
    return await submit(ctx, scene)


COMMAND = Command("prompt", prompt, options=(PROMPT, SECONDS, ASPECT, STYLE, SEED), public=True)
