"""`/sora link`: several accounts, one person. One asks for a code, the other shows it, the first says yes."""

from walkon.bot.cards import Button, ButtonStyle, Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Command, Context, Reply, text_option
from walkon.bot.tokens import OwnDeed, OwnToken
from walkon.consent import accounts
from walkon.consent.accounts import SamePerson, UnknownCode
from walkon.store.accounts import Offer, offer_of
from walkon.types.clock import to_ms

CODE = text_option("code", rest=True, high=20)


async def link(ctx: Context) -> Reply:
    """Without a code: a fresh one, or, once somebody has shown it, who that was and the button that says yes. With one: show it."""
    speaker, me = Speaker(ctx.house.words, ctx.invocation.person.locale), ctx.invocation.person
    now, code = ctx.house.clock.now(), ctx.get(CODE)
    if code:
        return await _show(ctx, speaker, code)
    offer = await ctx.house.database.read(lambda tx: offer_of(tx, me.id))
    if offer and offer.claimed_by and to_ms(now) < offer.expires_ms:
        return _confirm(speaker, offer)
    fresh = await ctx.house.database.write(lambda tx: accounts.offer(tx, me.id, now))
    lines = (speaker.text("card.link.how", root=ctx.house.command_root, code=fresh), speaker.text("card.link.valid"))
    return _private(Card(tone=Tone.QUIET, head=speaker.text("card.link.code", code=fresh), body=lines))


async def _show(ctx: Context, speaker: Speaker, code: str) -> Reply:
    me, now = ctx.invocation.person, ctx.house.clock.now()
    try:
        await ctx.house.database.write(lambda tx: accounts.claim(tx, code, me.id, now))
    except UnknownCode:
        return _private(Card(tone=Tone.WAIT, head=speaker.text("card.link.unknown", root=ctx.house.command_root)))
    except SamePerson:
        return _private(Card(tone=Tone.QUIET, head=speaker.text("card.link.same")))
    line = speaker.text("card.link.shown_line", root=ctx.house.command_root)
    return _private(Card(tone=Tone.QUIET, head=speaker.text("card.link.shown"), body=(line,)))


def _confirm(speaker: Speaker, offer: Offer) -> Reply:
    join = Button(label=speaker.say("button.join"), token=str(OwnToken(OwnDeed.JOIN)), style=ButtonStyle.PRIMARY)
    head = speaker.text("card.link.confirm", account=str(offer.claimed_by))
    return _private(Card(tone=Tone.WAIT, head=head, body=(speaker.text("card.link.confirm_line"),), buttons=(join,)))


def _private(card: Card) -> Reply:
    return Reply(card=card, private=True, confidential=True)


COMMAND = Command("link", link, options=(CODE,))
