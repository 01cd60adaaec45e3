"""What guardians and the people they look after read. Pure. Nothing of it is ever said where others read along."""

from collections.abc import Sequence
from datetime import datetime

from walkon.bot.ask_card import Question, told_of, turning
from walkon.bot.cards import Button, ButtonStyle, Card, Text, Tone
from walkon.bot.clip_card import Speaker, draft_video, first_words
from walkon.bot.moments import moment
from walkon.bot.tokens import AskDeed, AskToken, Extent, OwnDeed, OwnToken, ward_mark
from walkon.consent.asking import AskState, Consent
from walkon.consent.grants import Lasting
from walkon.consent.guardians import Guardianship, Limits, Offer
from walkon.library.clips import Clip

MOST_GIVEN = 10
"""Clips whose yes can be taken back on one card; an older one by its id."""


def second_card(speaker: Speaker, question: Question, ward: str, now: datetime, *, piece: int = 0) -> Card:
    """The question for a guardian, once the young person has said yes; one line when it is over, whichever way.

    piece: of words that take more than one message.
    """
    ask, given = question.ask, question.ask.given
    if ask.state_at(now) is not AskState.WITH_GUARDIAN or given is None:
        return Card(tone=Tone.QUIET, head=speaker.text("card.ask.closed"))
    asker = question.clip.asker.name
    lines = (
        speaker.text("card.guardian.asker", asker=asker),
        told_of(speaker, question),
        _said(speaker, given, asker),
        speaker.text("card.sheet.ends", moment=moment(speaker, ask.expires_at, now)),
    )
    buttons = (
        Button(label=speaker.say("button.approve"), token=str(AskToken(AskDeed.SECOND, ask.id))),
        Button(label=speaker.say("button.refuse"), token=str(AskToken(AskDeed.VETO, ask.id))),
    )
    clip, head = question.clip, speaker.text("card.guardian.second", ward=ward)
    video = draft_video(speaker, clip, clip.draft) if clip.draft else None
    turns = turning(speaker, piece, lambda other: AskToken(AskDeed.SECOND_LOOK, ask.id, str(other)))
    return Card(tone=Tone.WAIT, head=head, video=video, words=clip.prompt, body=lines, buttons=buttons, whole=True, turning=turns)


def _said(speaker: Speaker, given: Consent, asker: str) -> Text:
    parts = ", ".join(speaker.say(f"part.{part}") for part in sorted(given.parts))
    remixes = f", {speaker.say('card.sheet.remixes')}" if given.covers_remix else ""
    lasting = speaker.say(f"lasting.{given.lasting if given.lasting is not Lasting.UNTIL_TAKEN_BACK else Lasting.WEEK}", asker=asker)
    return speaker.text("card.guardian.said", parts=f"{parts}{remixes}", lasting=lasting)


def offer_card(speaker: Speaker, offer: Offer, code: str) -> Card:
    """What somebody would agree to who shows that code, before they do."""
    agree = Button(label=speaker.say("button.ward"), token=str(OwnToken(OwnDeed.AGREE_GUARDIAN, about=code)), style=ButtonStyle.PRIMARY)
    lines = tuple(speaker.text(f"card.guardian.offer_{line}") for line in ("clips", "limits", "end", "no"))
    head = speaker.text("card.guardian.offer", guardian=offer.guardian.name, account=offer.guardian.id, day=f"{offer.of_age_at:%Y-%m-%d}")
    return Card(tone=Tone.WAIT, head=head, body=lines, buttons=(agree,))


def confirm_card(speaker: Speaker, offer: Offer) -> Card:
    """The guardian's last word, about exactly the account that agreed."""
    about = offer.code_sha256.hex()[:16]
    yes = Button(label=speaker.say("button.guard"), token=str(OwnToken(OwnDeed.CONFIRM_WARD, about=about)), style=ButtonStyle.PRIMARY)
    ward = offer.ward
    head = speaker.text("card.guardian.confirm", ward=ward.name if ward else "", account=ward.id if ward else "")
    return Card(tone=Tone.WAIT, head=head, body=(speaker.text("card.guardian.confirm_line"),), buttons=(yes,))


