"""Finds who says the quoted words of a shot."""

from walkon.scene.cast import Cast
from walkon.scene.clauses import Clause
from walkon.scene.draft import Deed, Draft, Speech
from walkon.scene.tagging import Term
from walkon.scene.verbs import Verb
from walkon.scene.words import Category

SPEECH = frozenset({Verb.TALK, Verb.SHOUT})
"""Verbs that only announce a line: with one they are no action of their own."""

UTTERANCE = SPEECH | {Verb.SING, Verb.LAUGH, Verb.CRY, Verb.THINK}
"""Verbs that may stand next to quoted words."""

_WRITTEN = frozenset({"sign", "book", "letter", "newspaper", "shirt", "flag", "telephone", "painting", "television"})


class Dialogue:
    """The reader's memory of who speaks. announced: deeds of the verb of speech that still waits for its words."""

    def __init__(self, draft: Draft, cast: Cast, clause: Clause) -> None:
        self.announced: list[Deed] = []
        self._draft = draft
        self._cast = cast
        self._clause = clause
        self._asked: tuple[Speech, Term] | None = None
        self._just_said: Speech | None = None

    @property
    def awaits_speaker(self) -> bool:
        """Whether `"…" says` still waits for its noun."""
        return self._asked is not None

    def ask(self, term: Term, before: Term | None) -> bool:
        """Takes a verb right after a quote, `"…" says`: its speaker comes next. False for any other verb."""
        spoken = before is not None and before.quote is not None and bool(self._draft.speeches)
        if not spoken or term.word is None or term.word.key not in UTTERANCE:
            return False
        self._asked = (self._draft.speeches[-1], term)
        return True

    def answer(self, id: str) -> None:
        """The noun after `"…" says`: who spoke."""
        if self._asked is None:
            return
        (speech, term), self._asked = self._asked, None
        speech.speaker = id
        self._clause.subject(id)
        if term.word is not None and term.word.key not in SPEECH:
            self._clause.act(term.word, term, [id])
        self._clause.close([id])

    def noun_after(self, before: Term | None) -> None:
        """A noun was read; right after a quote it may be the speaker, `"…" the cat says`."""
        spoken = before is not None and before.quote is not None and self._draft.speeches
        self._just_said = self._draft.speeches[-1] if spoken else None

    def announce(self, term: Term, deeds: list[Deed], subjects: list[str]) -> None:
        """After a verb of speech the next quote is its subject's; a quote just before may be too."""
        self.announced = []
        if term.word is None or term.word.key not in UTTERANCE or not subjects:
            return
        if self._just_said is not None and self._just_said.speaker is None:
            self._just_said.speaker = subjects[0]
            self._drop_bare_speech(deeds)
        else:
            self.announced = deeds
        self._just_said = None

    def _drop_bare_speech(self, deeds: list[Deed]) -> None:
        for deed in deeds:
            if deed.verb in SPEECH and deed in self._draft.deeds:
                self._draft.deeds.remove(deed)

    def quote(self, text: str, before: Term | None, *, after_colon: bool) -> None:
        """Quoted words: spoken, or written on a thing that carries words."""
        author = self.announced[0].subject if self.announced else None
        named = self._cast.latest() if before is not None and before.is_(Category.NOUN) else None
        source = author or named
        if source is not None and self._cast.members[source].noun in _WRITTEN and not after_colon:
            self._draft.not_staged.append(f"“{text}”")
            return
        if author is None and after_colon:
            author = named
        self._draft.speeches.append(Speech(text=text, speaker=author))
        self._drop_bare_speech(self.announced)
        self.announced = []
        self._clause.pause()

    def finish(self) -> None:
        """Lines without a speaker go to whoever stands nearest."""
        for speech in self._draft.speeches:
            speech.speaker = speech.speaker or self._nearest()
            if speech.speaker is not None:
                self._draft.show(speech.speaker)

    def _nearest(self) -> str | None:
        living = [id for id in self._draft.subjects if self._cast.is_living(id)]
        if living:
            acting = [deed.subject for deed in self._draft.deeds if deed.subject in living]
            return acting[-1] if acting else living[0]
        return self._cast.latest(living=True) or (self._draft.subjects[0] if self._draft.subjects else self._cast.latest())
