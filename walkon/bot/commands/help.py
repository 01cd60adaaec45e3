"""`/sora help`: what walkon can do here."""

from walkon.bot.cards import Card, Tone
from walkon.bot.clip_card import Speaker, list_button
from walkon.bot.command import Command, Context, Reply

STARTERS = 3


async def show_help(ctx: Context) -> Reply:
    """One line a command, then words to try."""
    speaker = Speaker(ctx.house.words, ctx.invocation.person.locale)
    root = ctx.house.command_root
    lines = [
        speaker.text("card.help.line", root=root, name=name, summary=speaker.say(f"command.{name}")) for name in ctx.house.command_names
    ]
    lines += [speaker.text("card.help.example", root=root, starter=speaker.say(f"starter.{number}")) for number in range(1, STARTERS + 1)]
    if ctx.house.drawn:
        lines.append(speaker.text("card.help.honest"))
    head, buttons = speaker.text("card.help.head"), (list_button(speaker),)
    return Reply(card=Card(tone=Tone.DRAFT, head=head, body=tuple(lines), buttons=buttons), private=True)


COMMAND = Command("help", show_help)
