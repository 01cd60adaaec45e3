"""Clips made from clips: another take of the same scene, the same look with new words, and the card that tells the family."""

import secrets

from walkon.bot.cards import Card, Form, Tone
from walkon.bot.carrying import in_sight
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Asked, Context, Reply
from walkon.bot.house import House
from walkon.bot.intake import promise
from walkon.bot.tokens import Deed, Token
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.scene.codec import decode
from walkon.types.ids import ClipId
from walkon.types.scene import MAX_SEED, Scene


async def seen(ctx: Context, id: ClipId) -> Clip | Reply:
    """The clip of that id that may be seen here, or the refusal that says there is none."""
    asked = ctx.invocation
    async with ctx.house.database.reading() as tx:
        clip = await tables.get(tx, id)
        if clip is not None and await in_sight(tx, clip, asked):
            return clip
    return told(Speaker(ctx.house.words, asked.person.locale), "refusal.clip", clip=id)


async def source(ctx: Context, id: ClipId) -> Clip | Reply:
    """The finished clip of that id that may be seen here, or the refusal that says why there is none to build on."""
    clip = await seen(ctx, id)
    if isinstance(clip, Reply) or clip.finished:
        return clip
    return unfinished(Speaker(ctx.house.words, ctx.invocation.person.locale), clip)


def unfinished(speaker: Speaker, clip: Clip) -> Reply:
    """There is nothing to build on: not yet, or not any more."""
    gone = clip.state is ClipState.TAKEN_DOWN
    return told(speaker, "refusal.taken_down" if gone else "refusal.unfinished", clip=clip.id)


def told(speaker: Speaker, key: str, **values: object) -> Reply:
    """One sentence in private."""
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True)


async def another_take(house: House, asked: Asked, clip: Clip, seed: int | None = None) -> Reply:
    """Promise the clip's scene again with another seed. Raises QueueFull."""
    scene = decode(clip.scene)
    return await promise(house, asked, scene.reseeded(_other_seed(scene) if seed is None else seed), parent=clip.id)


async def make_again(house: House, asked: Asked, clip: Clip) -> Reply:
    """Promise anew what was taken down and should not have been: another film, since that one is refused. Raises QueueFull."""
    scene = decode(clip.scene)
    return await promise(house, asked, scene.reseeded(_other_seed(scene)), parent=clip.parent)


def _other_seed(scene: Scene) -> int:
    return (scene.seed + 1 + secrets.randbelow(MAX_SEED)) % (MAX_SEED + 1)


def ask_words(house: House, speaker: Speaker, clip: Clip) -> Reply:
    """A form with the old words ready; the card says what to type where a platform has no forms."""
    head = speaker.text("card.remix.head", clip=clip.id)
    line = speaker.text("card.remix.line", root=house.command_root, clip=clip.id)
    form = Form(
        token=str(Token(Deed.REMIX, clip.id)),
        title=speaker.say("card.remix.head", clip=clip.id),
        label=speaker.say("card.remix.label"),
        text=clip.prompt,
    )
    return Reply(card=Card(tone=Tone.QUIET, head=head, body=(line,), clip=clip.id), private=True, form=form)
