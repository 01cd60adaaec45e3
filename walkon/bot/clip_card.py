"""A clip as a card: one pure function of the clip's record and of what the queue says about it now."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from walkon.agreement import Agreed
from walkon.bot.cards import Bar, Button, ButtonStyle, Card, Mention, Text, Tone, Video
from walkon.bot.tokens import Deed, Token
from walkon.bot.words import Words
from walkon.library.clips import CancelledBy, Clip, ClipState, FailureCause, Finished, RemovedBy
from walkon.library.lineage import ALONE, Family
from walkon.queue.port import JobState, JobView, Progress
from walkon.scene.alt_text import alt_text
from walkon.scene.codec import decode
from walkon.types.harm import HeldFor
from walkon.types.people import Locale, Person
from walkon.types.scene import Scene

NOTIFY_AFTER_S = 90.0
"""An edit notifies nobody, so after a longer wait a short reply tells the asker."""

FIRST_LETTERS = 48
"""Characters of a relative's words."""

_EMOJI = {Deed.REMIX: "🔁", Deed.VARY: "🎲", Deed.EXTEND: "⏩", Deed.LIKE: "❤️"}


_FINISHED_ROWS = ((Deed.REMIX, Deed.VARY, Deed.EXTEND), (Deed.DETAILS, Deed.REPORT, Deed.DELETE))
"""The buttons under a finished clip, before and after the one that likes it; what is drawn cannot go on."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """The words in one language."""

    words: Words
    locale: Locale

    def text(self, key: str, **values: Any) -> Text:
        """The sentence, with mentions."""
        return self.words.text(self.locale, key, **values)

    def say(self, key: str, **values: Any) -> str:
        """The sentence as plain text."""
        return self.words.say(self.locale, key, **values)

    def wait(self, ms: float) -> str:
        """A wait in words."""
        return self.words.duration(self.locale, ms / 1000)

    def wait_between(self, least_ms: float, most_ms: float) -> str:
        """A wait in words, from … to …; one of them where both are said alike."""
        least, most = self.wait(least_ms), self.wait(most_ms)
        return most if least == most else self.say("time.between", least=least, most=most)


def clip_card(
    speaker: Speaker,
    clip: Clip,
    view: JobView | None,
    *,
    parent: Clip | None = None,
    family: Family = ALONE,
    kept_until: datetime | None = None,
    people: Agreed | None = None,
    likes: int = 0,
) -> Card:
    """The card of `clip` now. view: its job, None where the queue does not know it (yet, or any more).

    parent: what it was made from, for the small line. family: relatives to list under a finished clip. kept_until: when the
    quiet hours end that it waits for, None outside of them. people: who agreed to a finished clip, None where nobody real is in it.
    likes: how many people like it.
    """
    if clip.state is ClipState.FINISHED and clip.finished:
        return _finished(speaker, clip, clip.finished, Relations(parent, family, people, likes))
    if clip.state is ClipState.CANCELLED:
        return _cancelled(speaker, clip)
    if clip.state is ClipState.FAILED:
        return _failed(speaker, clip)
    if clip.state is ClipState.HELD:
        return _held(speaker, clip)
    if clip.state is ClipState.TAKEN_DOWN:
        return taken_down_card(speaker, clip)
    if clip.state is ClipState.WAITING:
        return _waiting(speaker, clip)
    if clip.state is ClipState.DECLINED:
        return _declined(speaker, clip)
    card = _promised(speaker, clip, view, kept_until)
    return _over_draft(speaker, clip, clip.draft, card) if clip.draft else card


def _promised(speaker: Speaker, clip: Clip, view: JobView | None, kept_until: datetime | None) -> Card:
    if view and view.state in (JobState.RUNNING, JobState.DONE):
        return _rendering(speaker, clip, view.progress)
    return _kept(speaker, clip, kept_until) if kept_until else _in_line(speaker, clip, view)


def _over_draft(speaker: Speaker, clip: Clip, draft: Finished, card: Card) -> Card:
    """The card of a clip on its way, with the drawn preview that it will take the place of."""
    keep = _button(speaker, Deed.KEEP, "keep_draft", clip)
    head = speaker.text("card.draft.head", state=card.head)
    return replace(
        card,
        head=head,
        video=draft_video(speaker, clip, draft),
        body=(*card.body, speaker.text("card.draft.under")),
        buttons=(keep, *card.buttons),
    )


def draft_video(speaker: Speaker, clip: Clip, draft: Finished) -> Video:
    """A drawn preview of the clip."""
    return _video(speaker, clip, draft, alt_text(decode(clip.scene), draft.seconds, speaker.locale, draft=True))


def _video(speaker: Speaker, clip: Clip, done: Finished, alt: str) -> Video:
    return Video(
        video=done.video,
        poster=done.poster,
        captions=done.captions,
        alt=alt,
        name=speaker.say("card.finished.name", clip=clip.id),
        seconds=done.seconds,
        width=done.width,
        height=done.height,
        bytes=done.bytes,
    )


def phase_words(speaker: Speaker, progress: Progress | None) -> str:
    """What the render is doing, counted where it can be."""
    if progress is None:
        return speaker.say("phase.warming_up")
    stepped = f"phase.{progress.phase}_step"
    if progress.steps and speaker.words.has(stepped):
        return speaker.say(stepped, step=progress.step, steps=progress.steps)
    return speaker.say(f"phase.{progress.phase}")


def percent(progress: Progress | None) -> int:
    """Whole percent, 100 only when it is over."""
    return min(99, int(100 * progress.fraction)) if progress else 0


def note_card(speaker: Speaker, clip: Clip) -> Card:
    """The short reply that notifies the asker after a long wait."""
    asker = Mention(clip.asker.id, clip.asker.name)
    return Card(tone=Tone.DONE, head=speaker.text("done.note", asker=asker), pings=frozenset({clip.asker.id}), clip=clip.id)


def _button(speaker: Speaker, deed: Deed, key: str, clip: Clip) -> Button:
    style = ButtonStyle.PRIMARY if deed in (Deed.AGAIN, Deed.REMIX) else ButtonStyle.SECONDARY
    return Button(label=speaker.say(f"button.{key}"), token=str(Token(deed, clip.id)), style=style, emoji=_EMOJI.get(deed))


def _like_button(speaker: Speaker, clip: Clip, likes: int) -> Button:
    button = _button(speaker, Deed.LIKE, "like", clip)
    if not likes:
        return button
    number = speaker.words.number(speaker.locale, likes, 0)
    return replace(button, label=number, spoken=speaker.say("button.liked", n=number))


def _in_line(speaker: Speaker, clip: Clip, view: JobView | None) -> Card:
    if view and view.state is JobState.DELAYED:
        head = speaker.text("card.line.delayed")
    elif view is None or view.position is None or view.starts_ms is None:
        head = speaker.text("card.line.unknown")
    elif view.position <= 1:
        head = speaker.text("card.line.next", wait=speaker.wait_between(*view.starts_ms))
    else:
        ordinal = speaker.words.ordinal(speaker.locale, view.position)
        head = speaker.text("card.line.head", ordinal=ordinal, wait=speaker.wait_between(*view.starts_ms))
    body = (speaker.text("card.line.under"),) if view and (view.position or 0) > 1 else ()
    buttons = (_button(speaker, Deed.CANCEL, "cancel", clip), _button(speaker, Deed.DETAILS, "details", clip))
    return Card(tone=Tone.QUIET, head=head, words=clip.prompt, body=body, buttons=buttons, clip=clip.id)


def _kept(speaker: Speaker, clip: Clip, until: datetime) -> Card:
    utc = until.astimezone(UTC)
    head = speaker.text("card.line.kept", moment=speaker.say("time.clock", hour=f"{utc:%H}", minute=f"{utc:%M}"))
    buttons = (_button(speaker, Deed.CANCEL, "cancel", clip), _button(speaker, Deed.DETAILS, "details", clip))
    body = (speaker.text("card.line.kept_under"),)
    return Card(tone=Tone.QUIET, head=head, words=clip.prompt, body=body, buttons=buttons, clip=clip.id)


def _rendering(speaker: Speaker, clip: Clip, progress: Progress | None) -> Card:
    phase, share = phase_words(speaker, progress), percent(progress)
    late = progress is not None and progress.left_ms is not None and progress.left_ms <= 0
    if progress is None or progress.left_ms is None or late:
        head = speaker.text("card.rendering.head", phase=phase, percent=share)
    else:
        head = speaker.text("card.rendering.head_left", phase=phase, percent=share, wait=speaker.wait(progress.left_ms))
    bar = Bar(
        fraction=progress.fraction if progress else None, text="".join(map(str, head)), name=speaker.say("card.rendering.bar", clip=clip.id)
    )
    body = (speaker.text("card.rendering.late"),) if late else ()
    buttons = (_button(speaker, Deed.CANCEL, "cancel", clip), _button(speaker, Deed.DETAILS, "details", clip))
    return Card(tone=Tone.BUSY, head=head, words=clip.prompt, body=body, bar=bar, buttons=buttons, clip=clip.id)


@dataclass(frozen=True, slots=True)
class Relations:
    """What a finished clip's card tells of others: what it was made from, its relatives, who is in it, how many like it."""

    parent: Clip | None
    family: Family
    people: Agreed | None
    likes: int = 0


