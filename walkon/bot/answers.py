"""Pressed buttons become deeds. A token carries no right: who may press is checked here, each time."""

from dataclasses import replace

from walkon.bot import answering, deleting, enrolling, guarding, leaving, liking, linking, reviewing, taking_back
from walkon.bot.appearances import appearances_card
from walkon.bot.cards import Card, Tone
from walkon.bot.carrying import in_sight
from walkon.bot.clip_card import Speaker, as_written, taken_down_card
from walkon.bot.command import Pressed, Reply
from walkon.bot.extending import go_on
from walkon.bot.family_card import family_card
from walkon.bot.house import House
from walkon.bot.intake import promise
from walkon.bot.moderating import appeals
from walkon.bot.moderating.judging import also_natively, read_log, undo
from walkon.bot.moderating.reports import decide, report
from walkon.bot.remixing import another_take, ask_words, make_again, unfinished
from walkon.bot.tokens import (
    SURE,
    AskToken,
    Deed,
    LineDeed,
    LineToken,
    OwnDeed,
    OwnToken,
    PersonalToken,
    ReviewToken,
    Token,
    read_line_token,
    read_personal_token,
    read_token,
)
from walkon.bot.withdrawal import keep_draft, stop
from walkon.config import Backend
from walkon.library import tables
from walkon.library.clips import CancelledBy, Clip, ClipState
from walkon.queue.lanes import backend_of
from walkon.scene.codec import decode
from walkon.store.database import Transaction
from walkon.types.ids import ClipId


async def press(house: House, pressed: Pressed) -> Reply:
    """Do what the button says, for whoever may press it; everybody else is told in private."""
    personal = read_personal_token(pressed.token)
    if personal is not None:
        return await _personal(house, pressed, personal)
    if (line := read_line_token(pressed.token)) is not None:
        return await _about_a_deed(house, pressed, line)
    speaker = Speaker(house.words, pressed.person.locale)
    token = read_token(pressed.token)
    if token and token.deed.judges:
        return await _judge(house, speaker, token, pressed)
    clip = await _clip_seen(house, token.clip, pressed) if token else None
    if token is None or clip is None:
        return _private(speaker, "press.stale")
    if clip.state is ClipState.TAKEN_DOWN:
        return await _about_what_is_gone(house, speaker, clip, pressed, token.deed)
    return await _do(house, speaker, clip, pressed, token.deed)


async def _about_what_is_gone(house: House, speaker: Speaker, clip: Clip, pressed: Pressed, deed: Deed) -> Reply:
    if deed is Deed.SECOND_LOOK:
        return await appeals.ask_about_clip(house, pressed, clip)
    if deed is Deed.AGAIN and await appeals.may_be_made_again(house, clip, pressed.person.id):
        return await make_again(house, pressed, clip)
    return Reply(card=taken_down_card(speaker, clip), private=True)


async def _do(house: House, speaker: Speaker, clip: Clip, pressed: Pressed, deed: Deed) -> Reply:
    match deed:
        case Deed.REPORT:
            return await report(house, pressed, clip)
        case Deed.DETAILS:
            return Reply(card=details_card(speaker, clip, backend_of(house.lane)), private=True)
        case Deed.CANCEL:
            return await _cancel(house, speaker, clip, pressed)
        case Deed.KEEP:
            return await _keep(house, speaker, clip, pressed)
        case Deed.AGAIN:
            return await _again(house, speaker, clip, pressed)
        case Deed.REVIEW | Deed.RELEASE:
            return await reviewing.review(house, pressed, clip, deed)
        case Deed.DELETE:
            return await deleting.ask_first(house, pressed, clip)
        case Deed.DELETE_SURE:
            return await deleting.carry_out(house, pressed, clip)
        case _:
            return await _build_on(house, speaker, clip, pressed, deed)


async def _about_a_deed(house: House, pressed: Pressed, line: LineToken) -> Reply:
    match line.deed:
        case LineDeed.UNDO:
            return await undo(house, pressed, line.seq)
        case LineDeed.NATIVE:
            return await also_natively(house, pressed, line.seq)
        case LineDeed.LOG:
            return await read_log(house, pressed, line.seq)
        case LineDeed.APPEAL:
            return await appeals.ask(house, pressed, line.seq)
        case LineDeed.UPHOLD | LineDeed.OVERTURN:
            return await appeals.decide(house, pressed, line)


async def _personal(house: House, pressed: Pressed, token: PersonalToken) -> Reply:
    match token:
        case AskToken():
            return await answering.press_ask(house, pressed, token)
        case ReviewToken():
            return await enrolling.press_review(house, pressed, token)
        case OwnToken(deed=OwnDeed.TAKE_BACK, about=about) if about.endswith(SURE):
            return await taking_back.carry_out(house, pressed, replace(token, about=about.removesuffix(SURE)))
        case OwnToken(deed=OwnDeed.TAKE_BACK):
            return await taking_back.ask_first(house, pressed.person, token)
        case OwnToken(deed=OwnDeed.KEEP):
            return taking_back.kept(Speaker(house.words, pressed.person.locale))
        case OwnToken(deed=OwnDeed.APPEARANCES, about=about):
            return await appearances_card(house, pressed.person, int(about) if about.isdecimal() else 0)
        case OwnToken(deed=OwnDeed.FORGET):
            return await leaving.carry_out(house, pressed)
        case OwnToken(deed=OwnDeed.JOIN | OwnDeed.AGREE_GUARDIAN | OwnDeed.CONFIRM_WARD):
            return await _link(house, pressed, token)
        case _:
            return await enrolling.begin(house, pressed.person)


