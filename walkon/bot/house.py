"""The rooms of this host that commands work with, gathered once at start."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from walkon.bot.files import Files
from walkon.bot.flood import Flood
from walkon.bot.tokens import Seal
from walkon.bot.words import Words
from walkon.config import AllowSection, GuardiansSection, LimitsSection, PersonQuotas
from walkon.consent.casting import Caster
from walkon.consent.deciding import Decider
from walkon.consent.enrolling import Enrolments
from walkon.consent.proof import Proof
from walkon.queue.port import JobQueue
from walkon.safety.text import Judge, usual_judge
from walkon.store.database import Database, Transaction
from walkon.store.keys import Keys
from walkon.store.media import Media
from walkon.types.clock import Clock
from walkon.types.ids import PersonId
from walkon.types.people import Place
from walkon.types.quiet import QuietHours

UNLIMITED = LimitsSection(person=PersonQuotas(active=None))
OPEN_TO_ALL = AllowSection()
NO_SETTINGS = GuardiansSection()
"""A host that sets no limits at all, one that everybody may use, and one that leaves guardians as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every command may use. lane: the queue lane that renders here. drawn: its clips are drawn, no model makes them.

    classified: a model reads the words too, in jobs of their own.
    first_pace: milliseconds of work for a second of clip before any was measured here (bench/animatic: 3 to 5 times real time).
    operators: the `PersonId`s that may do everything on this host. judge: says which words are not made into clips here.
    files: fetches what people send. storage: the host's own chat for films that are shown elsewhere. limits, allow, guardians: as the
    host set them. report_threshold: people who hide a clip by reporting it, until somebody has looked. keys: of this host's secrets.
    flood: None where nobody watches how fast people are. native_wait_s: how long an answer waits for what a platform makes of a mute.
    """

    database: Database
    queue: JobQueue
    media: Media
    caster: Caster
    decider: Decider
    keys: Keys
    enrolments: Enrolments
    words: Words
    clock: Clock
    lane: str
    drawn: bool
    first_pace: float = 400.0
    classified: bool = False
    command_root: str = "sora"
    command_names: tuple[str, ...] = ()
    operators: frozenset[str] = frozenset()
    judge: Judge = field(default_factory=usual_judge)
    files: Files = field(default_factory=Files)
    storage: Place | None = None
    limits: LimitsSection = UNLIMITED
    allow: AllowSection = OPEN_TO_ALL
    guardians: GuardiansSection = NO_SETTINGS
    flood: Flood | None = None
    report_threshold: int = 5
    native_wait_s: float = 1.0
    erasers: tuple[Callable[[Transaction, PersonId], Awaitable[None]], ...] = ()

    @property
    def proof(self) -> Proof:
        """What was decided about people's likenesses, and the receipts of it."""
        return Proof(self.keys)

    @property
    def seal(self) -> Seal:
        """What marks the buttons of this host."""
        return Seal(self.keys.mac)

    def quiet_until(self) -> datetime | None:
        """When the quiet hours end that it is in now, None where nothing keeps the renderer."""
        hours = self.limits.quiet_hours
        return QuietHours.read(hours).until(self.clock.now()) if hours else None
