"""Every clip somebody is in, and every standing yes of theirs: one page at a time, and it ends."""

from dataclasses import dataclass

from walkon.bot.cards import Button, Card, Text, Tone
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Reply
from walkon.bot.house import House
from walkon.bot.moments import moment
from walkon.bot.tokens import Extent, OwnDeed, OwnToken
from walkon.consent import tables as consent
from walkon.consent.grants import Grant, Permission
from walkon.library import tables
from walkon.library.clips import Clip, ClipState
from walkon.store.accounts import person_of
from walkon.store.database import Transaction
from walkon.types.people import Person

A_PAGE = 8
"""Clips; each has a button, and there are two more."""

FIRST_LETTERS = 48


@dataclass(frozen=True, slots=True)
class _Page:
    clips: tuple[tuple[Clip, Grant | None], ...]
    permissions: tuple[Permission, ...]
    total: int


async def appearances_card(house: House, person: Person, offset: int = 0) -> Reply:
    """The clips the person is in, newest first, drafts and remixes included, with a button to take each down."""
    speaker, now = Speaker(house.words, person.locale), house.clock.now()
    page = await house.database.read(lambda tx: _page(tx, person, offset))
    lines: list[Text] = []
    buttons: list[Button] = []
    for permission in page.permissions if offset == 0 else ():
        key = "card.appearances.until" if permission.until else "card.appearances.endless"
        until = moment(speaker, permission.until, now) if permission.until else ""
        lines.append(speaker.text(key, who=permission.to.partition(":")[2], moment=until))
        token = OwnToken(OwnDeed.TAKE_BACK, Extent.PERMISSION, permission.id)
        buttons.append(Button(label=speaker.say("card.appearances.end", who=permission.to.partition(":")[2]), token=str(token)))
    for clip, grant in page.clips:
        lines.append(_line(speaker, clip, grant))
        if clip.state is not ClipState.TAKEN_DOWN:
            token = OwnToken(OwnDeed.TAKE_BACK, Extent.CLIP, clip.id)
            buttons.append(Button(label=speaker.say("card.appearances.take_down", clip=clip.id), token=str(token)))
    after = offset + len(page.clips)
    if after < page.total:
        buttons.append(Button(label=speaker.say("card.appearances.more"), token=str(OwnToken(OwnDeed.APPEARANCES, None, str(after)))))
    else:
        lines.append(speaker.text("card.appearances.all", n=page.total))
    card = Card(tone=Tone.QUIET, head=speaker.text("card.appearances.head", n=page.total), body=tuple(lines), buttons=tuple(buttons))
    return Reply(card=card, private=True, confidential=True)


async def _page(tx: Transaction, person: Person, offset: int) -> _Page:
    owner = await person_of(tx, person.id)
    ids, total = await consent.appearances_of(tx, owner, limit=A_PAGE, offset=offset)
    found = []
    for id in ids:
        clip = await tables.get(tx, id)
        grant = next((one for one in await consent.grants_of(tx, id) if one.owner == owner), None)
        if clip:
            found.append((clip, grant))
    permissions = [one for one in await consent.permissions_of(tx, owner)][:A_PAGE]
    return _Page(tuple(found), tuple(permissions), total)


def _line(speaker: Speaker, clip: Clip, grant: Grant | None) -> Text:
    words = " ".join(clip.prompt.split())
    short = words if len(words) <= FIRST_LETTERS else words[: FIRST_LETTERS - 1].rstrip() + "…"
    under = speaker.say(f"source.{grant.source}") if grant else speaker.say("source.none")
    state = speaker.say(f"state.{clip.state}")
    values = {"day": f"{clip.asked_at:%Y-%m-%d}", "clip": clip.id, "words": short, "asker": clip.asker.name}
    return speaker.text("card.appearances.line", **values, under=under, state=state)