def people_line(speaker: Speaker, people: Agreed | None) -> Text:
    """Who is in a clip and agreed, by name in its own chat and by number elsewhere."""
    if people is None:
        return speaker.text("card.finished.nobody")
    if people.names:
        *others, last = people.names
        who = speaker.say("card.people.and", others=", ".join(others), last=last) if others else last
        line = speaker.say("card.people.named" if others else "card.people.one", who=who)
    else:
        line = speaker.say("card.people.some" if people.count > 1 else "card.people.somebody", n=people.count)
    scope = speaker.say("card.people.travels" if people.may_travel else "card.people.stays")
    return (" · ".join([line, *([] if people.voice else [speaker.say("card.people.no_voice")]), scope]),)


def _finished(speaker: Speaker, clip: Clip, done: Finished, relations: Relations) -> Card:
    asker = Mention(clip.asker.id, clip.asker.name)
    people = relations.people
    scene = decode(clip.scene).starring(people.figures) if people else decode(clip.scene)
    head = speaker.text("card.finished.head_drawn" if done.drawn else "card.finished.head", asker=asker)
    saved = (speaker.text("card.finished.saved", wh=speaker.words.number(speaker.locale, done.saved_wh, 1)),) if done.saved_wh else ()
    notice = ((done.notice,),) if done.notice else ()
    told = (people_line(speaker, people), *saved, *_owed_to_the_words(speaker, scene, done), *notice)
    shown = (tuple(deed for deed in row if deed is not Deed.EXTEND or not done.drawn) for row in _FINISHED_ROWS)
    made, asked = (tuple(_button(speaker, deed, deed.value, clip) for deed in row) for row in shown)
    buttons = (*made, _like_button(speaker, clip, relations.likes), *asked)
    share = Button(label=speaker.say("button.share"), token=str(Token(Deed.DETAILS, clip.id)), carries=f"#{clip.id}")
    return Card(
        tone=Tone.DONE,
        head=head,
        video=_video(speaker, clip, done, alt_text(scene, done.seconds, speaker.locale)),
        words=clip.prompt,
        body=(*told, *family_lines(speaker, relations.family)),
        small=_small_line(speaker, clip, done, relations.parent, relations.family.idea),
        buttons=(*buttons, share, list_button(speaker)),
        pings=frozenset({clip.asker.id}),
        clip=clip.id,
    )


