"""From free memory to where the weights lie and how large the decoder's tiles are; what failed once is not tried again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import torch
from diffusers.hooks import apply_group_offloading

from walkon.engine.families.row import WORK, Family, Need, Placement

GB = 10**9
MORE = 1.05
"""How much more has to be free before a placement that failed is tried again."""
PROCESSOR = "processor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What there is. card: the accelerator's name, None where the processor does it all. Free memory in GB of 10⁹ bytes."""

    card: str | None
    card_gb: float
    host_gb: float

    @classmethod
    def now(cls, limit_gb: float | None = None) -> "Machine":
        """This machine at this moment. limit_gb: what walkon may use of the card."""
        host_gb = psutil.virtual_memory().available / GB
        if not torch.cuda.is_available():
            return cls(card=None, card_gb=0.0, host_gb=host_gb)
        free = torch.cuda.mem_get_info()[0] / GB
        return cls(card=torch.cuda.get_device_name(), card_gb=min(free, limit_gb or free), host_gb=host_gb)


class TooLittleMemory(MemoryError):
    """No placement of the family fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A placement that fits, and the longest shot it holds, in pictures on the family's grid."""

    placement: Placement
    frames: int


def placements(family: Family, machine: Machine) -> tuple[Fit, ...]:
    """The family's placements that hold its longest shot, fastest first; where none does, the most frugal with a shorter one.

    Without a card only the host's memory counts. Raises TooLittleMemory.
    """
    least = family.least
    if machine.card is None:
        if machine.host_gb < least.host_gb:
            raise TooLittleMemory(f"{family.title} needs {least.host_gb:g} GB of memory without a card; {machine.host_gb:.1f} GB are free")
        return (Fit(placement=least.placement, frames=family.most_frames),)
    fitting = [need for need in family.needs if need.card_gb <= machine.card_gb and need.host_gb <= machine.host_gb]
    if fitting:
        return tuple(Fit(placement=need.placement, frames=family.most_frames) for need in fitting)
    frames = _shorter(family, least, machine) if least.host_gb <= machine.host_gb else 0
    if frames < family.least_frames:
        raise TooLittleMemory(
            f"{family.title} needs {least.card_gb:g} GB free on the card and {least.host_gb:g} GB of memory; "
            f"there are {machine.card_gb:.1f} and {machine.host_gb:.1f} GB"
        )
    return (Fit(placement=least.placement, frames=frames),)


def _shorter(family: Family, need: Need, machine: Machine) -> int:
    """How long a shot the card still holds beside the weights."""
    room_gb = machine.card_gb - need.card_gb * (1 - WORK)
    return family.grid.below(family.most_frames * max(0.0, room_gb) / (need.card_gb * WORK))


def place(pipe: Any, placement: Placement, machine: Machine) -> None:
    """Put the pipeline's weights where they belong."""
    if machine.card is not None:
        put(pipe, placement, torch.device("cuda"))


def put(pipe: Any, placement: Placement, device: torch.device) -> None:
    """Put the pipeline's weights there."""
    match placement:
        case Placement.RESIDENT:
            pipe.to(device)
        case Placement.OFFLOADED:
            pipe.enable_model_cpu_offload(device=device)
        case Placement.GROUPED:
            _stream(pipe, device)


def _stream(pipe: Any, device: torch.device) -> None:
    """Transformers pass through the card block by block and text encoders leaf by leaf; what is left is small and stays there.

    diffusers does not let one pipeline have streamed components and others that are moved as a whole.
    """
    streams = {"onload_device": device, "use_stream": device.type == "cuda"}
    for name, part in pipe.components.items():
        if not isinstance(part, torch.nn.Module):
            continue
        if name.startswith("transformer"):
            part.enable_group_offload(offload_type="block_level", num_blocks_per_group=1, **streams)
        elif name.startswith("text_encoder"):
            # Their blocks lie too deep for the block level to find them.
            apply_group_offloading(part, offload_type="leaf_level", **streams)
        else:
            part.to(device)


TILE_SHRINKS = (1.0, 0.5, 0.25)
"""Edges of the decoder's tiles against the VAE's own, tried in this order while memory runs out."""


LEAST_TILE = 2
"""Latents along an edge that every tile needs: LTX-2 pads by reflection, which one alone does not give."""


def tile(pipe: Any, shrink: float, size: tuple[int, int]) -> None:
    """Turn tiled decoding on for pictures of that size, with tiles of that part of their usual edge."""
    vae, multiple = pipe.vae, pipe.vae.spatial_compression_ratio
    usual = getattr(vae, "_usual_tiles", None) or (
        (vae.tile_sample_min_width, vae.tile_sample_stride_width),
        (vae.tile_sample_min_height, vae.tile_sample_stride_height),
    )
    vae._usual_tiles = usual
    (width, across), (height, down) = (
        _tiled(edge // multiple, tuple(int(length * shrink) // multiple for length in lengths))
        for edge, lengths in zip(size, usual, strict=True)
    )
    vae.enable_tiling(
        tile_sample_min_height=height * multiple,
        tile_sample_min_width=width * multiple,
        tile_sample_stride_height=down * multiple,
        tile_sample_stride_width=across * multiple,
    )


def _tiled(edge: int, lengths: tuple[int, ...]) -> tuple[int, int]:
    """Length and stride of tiles along an edge, all in latents, so that the last one is not too short."""
    length, stride = max(LEAST_TILE + 1, lengths[0]), max(LEAST_TILE, lengths[1])
    while stride > LEAST_TILE and edge - (edge - 1) // stride * stride < LEAST_TILE:
        stride -= 1
    return length, min(stride, length)


@dataclass(frozen=True, slots=True)
class _Failed:
    placement: Placement
    card_gb: float
    frames: int


class Memory:
    """Remembers what ran out of memory, in a file of the data directory: family, placement, what was free, pictures, card."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def untried(self, family: Family, machine: Machine, fitting: Sequence[Fit]) -> tuple[Fit, ...]:
        """What is left of the fitting placements: those that did not fail with as much memory, and the most frugal one.

        That one is tried with half the shot it failed with. Raises TooLittleMemory where even the shortest failed.
        """
        failed = [each for each in self._failed(family, machine) if machine.card_gb <= each.card_gb * MORE]
        bad, last = {each.placement for each in failed}, fitting[-1]
        shortest = min((each.frames for each in failed if each.placement == last.placement), default=None)
        frames = last.frames if shortest is None else min(last.frames, family.grid.below(shortest / 2))
        hopeful = tuple(fit for fit in fitting[:-1] if fit.placement not in bad)
        if frames >= family.least_frames:
            return (*hopeful, replace(last, frames=frames))
        if hopeful:
            return hopeful
        raise TooLittleMemory(f"{family.title} has run out of memory on {machine.card or PROCESSOR} with its shortest shot")

    def note(self, family: Family, machine: Machine, placement: Placement, frames: int) -> None:
        """This placement ran out of memory over a shot of so many pictures."""
        line = f"{family.name} {placement.value} {machine.card_gb:.2f} {frames} {machine.card or PROCESSOR}"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(".part")
        part.write_text("".join(f"{each}\n" for each in sorted({*self._lines(), line})), "utf-8")
        part.replace(self.file)

    def _failed(self, family: Family, machine: Machine) -> list["_Failed"]:
        read = [line.split(" ", 4) for line in self._lines()]
        return [
            _Failed(Placement(placement), float(free), int(frames))
            for name, placement, free, frames, card in read
            if (name, card) == (family.name, machine.card or PROCESSOR)
        ]

    def _lines(self) -> list[str]:
        try:
            return self.file.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