async def _link(house: House, pressed: Pressed, token: OwnToken) -> Reply:
    if token.deed is OwnDeed.AGREE_GUARDIAN:
        return await guarding.agree(house, pressed.person, token.about)
    if token.deed is OwnDeed.CONFIRM_WARD:
        return await guarding.confirm(house, pressed.person, token.about)
    return await linking.join(house, pressed.person)


async def _judge(house: House, speaker: Speaker, token: Token, pressed: Pressed) -> Reply:
    # Not asked here whether the clip may be seen: an operator judges far from where it stands.
    clip = await house.database.read(lambda tx: tables.get(tx, token.clip))
    return await decide(house, pressed, clip, token.deed) if clip else _private(speaker, "press.stale")


async def _build_on(house: House, speaker: Speaker, clip: Clip, pressed: Pressed, deed: Deed) -> Reply:
    if not clip.finished:
        return unfinished(speaker, clip)
    if deed is Deed.LIKE:
        return await liking.turn(house, pressed, clip.id)
    if deed is Deed.EXTEND:
        return await go_on(house, pressed, clip)
    return await another_take(house, pressed, clip) if deed is Deed.VARY else ask_words(house, speaker, clip)


async def _clip_seen(house: House, id: ClipId, pressed: Pressed) -> Clip | None:
    async def seen(tx: Transaction) -> Clip | None:
        clip = await tables.get(tx, id)
        return clip if clip and await in_sight(tx, clip, pressed) else None

    return await house.database.glance(seen)


def _private(speaker: Speaker, key: str, **values: object) -> Reply:
    return Reply(card=Card(tone=Tone.QUIET, head=speaker.text(key, **values)), private=True)


async def _cancel(house: House, speaker: Speaker, clip: Clip, pressed: Pressed) -> Reply:
    moderator = (pressed.moderator and clip.place.id == pressed.place.id) or pressed.person.id in house.operators
    if not clip.may_be_stopped_by(pressed.person.id, moderator=moderator):
        return _private(speaker, "press.not_yours", who=clip.asker.name)
    by = CancelledBy.ASKER if pressed.person.id == clip.asker.id else CancelledBy.MODERATOR
    stopped = await stop(house, clip.id, by)
    ended = stopped is None or stopped.state is not ClipState.CANCELLED
    return _private(speaker, "card.cancel.ended" if ended else "card.cancel.done", clip=clip.id)


async def _keep(house: House, speaker: Speaker, clip: Clip, pressed: Pressed) -> Reply:
    if pressed.person.id != clip.asker.id:
        return _private(speaker, "press.not_yours", who=clip.asker.name)
    kept = await keep_draft(house, clip)
    return _private(speaker, "card.keep.done" if kept else "card.keep.late", clip=clip.id)


async def _again(house: House, speaker: Speaker, clip: Clip, pressed: Pressed) -> Reply:
    if pressed.person.id != clip.asker.id:
        return _private(speaker, "press.not_yours", who=clip.asker.name)
    if clip.state not in (ClipState.CANCELLED, ClipState.FAILED, ClipState.HELD):
        return Reply(card=await family_card(house, speaker, clip, None), private=True)
    return await promise(house, pressed, decode(clip.scene), parent=clip.parent)


def details_card(speaker: Speaker, clip: Clip, engine: str) -> Card:
    """Everything about a clip that anybody in its chat may know: all words, seed, engine, what could not be staged."""
    scene = decode(clip.scene)
    drawn = clip.finished.drawn if clip.finished else engine == Backend.ANIMATIC
    written = as_written(scene, drawn=drawn)
    unstaged = clip.finished.not_staged if clip.finished else () if written else scene.not_staged
    seconds = speaker.words.number(speaker.locale, scene.seconds, 0 if scene.seconds == int(scene.seconds) else 1)
    body = [
        speaker.text("card.details.asked", asker=clip.asker.name),
        speaker.text("card.details.seed", seed=scene.seed, seconds=seconds, aspect=scene.aspect, engine=engine),
    ]
    if unstaged:
        body.append(speaker.text("card.details.unstaged", what=", ".join(unstaged)))
    if written:
        body.append(speaker.text("card.details.as_written"))
    elif scene.unknown:
        body.append(speaker.text("card.details.unknown", what=", ".join(scene.unknown)))
    elif not unstaged:
        body.append(speaker.text("card.details.all_staged"))
    head = speaker.text("card.details.head", clip=clip.id)
    return Card(tone=Tone.QUIET, head=head, words=clip.prompt, body=tuple(body), clip=clip.id)
