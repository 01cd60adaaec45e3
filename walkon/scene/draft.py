"""A shot while it is being read: what the reader fills and the storyboard trims."""

from dataclasses import dataclass, field, replace

from walkon.types.scene import Camera, Mood, Relationship, TimeOfDay, Weather


@dataclass(slots=True, kw_only=True)
class Deed:
    """An action in the making. word: the verb as written."""

    verb: str
    subject: str
    word: str
    object: str | None = None
    mount: str | None = None
    style: str | None = None


@dataclass(slots=True, kw_only=True)
class Speech:
    """A line in the making."""

    text: str
    speaker: str | None = None


@dataclass(slots=True, kw_only=True)
class Draft:
    """One shot in the making. None: the prompt said nothing of it. subjects: ids in order of first mention."""

    subjects: list[str] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    relations: list[Relationship] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    place: str | None = None
    time: TimeOfDay | None = None
    weather: Weather | None = None
    mood: Mood | None = None
    camera: Camera | None = None
    slow_motion: bool = False
    sounds: list[str] = field(default_factory=list)
    particles: list[str] = field(default_factory=list)
    orphans: list[tuple[str, str]] = field(default_factory=list)
    not_staged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    words: str = ""
    start_s: float | None = None
    end_s: float | None = None

    def show(self, id: str) -> None:
        """Puts a subject into the shot."""
        if id not in self.subjects:
            self.subjects.append(id)

    def share(self, first: str, other: str) -> None:
        """`first`, a plural, was split: what it did before, `other` did too."""
        if first not in self.subjects:
            return
        self.subjects.insert(self.subjects.index(first) + 1, other)
        for deed in [deed for deed in self.deeds if deed.subject == first]:
            self.deeds.insert(self.deeds.index(deed) + 1, replace(deed, subject=other))

    @property
    def is_bare(self) -> bool:
        """Whether nothing of it could be drawn or heard."""
        return not (self.subjects or self.orphans or self.speeches or self.sets_scene or self.sounds)

    @property
    def sets_scene(self) -> bool:
        """Whether it tells where, when or how it feels."""
        return any(said is not None for said in (self.place, self.time, self.weather, self.mood)) or bool(self.particles)
