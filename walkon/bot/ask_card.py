"""A question to one person, as everybody in the chat sees it and as they themselves may look at it. Pure.

It shows no face, no voice and nothing that depends on whether the person lends a likeness: who is asked looks the same either way.
Whoever looks alone sees a draft too, with stand-ins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from walkon.bot.ask_sheet import Sheet
from walkon.bot.cards import Button, Card, Mention, Text, Tone, Turning
from walkon.bot.clip_card import Speaker, draft_video
from walkon.bot.moments import moment
from walkon.bot.tokens import AskDeed, AskToken
from walkon.consent.asking import UNANSWERED, Ask
from walkon.consent.grants import Lasting
from walkon.consent.likeness import Likeness, Part
from walkon.consent.topics import topics_of
from walkon.library.clips import Clip
from walkon.scene.alt_text import alt_text
from walkon.scene.codec import decode
from walkon.types.people import Person
from walkon.types.scene import Scene

YES, NO = "✅", "❌"
"""The reactions that answer. Telegram's fixed list has neither."""
THUMB_UP, THUMB_DOWN = "👍", "👎"
"""The ones that answer there."""

APPROVING, REFUSING = frozenset({YES, THUMB_UP}), frozenset({NO, THUMB_DOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An ask with all that is told about it. asked: the account that is named in the chat. likeness: what they lend, if anything.

    young: somebody looks after whoever is asked.
    """

    ask: Ask
    clip: Clip
    asked: Person
    likeness: Likeness | None = None
    young: bool = False

    def unanswered(self, now: datetime) -> bool:
        """Whether it looks open to the chat: that a guardian is asked too, nobody there learns."""
        return self.ask.state_at(now) in UNANSWERED


def public_card(speaker: Speaker, question: Question, now: datetime) -> Card:
    """The question in the chat. Closed, it is one line, the same for every ending."""
    ask, clip = question.ask, question.clip
    if not question.unanswered(now):
        return closed_card(speaker)
    asked = Mention(question.asked.id, question.asked.name)
    return Card(
        tone=Tone.WAIT,
        head=speaker.text("card.ask.head", person=asked, asker=clip.asker.name),
        words=clip.prompt,
        body=(told_of(speaker, question), _summary(speaker, question, now), speaker.text("card.ask.silence")),
        buttons=_answers(speaker, question),
        # A door that was closed from the start looks the same, but nobody is called to it.
        pings=frozenset({question.asked.id}) if ask.heard else frozenset(),
        reactions=(YES, NO),
    )


def closed_card(speaker: Speaker) -> Card:
    """A question that has ended, one way or another."""
    return Card(tone=Tone.QUIET, head=speaker.text("card.ask.closed"))


def private_card(speaker: Speaker, question: Question, sheet: Sheet, now: datetime) -> Card:
    """The question for whoever is asked alone, with everything a yes may say; nothing is chosen beyond the narrowest yes."""
    ask, clip = question.ask, question.clip
    scene = decode(clip.scene)
    lines = [
        speaker.text("card.sheet.private" if clip.place.private else "card.sheet.where"),
        told_of(speaker, question),
        *_lines_of(speaker, question, scene),
        *_rules(speaker, question),
        speaker.text("card.sheet.draft" if clip.draft else "card.sheet.no_draft"),
        speaker.text("card.sheet.ends", moment=moment(speaker, ask.expires_at, now)),
    ]
    return Card(
        tone=Tone.WAIT,
        head=speaker.text("card.sheet.head", asker=clip.asker.name),
        video=draft_video(speaker, clip, clip.draft) if clip.draft else None,
        words=clip.prompt,
        body=tuple(lines),
        buttons=_choices(speaker, question, sheet),
        whole=True,
        turning=turning(speaker, sheet.piece, lambda piece: AskToken(AskDeed.LOOK, ask.id, str(sheet.at(piece)))),
    )


def turning(speaker: Speaker, piece: int, look: Callable[[int], AskToken]) -> Turning:
    """The buttons to the words before and after that piece. look: what shows another."""
    back = Button(label=speaker.say("button.words_back"), token=str(look(max(0, piece - 1))))
    return Turning(at=piece, back=back, on=Button(label=speaker.say("button.words_on"), token=str(look(piece + 1))))


def handed_on_card(speaker: Speaker, question: Question) -> Card:
    """What a young person reads alone after their yes, while their guardian is asked; they may still say no."""
    refuse = Button(label=speaker.say("button.refuse"), token=str(AskToken(AskDeed.REFUSE, question.ask.id)))
    head = speaker.text("card.ask.approved_head")
    return Card(tone=Tone.WAIT, head=head, words=question.clip.prompt, body=(speaker.text("card.guardian.handed_on"),), buttons=(refuse,))


def told_of(speaker: Speaker, question: Question) -> Text:
    """What the film would be, in words."""
    scene = decode(question.clip.scene)
    return speaker.text("card.ask.told", told=alt_text(scene, scene.seconds, speaker.locale))


def _summary(speaker: Speaker, question: Question, now: datetime) -> Text:
    ask, scene = question.ask, decode(question.clip.scene)
    parts = speaker.say("card.ask.face_and_voice" if Part.VOICE in ask.parts else "card.ask.face")
    seconds = speaker.words.number(speaker.locale, scene.seconds, 0 if scene.seconds == int(scene.seconds) else 1)
    return speaker.text("card.ask.summary", parts=parts, seconds=seconds, moment=moment(speaker, ask.expires_at, now))


def _answers(speaker: Speaker, question: Question) -> tuple[Button, ...]:
    ask = question.ask
    alone = f"cameo-requests-{ask.id}"
    return (
        Button(label=speaker.say("button.approve"), token=str(AskToken(AskDeed.APPROVE, ask.id))),
        Button(label=speaker.say("button.refuse"), token=str(AskToken(AskDeed.REFUSE, ask.id))),
        Button(label=speaker.say("button.look"), token=str(AskToken(AskDeed.LOOK, ask.id)), alone=alone),
    )


def _lines_of(speaker: Speaker, question: Question, scene: Scene) -> list[Text]:
    said = [
        line.text
        for shot in scene.shots
        for line in shot.lines
        if (figure := shot.subject(line.speaker)) and figure.person in (question.asked.id, question.ask.owner)
    ]
    return [speaker.text("card.sheet.says", line=line) for line in said]


def _rules(speaker: Speaker, question: Question) -> list[Text]:
    touched = sorted(topics_of(question.clip.prompt))
    named = ", ".join(speaker.say(f"topic.{topic}") for topic in touched)
    return [speaker.text("card.sheet.touches", topics=named) if touched else speaker.text("card.sheet.touches_none")]


def _choices(speaker: Speaker, question: Question, sheet: Sheet) -> tuple[Button, ...]:
    ask, given = question.ask, sheet.consent

    def look(label: str, to: Sheet) -> Button:
        return Button(label=label, token=str(AskToken(AskDeed.LOOK, ask.id, str(to))))

    def chosen(on: bool, key: str, **values: object) -> str:
        return f"{'●' if on else '○'} {speaker.say(key, **values)}"

    def ticked(on: bool, key: str) -> str:
        return f"{'☑' if on else '☐'} {speaker.say(key)}"

    asker = question.clip.asker.name
    lengths = [one for one in Lasting if not question.young or one is not Lasting.UNTIL_TAKEN_BACK]
    lasting = [look(chosen(given.lasting is one, f"lasting.{one}", asker=asker), sheet.lasting(one)) for one in lengths]
    parts = [look(ticked(part in given.parts, f"part.{part}"), sheet.turned(part)) for part in sorted(ask.parts)]
    more = [look(ticked(given.covers_remix, "card.sheet.remixes"), sheet.remixes_turned())]
    if not question.young:
        more.append(look(ticked(given.may_travel, "card.sheet.travel"), sheet.travel_turned()))
    answers = [
        Button(label=speaker.say("button.approve"), token=str(AskToken(AskDeed.APPROVE, ask.id, str(sheet)))),
        Button(label=speaker.say("button.refuse"), token=str(AskToken(AskDeed.REFUSE, ask.id))),
    ]
    never = [
        Button(label=speaker.say(f"button.{deed}", asker=asker), token=str(AskToken(deed, ask.id)))
        for deed in (AskDeed.NEVER_BY, AskDeed.NEVER_HERE, AskDeed.NEVER)
    ]
    return (*lasting, *parts, *more, *answers, *never)
