"""Loads one model: real classes through `from_pretrained`, safetensors only, never code that came with the weights."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from walkon.engine.families import family
from walkon.engine.families.row import Family, Placement, tiny, weighed
from walkon.engine.model_settings import Settings
from walkon.engine.models import tiny as tiny_models
from walkon.engine.models.driver import Driver
from walkon.engine.models.families import engine
from walkon.engine.models.planner import PROCESSOR, Machine, Memory, TooLittleMemory, place, placements
from walkon.engine.models.smoke import smoke
from walkon.engine.port import BackendUnavailable, TooSmall
from walkon.engine.weights import parts_gb


def quiet() -> None:
    """Keep libraries from drawing bars and from asking the network."""
    os.environ.update(HF_HUB_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1", TOKENIZERS_PARALLELISM="false")
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def loaded(settings: Settings) -> Driver:
    """The model, tried, on the best placement that fits and has not failed before. Raises BackendUnavailable."""
    row = _row(settings)
    machine = Machine.now(settings.vram_gb)
    memory = Memory(settings.data_dir / "engine" / "failed-placements")
    try:
        fitting = memory.untried(row, machine, placements(row, machine))
    except TooLittleMemory as problem:
        raise TooSmall(reason=f"{problem}. Choose a smaller model, or a machine with more memory.") from None
    for fit in fitting:
        try:
            driver = _driver(settings, row.holding(fit.frames), machine, fit.placement)
            driver.on_exhausted = partial(memory.note, row, machine, fit.placement)
            smoke(driver)
            return driver
        except torch.OutOfMemoryError:
            memory.note(row, machine, fit.placement, row.grid.k + row.grid.offset)
    raise TooSmall(reason=f"{row.title} runs out of memory on {machine.card or PROCESSOR}. Free some, or choose a smaller model.")


def _row(settings: Settings) -> Family:
    row = tiny(family(settings.family)) if settings.tiny else family(settings.family)
    if settings.folder and not settings.tiny:
        row = weighed(row, parts_gb(settings.folder))
    return row if settings.steps is None else replace(row, sampling=replace(row.sampling, steps=settings.steps))


def _driver(settings: Settings, row: Family, machine: Machine, placement: Placement) -> Driver:
    made = engine(row.name)
    folder = settings.folder or tiny_models.home(settings.data_dir / "tiny", row.name, made)
    dtype = _dtype(settings, machine)
    pipe = _pipeline(folder, made.stand_ins(folder), {"default": dtype, **dict.fromkeys(made.exact, torch.float32)})
    place(pipe, placement, machine)
    words = f"{settings.words}; {_where(placement, machine)}"
    leave = placement is Placement.RESIDENT and machine.card is not None
    return Driver(pipe, made, _sampled(row, pipe, settings), words=words, leave=leave)


def _where(placement: Placement, machine: Machine) -> str:
    return f"weights {placement.value} on {machine.card}, {machine.card_gb:.1f} GB free" if machine.card else "on the processor"


def _sampled(row: Family, pipe: Any, settings: Settings) -> Family:
    """The row with the steps its weights want: a distilled checkpoint tells by its scheduler or by its own settings."""
    distilled = "Piflow" in type(pipe.scheduler).__name__ or bool(getattr(pipe.config, "is_distilled", False))
    if not distilled:
        return row
    return replace(row, sampling=replace(row.distilled, steps=settings.steps or row.distilled.steps))


def _dtype(settings: Settings, machine: Machine) -> torch.dtype:
    if settings.dtype == "auto":
        return torch.bfloat16 if machine.card else torch.float32
    found: torch.dtype = getattr(torch, settings.dtype)
    return found


def _pipeline(folder: Path, stand_ins: Mapping[str, Any], dtypes: Mapping[str, torch.dtype]) -> Any:
    try:
        # What libraries print while they load is no message of ours.
        with contextlib.redirect_stdout(None):
            return diffusers.DiffusionPipeline.from_pretrained(
                folder, torch_dtype=dtypes, use_safetensors=True, local_files_only=True, trust_remote_code=False, **stand_ins
            )
    except (OSError, ValueError, RuntimeError, KeyError) as problem:
        if isinstance(problem, torch.OutOfMemoryError):
            raise
        reason = str(problem).strip().splitlines()[0][:300] if str(problem).strip() else type(problem).__name__
        raise BackendUnavailable(reason=f"the weights in {folder} do not load: {reason}. Fetch them again.") from problem