def list_button(speaker: Speaker) -> Button:
    """Opens the list of the clips of the chat where it stands."""
    return Button(label=speaker.say("button.list_here"), token="", lists=True)


def video_of(speaker: Speaker, clip: Clip, done: Finished) -> Video:
    """The film itself, with its alt text and its name."""
    return _video(speaker, clip, done, alt_text(decode(clip.scene), done.seconds, speaker.locale))


def _owed_to_the_words(speaker: Speaker, scene: Scene, done: Finished) -> tuple[Text, ...]:
    unstaged = (speaker.text("card.finished.not_drawn", what=", ".join(done.not_staged)),) if done.not_staged else ()
    if as_written(scene, drawn=done.drawn):
        return unstaged
    unknown = (speaker.text("card.details.unknown", what=", ".join(scene.unknown)),) if scene.unknown else ()
    return (*unstaged, *unknown, *(speaker.text(f"card.note.{note}") for note in scene.notes))


def as_written(scene: Scene, *, drawn: bool) -> bool:
    """Whether a model was given the words as they are, so that what walkon makes of them does not matter."""
    return not drawn and len(scene.shots) <= 1


def family_lines(speaker: Speaker, family: Family) -> tuple[Text, ...]:
    """A line for each relative: id, by whom, first words; then how many more there are."""
    listed = [("parent", clip) for clip in family.parents] + [("child", clip) for clip in family.children]
    lines = [_family_line(speaker, kin, clip) for kin, clip in listed]
    return (*lines, speaker.text("card.family.more", n=family.more)) if family.more else tuple(lines)


def _family_line(speaker: Speaker, kin: str, clip: Clip) -> Text:
    if clip.state is ClipState.TAKEN_DOWN:
        return speaker.text(f"card.family.{kin}_gone", clip=clip.id)
    return speaker.text(f"card.family.{kin}", clip=clip.id, who=clip.asker.name, words=first_words(clip.prompt))


def first_words(prompt: str) -> str:
    """How a clip is recognised in a line about it."""
    line = " ".join(prompt.split())
    return line if len(line) <= FIRST_LETTERS else line[: FIRST_LETTERS - 1].rstrip() + "…"


def _small_line(speaker: Speaker, clip: Clip, done: Finished, parent: Clip | None, idea: Person | None) -> str:
    whole = done.seconds == int(done.seconds)
    small = speaker.say(
        "card.finished.small",
        made=speaker.say("card.finished.drawn" if done.drawn else "card.finished.made"),
        seconds=speaker.words.number(speaker.locale, done.seconds, 0 if whole else 1),
        energy=speaker.words.energy(speaker.locale, done.energy_wh, metered=done.energy_metered),
        clip=clip.id,
    )
    if parent is None:
        return small
    origin = "take_of" if parent.prompt == clip.prompt else "remix_of"
    small = f"{small} · {speaker.say(f'card.finished.{origin}', clip=parent.id, who=parent.asker.name)}"
    return f"{small} · {speaker.say('card.finished.idea', who=idea.name)}" if idea else small


