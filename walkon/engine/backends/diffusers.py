"""A model of your own: diffusers in a child process that keeps it warm."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import structlog

from walkon.config import EngineSection
from walkon.engine.child import Child
from walkon.engine.families.row import Family, Task
from walkon.engine.model_settings import Settings, encoded
from walkon.engine.port import BackendUnavailable, Capabilities, Order, Rendered, RenderFailed, Step
from walkon.engine.takes import longest_s
from walkon.engine.weights import Choice, choose
from walkon.types.scene import MAX_SECONDS

log = structlog.get_logger(__name__)

RUNNER = "walkon.engine.models.runner"
START_S = 900.0
"""Longest silence while weights load: 70 GB from a slow disk."""
SILENCE_S = 180.0
"""Longest time without a step: one step of the largest model on the smallest card it fits takes about a minute."""
CANCEL_S = 15.0
"""How long a step may take before a cancelled render is killed instead, weights and all; below the shortest usual lease."""

_LIBRARIES = ("torch", "diffusers", "transformers", "accelerate")


class DiffusersBackend:
    """Renders with one model, chosen once. runner, silence_s, cancel_s: for tests."""

    def __init__(
        self, engine: EngineSection, data_dir: Path, *, silence_s: float = SILENCE_S, cancel_s: float = CANCEL_S, runner: str = RUNNER
    ) -> None:
        self.choice = chosen(engine, data_dir)
        self._model = engine.asked_model
        settings = Settings(
            family=self.choice.family.name,
            tiny=self.choice.is_tiny,
            folder=self.choice.folder,
            data_dir=data_dir,
            words=self.choice.why,
            dtype=engine.dtype.value,
            steps=engine.steps,
            vram_gb=engine.vram_gb,
        )
        program = ("-m", runner, encoded(settings))
        self._child = Child(program, start_s=START_S, silence_s=silence_s, cancel_s=cancel_s)

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return capabilities(self._family, model=self._model)

    @property
    def _family(self) -> Family:
        """The family as this machine's memory holds it, once that is known."""
        family, shot_s = self.choice.family, self._child.shot_s
        return family.holding(round(shot_s * family.fps)) if shot_s else family

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of its children at work."""
        return self._child.pids

    async def start(self) -> None:
        """Load the model and try it. Raises BackendUnavailable."""
        await self._child.start()
        log.info("model_ready", model=self._child.words)

    async def render(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Render the order. Raises RenderFailed."""
        if not order.scene.shots:
            raise RenderFailed(reason="the scene has no shot", retryable=False)
        await self._child.start()
        if order.scene.seconds > self.capabilities.max_seconds:
            raise RenderFailed(reason=f"this machine's memory holds clips of {self.capabilities.max_seconds:g} s", retryable=True)
        rendered = await self._child.render(order, report)
        if rendered.defects:
            log.warning("defects_only_reported", defects=rendered.defects)
        return rendered

    async def close(self) -> None:
        """Let go of the card."""
        await self._child.close()


def capabilities(family: Family, *, model: str = "") -> Capabilities:
    """What a backend with that family can do. model: as the settings name it, empty where they leave the choice to the worker."""
    return Capabilities(
        name="diffusers",
        lane="diffusers",
        drawn=False,
        min_seconds=family.seconds[0],
        max_seconds=min(longest_s(family), MAX_SECONDS + 5),
        models=(model,) if model else (),
        faces=Task.PEOPLE in family.tasks,
        extends=Task.EXTEND in family.tasks,
    )


def chosen(engine: EngineSection, data_dir: Path) -> Choice:
    """The model the settings mean. Raises BackendUnavailable in one sentence with its mend."""
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    if missing:
        raise BackendUnavailable(reason=f"{' and '.join(missing)} is not installed. Run: pip install 'walkon[gpu]' with your card's torch.")
    return choose(engine.model, data_dir=data_dir, accepted=engine.accepted_licences, room_gb=engine.vram_gb)


backend = DiffusersBackend
"""How `walkon.engine.backends.load` makes it."""