def wards_card(speaker: Speaker, wards: Sequence[Guardianship], root: str) -> Card:
    """Whom somebody looks after, and how to look after somebody more."""
    lines = [speaker.text("card.guardian.ward", ward=one.ward.name, account=one.ward.id, end=_end(speaker, one)) for one in wards]
    head = speaker.text("card.guardian.wards" if wards else "card.guardian.no_wards")
    return Card(tone=Tone.QUIET, head=head, body=(*lines, speaker.text("card.guardian.how", root=root)))


def given_card(speaker: Speaker, guardianship: Guardianship, clips: Sequence[Clip], root: str) -> Card:
    """The clips that rest on a yes of somebody's ward, and the buttons that take it back; each first says what it costs."""
    ward = guardianship.ward
    if not clips:
        return Card(tone=Tone.QUIET, head=speaker.text("card.guardian.given_none", ward=ward.name))

    def back(extent: Extent, about: str, label: str) -> Button:
        return Button(label=label, token=str(OwnToken(OwnDeed.TAKE_BACK, extent, about)))

    def line(one: Clip) -> Text:
        words, day = first_words(one.prompt), f"{one.asked_at:%Y-%m-%d}"
        return speaker.text("card.guardian.given_line", clip=one.id, words=words, asker=one.asker.name, day=day)

    shown = clips[:MOST_GIVEN]
    lines = [line(one) for one in shown]
    more = [speaker.text("card.guardian.given_more", n=len(clips) - len(shown), root=root)] if len(clips) > len(shown) else []
    buttons = [back(Extent.WARD_CLIP, one.id, speaker.say("card.guardian.given_back", clip=one.id)) for one in shown]
    buttons.append(back(Extent.WARD_ALL, ward_mark(ward.id), speaker.say("button.back_ward_all")))
    head = speaker.text("card.guardian.given", ward=ward.name, n=len(clips))
    return Card(tone=Tone.QUIET, head=head, body=(*lines, *more), buttons=tuple(buttons))


def limits_card(speaker: Speaker, guardianship: Guardianship, root: str, *, own: bool) -> Card:
    """What holds for a young person. own: they read it themselves."""
    limits, guardian = guardianship.limits, guardianship.guardian
    if own:
        head = speaker.text("card.guardian.own", guardian=guardian.name) if guardian else speaker.text("card.guardian.unknown")
        last = speaker.text("card.guardian.own_end", end=_end(speaker, guardianship), root=root)
    else:
        head = speaker.text("card.guardian.limits", ward=guardianship.ward.name)
        last = speaker.text("card.guardian.limits_how", root=root)
    return Card(tone=Tone.QUIET, head=head, body=(*_limit_lines(speaker, limits), last))


def _limit_lines(speaker: Speaker, limits: Limits) -> tuple[Text, ...]:
    seconds, quiet = limits.seconds_per_day, limits.quiet_hours
    return (
        speaker.text("card.guardian.seconds", n=seconds) if seconds else speaker.text("card.guardian.seconds_any"),
        speaker.text("card.guardian.quiet", hours=quiet) if quiet else speaker.text("card.guardian.quiet_never"),
        speaker.text("card.guardian.places", places=", ".join(sorted(limits.places)))
        if limits.places
        else speaker.text("card.guardian.everywhere"),
    )


def _end(speaker: Speaker, guardianship: Guardianship) -> str:
    return f"{guardianship.of_age_at:%Y-%m-%d}" if guardianship.of_age_at else speaker.say("card.guardian.no_end")


def quiet_card(speaker: Speaker, until: datetime, now: datetime) -> Card:
    """What a young person reads in their quiet hours."""
    return Card(tone=Tone.QUIET, head=speaker.text("refusal.guardian.quiet", moment=moment(speaker, until, now)))


def elsewhere_card(speaker: Speaker) -> Card:
    """What they read where they may not ask."""
    return Card(tone=Tone.QUIET, head=speaker.text("refusal.guardian.place"))
