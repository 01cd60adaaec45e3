"""`/sora settings`: which limits hold for you here, and what is left of each."""

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Command, Context, Reply
from walkon.bot.limit_cards import left_lines
from walkon.bot.quota import left
from walkon.moderation.limits import Whose


async def settings(ctx: Context) -> Reply:
    """A line for each limit of the asker's, the place's and the host's, in private."""
    asked, now = ctx.invocation, ctx.house.clock.now()
    speaker = Speaker(ctx.house.words, asked.person.locale)
    found = await ctx.house.database.glance(lambda tx: left(tx, ctx.house, asked, now))
    quiet = ctx.house.limits.quiet_hours
    body = left_lines(speaker, found)
    if quiet:
        body = (*body, speaker.text("card.settings.quiet", hours=quiet))
    head = speaker.text("card.settings.head" if found else "card.settings.none")
    # That somebody has a guardian is nothing for others to read.
    confidential = any(each.whose is Whose.GUARDIAN for each in found)
    return Reply(card=Card(tone=Tone.QUIET, head=head, body=body), private=True, confidential=confidential)


COMMAND = Command("settings", settings)
