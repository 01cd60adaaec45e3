"""The drawn preview: a paper theatre, made by the processor alone in less time than it plays."""

from collections.abc import Callable, Sequence
from pathlib import Path

from walkon.config import EngineSection
from walkon.engine.child import Child
from walkon.engine.pair import DESK
from walkon.engine.port import Capabilities, Order, Rendered, RenderFailed, Step
from walkon.types.scene import MAX_SECONDS, MIN_SECONDS

CAPABILITIES = Capabilities(name="animatic", lane="animatic", drawn=True, min_seconds=MIN_SECONDS, max_seconds=MAX_SECONDS, faces=True)


class AnimaticBackend:
    """Draws clips in a child process. program: what starts the child, for tests."""

    def __init__(self, *, program: Sequence[str] = DESK, silence_s: float = 30) -> None:
        self._child = Child(program, silence_s=silence_s)

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return CAPABILITIES

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of its children at work."""
        return self._child.pids

    async def start(self) -> None:
        """Warm up. Raises BackendUnavailable."""
        await self._child.start()

    async def render(self, order: Order, report: Callable[[Step], None]) -> Rendered:
        """Render the order. Raises RenderFailed."""
        if not order.scene.shots:
            raise RenderFailed(reason="the scene has no shot", retryable=False)
        return await self._child.render(order, report)

    async def close(self) -> None:
        """Let go of the machine."""
        await self._child.close()


def backend(engine: EngineSection, data_dir: Path) -> AnimaticBackend:
    """How `walkon.engine.backends.load` makes it: it needs no settings."""
    return AnimaticBackend()
