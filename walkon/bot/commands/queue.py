"""`/sora queue`: where am I in the line?"""

from walkon.bot.cards import Card, Text, Tone
from walkon.bot.clip_card import Speaker, list_button, percent, phase_words
from walkon.bot.command import Command, Context, Reply
from walkon.library import tables
from walkon.library.clips import Clip
from walkon.queue.port import JobState, JobView
from walkon.types.ids import render_job


async def queue(ctx: Context) -> Reply:
    """The asker's clips that are still owed here, each with its place, and the whole line in one sentence."""
    speaker = Speaker(ctx.house.words, ctx.invocation.person.locale)
    person, place = ctx.invocation.person.id, ctx.invocation.place.id
    clips = await ctx.house.database.glance(lambda tx: tables.latest_of(tx, person, place, promised_only=True))
    views = await ctx.house.queue.views([render_job(clip.id) for clip in clips]) if clips else {}
    lines = [_line(speaker, clip, views.get(render_job(clip.id))) for clip in clips]
    stats = await ctx.house.queue.stats()
    lines.append(speaker.text("card.queue.all", queued=stats.queued + stats.delayed, running=stats.running))
    key = "empty" if not clips else "head_one" if len(clips) == 1 else "head"
    head, buttons = speaker.text(f"card.queue.{key}", n=len(clips)), (list_button(speaker),)
    return Reply(card=Card(tone=Tone.QUIET, head=head, body=tuple(lines), buttons=buttons), private=True)


def _line(speaker: Speaker, clip: Clip, view: JobView | None) -> Text:
    if view and view.state is JobState.RUNNING:
        phase = phase_words(speaker, view.progress)
        return speaker.text("card.queue.rendering", clip=clip.id, phase=phase, percent=percent(view.progress))
    if view and view.position is not None and view.starts_ms is not None:
        ordinal = speaker.words.ordinal(speaker.locale, view.position)
        return speaker.text("card.queue.waiting", clip=clip.id, ordinal=ordinal, wait=speaker.wait_between(*view.starts_ms))
    return speaker.text("card.queue.unknown", clip=clip.id)


COMMAND = Command("queue", queue)
