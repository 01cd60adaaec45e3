"""The rooms of this host that commands work with, gathered once at start."""

from dataclasses import dataclass, field

from walkon.bot.files import Files
from walkon.bot.words import Words
from walkon.queue.port import JobQueue
from walkon.safety.text import Judge, usual_judge
from walkon.store.database import Database
from walkon.store.media import Media
from walkon.types.clock import Clock
from walkon.types.people import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What every command may use. lane: the queue lane that renders here. drawn: its clips are drawn, no model makes them.

    operators: the `PersonId`s that may do everything on this host. judge: says which words are not made into clips here.
    files: fetches what people send.
    storage: the host's own chat for films that are shown elsewhere.
    """

    database: Database
    queue: JobQueue
    media: Media
    words: Words
    clock: Clock
    lane: str
    drawn: bool
    command_root: str = "sora"
    command_names: tuple[str, ...] = ()
    operators: frozenset[str] = frozenset()
    judge: Judge = field(default_factory=usual_judge)
    files: Files = field(default_factory=Files)
    storage: Place | None = None
