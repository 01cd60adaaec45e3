"""Being forgotten, asked for by oneself: first what it costs, then one press."""

from walkon.bot.cards import Button, ButtonStyle, Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Pressed, Reply
from walkon.bot.forgetting import Forgetting
from walkon.bot.house import House
from walkon.bot.takedown import after_takedown, reach_of
from walkon.bot.tokens import OwnDeed, OwnToken


def ask_first(speaker: Speaker) -> Reply:
    """What it costs, and the button that does it. Nothing has happened yet."""
    buttons = (
        Button(label=speaker.say("button.keep"), token=str(OwnToken(OwnDeed.KEEP))),
        Button(label=speaker.say("button.forget_me"), token=str(OwnToken(OwnDeed.FORGET)), style=ButtonStyle.DANGER),
    )
    lines = tuple(speaker.text(f"card.forget.{key}") for key in ("clips", "keys", "stays"))
    return _private(Card(tone=Tone.WAIT, head=speaker.text("card.forget.head"), body=lines, buttons=buttons))


async def carry_out(house: House, pressed: Pressed) -> Reply:
    """Forget whoever pressed, with all their accounts."""
    speaker, person, now = Speaker(house.words, pressed.person.locale), pressed.person.id, house.clock.now()
    forgetting = Forgetting(keys=house.keys, decider=house.decider, erasers=house.erasers)
    done = await house.database.write(lambda tx: forgetting.forget(tx, person, now))
    await after_takedown(house, done.removal)
    await house.database.scrub()
    reach = await reach_of(house, done.removal.clips)
    lines = [speaker.text("card.forget.done_line")]
    if reach.out_of_reach:
        lines.append(speaker.text("card.forget.out_of_reach", count=len(reach.out_of_reach)))
    head = speaker.text("card.forget.done", clips=len(done.removal.clips))
    return _private(Card(tone=Tone.DONE, head=head, body=tuple(lines)))


def _private(card: Card) -> Reply:
    return Reply(card=card, private=True, confidential=True, instead="forget-me")
