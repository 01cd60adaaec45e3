"""Deleting a clip by the button under it: for whoever asked for it, whoever moderates there, and whoever appears in it.

It asks back once. Who may is looked at for the asking and again for the deed; the button carries no right.
"""

from enum import Enum

from walkon.bot import taking_back
from walkon.bot.cards import Button, ButtonStyle, Card, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Pressed, Reply
from walkon.bot.house import House
from walkon.bot.moderating.reports import objection_to_judging
from walkon.bot.moderating.takedowns import reach_lines, remove
from walkon.bot.remixing import told, unfinished
from walkon.bot.takedown import Removal, reach_of, take_down
from walkon.bot.tokens import Deed, Extent, OwnDeed, OwnToken, Token
from walkon.consent import tables as consent
from walkon.library import tables
from walkon.library.clips import Clip, ClipState, RemovedBy
from walkon.store.accounts import accounts_of, person_of
from walkon.store.database import Transaction


class Standing(Enum):
    """What gives somebody the right to delete a clip; the first that they have counts."""

    MAKER = "maker"
    APPEARS = "appears"
    MODERATOR = "moderator"


async def ask_first(house: House, pressed: Pressed, clip: Clip) -> Reply:
    """What would go, and the button that does it, for whoever may. Nothing has happened yet."""
    speaker = Speaker(house.words, pressed.person.locale)
    if clip.state is not ClipState.FINISHED:
        return unfinished(speaker, clip)
    standing = await _standing(house, pressed, clip)
    if standing is None:
        return told(speaker, "press.not_yours", who=clip.asker.name)
    if standing is Standing.APPEARS:
        return await taking_back.ask_first(house, pressed.person, OwnToken(OwnDeed.TAKE_BACK, Extent.CLIP, clip.id))
    return Reply(card=await _question(house, speaker, clip), private=True, instead="delete")


async def carry_out(house: House, pressed: Pressed, clip: Clip) -> Reply:
    """Take the clip down in the name of whoever may; a moderator's deed goes into the log."""
    speaker = Speaker(house.words, pressed.person.locale)
    if clip.state is not ClipState.FINISHED:
        return unfinished(speaker, clip)
    standing = await _standing(house, pressed, clip)
    match standing:
        case Standing.MAKER:
            removal = await take_down(house, [clip.id], RemovedBy.MAKER)
        case Standing.MODERATOR:
            removal = await remove(house, pressed.event, clip, pressed.person, "")
        case Standing.APPEARS:
            return await taking_back.carry_out(house, pressed, OwnToken(OwnDeed.TAKE_BACK, Extent.CLIP, clip.id))
        case _:
            return told(speaker, "press.not_yours", who=clip.asker.name)
    return Reply(card=await _done(house, speaker, clip, removal, by=standing), private=True, instead="delete")


async def _standing(house: House, pressed: Pressed, clip: Clip) -> Standing | None:
    async def own(tx: Transaction) -> Standing | None:
        if clip.asker.id in await accounts_of(tx, pressed.person.id):
            return Standing.MAKER
        appears = await person_of(tx, pressed.person.id) in await consent.people_in(tx, clip.id)
        return Standing.APPEARS if appears else None

    standing = await house.database.read(own)
    if standing is None and await objection_to_judging(house, pressed, clip) is None:
        return Standing.MODERATOR
    return standing


async def _question(house: House, speaker: Speaker, clip: Clip) -> Card:
    family = await house.database.read(lambda tx: tables.descendants(tx, [clip.id]))
    posts = (await reach_of(house, {clip.id, *family})).posts
    keep = Button(label=speaker.say("button.keep"), token=str(OwnToken(OwnDeed.KEEP)))
    sure = Button(label=speaker.say("button.delete"), token=str(Token(Deed.DELETE_SURE, clip.id)), style=ButtonStyle.DANGER)
    body = (speaker.text("card.delete.along", remixes=len(family), posts=posts), speaker.text("card.delete.kept"))
    return Card(tone=Tone.WAIT, head=speaker.text("card.delete.ask", clip=clip.id), body=body, buttons=(keep, sure))


async def _done(house: House, speaker: Speaker, clip: Clip, removal: Removal, *, by: Standing) -> Card:
    # A film that its maker only tidied away may be made again.
    refused = by is Standing.MODERATOR
    lines = reach_lines(speaker, await reach_of(house, removal.clips), len(removal.clips) - 1, refused=refused)
    return Card(tone=Tone.DONE, head=speaker.text("card.delete.done", clip=clip.id), body=lines)
