"""Runs a pipeline with a report after every step, whichever of diffusers' two kinds it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from inspect import signature
from typing import Any

OnStep = Callable[[int, int], None]
"""Called with (step, steps) after every step; may raise to stop at once."""

_CALLBACK = "callback_on_step_end"


def run(pipe: Any, given: Mapping[str, Any], on_step: OnStep) -> tuple[Any, ...]:
    """The latents of the picture, and those of the sound where the pipeline makes any. Raises what on_step raises."""
    if _CALLBACK not in signature(pipe.__call__).parameters:
        return _run_modular(pipe, given, on_step)
    pinned = given.get(_CALLBACK)

    def after(running: Any, index: int, moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        on_step(index + 1, running.num_timesteps)
        return pinned(running, index, moment, tensors) if pinned else tensors

    made: tuple[Any, ...] = pipe(**{**given, _CALLBACK: after})
    return made


def _run_modular(pipe: Any, given: Mapping[str, Any], on_step: OnStep) -> tuple[Any, ...]:
    """Modular pipelines know no callback and no interruption; their scheduler is what every step passes through."""
    taken = {each.name for each in pipe.blocks.inputs}
    with _counted(pipe.scheduler, on_step):
        return (pipe(**{name: value for name, value in given.items() if name in taken}, output="latents"),)


@contextmanager
def _counted(scheduler: Any, on_step: OnStep) -> Iterator[None]:
    step, done = scheduler.step, 0

    def counted(*positional: Any, **named: Any) -> Any:
        nonlocal done
        made = step(*positional, **named)
        done += 1
        on_step(done, len(scheduler.timesteps))
        return made

    scheduler.step = counted
    try:
        yield
    finally:
        del scheduler.step