def stays_card(speaker: Speaker, clip: Clip) -> Card:
    """What stands where a clip may not be seen, because those in it agreed to another chat."""
    return Card(tone=Tone.QUIET, head=speaker.text("refusal.stays", clip=clip.id), clip=clip.id)


def taken_down_card(speaker: Speaker, clip: Clip) -> Card:
    """What stands in place of a clip that was taken down: why, and nothing of what it showed."""
    why = clip.removed_by or RemovedBy.MODERATOR
    key = "moderator_rule" if why is RemovedBy.MODERATOR and clip.rule else why
    under = speaker.text(f"card.taken_down.{key}", asker=Mention(clip.asker.id, clip.asker.name), rule=clip.rule)
    buttons = (_button(speaker, Deed.SECOND_LOOK, "appeal", clip),) if why is RemovedBy.MODERATOR else ()
    return Card(tone=Tone.QUIET, head=speaker.text("card.taken_down.head"), body=(under,), buttons=buttons, clip=clip.id)


def _waiting(speaker: Speaker, clip: Clip) -> Card:
    head, under = speaker.text("card.waiting.head"), speaker.text("card.waiting.under")
    buttons = (_button(speaker, Deed.CANCEL, "cancel", clip), _button(speaker, Deed.DETAILS, "details", clip))
    return Card(tone=Tone.WAIT, head=head, words=clip.prompt, body=(under,), buttons=buttons, clip=clip.id)


def _declined(speaker: Speaker, clip: Clip) -> Card:
    # The same words for a no, for silence, for a closed door: nobody learns which it was, or whose.
    head, under = speaker.text("card.declined.head"), speaker.text("card.declined.under")
    return Card(tone=Tone.QUIET, head=head, words=clip.prompt, body=(under,), clip=clip.id)


def _cancelled(speaker: Speaker, clip: Clip) -> Card:
    by = clip.cancelled_by or CancelledBy.ASKER
    asker = Mention(clip.asker.id, clip.asker.name)
    under = speaker.text(f"card.cancelled.{by}_under", asker=asker)
    again = _button(speaker, Deed.AGAIN, "again_cancelled", clip)
    buttons = (again,) if by is CancelledBy.ASKER else ()
    return Card(tone=Tone.QUIET, head=speaker.text(f"card.cancelled.{by}"), words=clip.prompt, body=(under,), buttons=buttons, clip=clip.id)


def _held(speaker: Speaker, clip: Clip) -> Card:
    why = clip.held or HeldFor.UNCHECKED
    if why is HeldFor.REPORTS:
        body = (speaker.text("card.held.reports"),)
        return Card(tone=Tone.WAIT, head=speaker.text("card.held.hidden"), body=body, clip=clip.id)
    again = (_button(speaker, Deed.AGAIN, "again_failed", clip),) if why is not HeldFor.WORDS else ()
    review = (_button(speaker, Deed.REVIEW, "review", clip),) if clip.withheld else ()
    buttons = (*again, *review, _button(speaker, Deed.DETAILS, "details", clip))
    body = (speaker.text(f"card.held.{why}"),)
    return Card(tone=Tone.WAIT, head=speaker.text("card.held.head"), words=clip.prompt, body=body, buttons=buttons, clip=clip.id)


def held_film_card(speaker: Speaker, clip: Clip, film: Finished) -> Card:
    """What a moderator looks at: the film that nobody else sees, why it is held back, and the button that shows it."""
    shown = replace(clip, finished=replace(film, held=None))
    card = _finished(speaker, shown, film, Relations(None, ALONE, None))
    head = speaker.text("card.held.review", clip=clip.id, asker=clip.asker.name)
    body = (speaker.text(f"card.held.{clip.held or HeldFor.UNCHECKED}"),)
    buttons = (_button(speaker, Deed.RELEASE, "release", clip),)
    return replace(card, tone=Tone.WAIT, head=head, body=body, small=None, buttons=buttons, pings=frozenset(), reactions=())


def _failed(speaker: Speaker, clip: Clip) -> Card:
    cause = speaker.say(f"failure.{clip.failure or FailureCause.RENDER}")
    buttons = (_button(speaker, Deed.AGAIN, "again_failed", clip), _button(speaker, Deed.DETAILS, "details", clip))
    body = (speaker.text("card.failed.under", cause=cause),)
    return Card(tone=Tone.BAD, head=speaker.text("card.failed.head"), words=clip.prompt, body=body, buttons=buttons, clip=clip.id)
