"""`/sora remix`: new words for a finished clip, in its look."""

from dataclasses import replace

from walkon.bot.clip_card import Speaker
from walkon.bot.command import Command, Context, Option, OptionKind, Reply, choice_option, integer_option, style_option, text_option
from walkon.bot.intake import submit
from walkon.bot.naming import people_in
from walkon.bot.remixing import ask_words, source
from walkon.library.clips import Clip
from walkon.scene.codec import decode
from walkon.scene.options import options_of
from walkon.scene.parser import parse
from walkon.types.ids import ClipId
from walkon.types.scene import MAX_SECONDS, MAX_SEED, MIN_SECONDS, USUAL_STRENGTH, Aspect, BuiltOn, Manner, Scene

CLIP: Option[ClipId] = Option(name="clip", kind=OptionKind.CLIP, required=True, word=True)
WORDS = text_option("words", rest=True)
SECONDS = integer_option("seconds", low=MIN_SECONDS, high=MAX_SECONDS)
ASPECT = choice_option("aspect", tuple(Aspect))
STYLE = style_option()
SEED = integer_option("seed", low=0, high=MAX_SEED)
STRENGTH = integer_option("strength", low=0, high=100)


async def remix(ctx: Context) -> Reply:
    """Promise the words in the clip's length, shape, style and seed, as far as nothing else is asked for; without words, ask for them.

    Raises EmptyPrompt, PromptTooLong, OptionRefused, QueueFull.
    """
    clip, words = await source(ctx, ctx[CLIP]), ctx.get(WORDS)
    if isinstance(clip, Reply):
        return clip
    if not words:
        return ask_words(ctx.house, Speaker(ctx.house.words, ctx.invocation.person.locale), clip)
    return await submit(ctx, await _scene(ctx, clip, words), parent=clip.id)


async def _scene(ctx: Context, clip: Clip, words: str) -> Scene:
    old, written = decode(clip.scene), options_of(words)
    aspect, seed = ctx.get(ASPECT), _first(ctx.get(SEED), written.seed, old.seed)
    scene = parse(
        words,
        seconds=ctx.get(SECONDS) or written.seconds or old.seconds,
        aspect=Aspect(aspect) if aspect else written.aspect or old.aspect,
        seed=seed,
        style=ctx.get(STYLE) or old.style,
        locale=ctx.invocation.person.locale,
        people=await people_in(ctx, words),
    )
    percent = ctx.get(STRENGTH)
    strength = USUAL_STRENGTH if percent is None else percent / 100
    return replace(scene, built_on=BuiltOn(clip=clip.id, manner=Manner.REMIX, strength=strength))


def _first(asked: int | None, written: int | None, old: int) -> int:
    return next((seed for seed in (asked, written) if seed is not None), old)


COMMAND = Command("remix", remix, options=(CLIP, WORDS, SECONDS, ASPECT, STYLE, SEED, STRENGTH), public=True, menu=True)
