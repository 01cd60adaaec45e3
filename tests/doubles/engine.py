"""A backend outside walkon and the last steps of a clip, as a script says: small files instead of films."""

import asyncio
import hashlib
from collections.abc import Callable
from pathlib import Path

from walkon.engine.finishing import NotFinished
from walkon.engine.port import Capabilities, Order, Phase, Rendered, Step
from walkon.provenance.manifest import Seal, Statement
from walkon.safety.output import Look


class ScriptedBackend:
    """A backend outside walkon: writes small files, or does what the script says first."""

    def __init__(self) -> None:
        self._able = Capabilities(name="scripted", lane="animatic", drawn=True, min_seconds=2, max_seconds=20, faces=True)
        self.asked = 0
        self.script: list[Callable[[Order], Exception | None]] = []
        self.unfit: Exception | None = None
        self.hold = asyncio.Event()
        self.hold.set()
        self.started: list[str] = []
        self.freed = 0
        self.notice = ""

    @property
    def capabilities(self) -> Capabilities:
        self.asked += 1
        return self._able

    @capabilities.setter
    def capabilities(self, able: Capabilities) -> None:
        self._able = able

    async def start(self) -> None:
        if self.unfit:
            raise self.unfit

    async def render(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        self.started.append(order.scene.prompt)
        report(Step(phase=Phase.PAINTING, step=1, steps=2, fraction=0.5))
        try:
            await self.hold.wait()
        finally:
            self.freed += 1
        if self.script and (error := self.script.pop(0)(order)):
            raise error
        paths = [order.directory / name for name in ("clip.mp4", "poster.jpg", "captions.vtt")]
        for path in paths:
            path.write_text(f"{path.name} of {order.scene.prompt}")
        return Rendered(
            video=paths[0],
            poster=paths[1],
            captions=paths[2],
            seconds=6,
            width=854,
            height=480,
            fps=24,
            bytes=20,
            loudness_lufs=-16,
            notice=self.notice,
        )

    async def close(self) -> None:
        return None


class ScriptedFinisher:
    """Last steps without the process that does them: notes what was signed, or refuses."""

    def __init__(self) -> None:
        self.signed: list[Statement] = []
        self.refuses = ""
        self.look: Look | None = Look(scores=(0.01,))
        self.looked: list[int] = []

    async def look_at(self, clip: Path, poster: Path, *, most: int) -> Look:
        self.looked.append(most)
        if self.look is None:
            raise NotFinished("the check died")
        return self.look

    async def sign(self, clip: Path, statement: Statement) -> Seal:
        if self.refuses:
            raise NotFinished(self.refuses)
        self.signed.append(statement)
        return Seal(bytes=clip.stat().st_size + 4, film=hashlib.sha256(clip.read_bytes()).hexdigest())
