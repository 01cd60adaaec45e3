"""From free memory to where the weights lie and how large the decoder's tiles are; what failed once is not tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch

from walkon.engine.families.row import Family, Need, Placement

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


def placements(family: Family, machine: Machine) -> tuple[Need, ...]:
    """The family's placements that fit, fastest first. Without a card only the host's memory counts. Raises TooLittleMemory."""
    if machine.card is None:
        least = family.least
        if machine.host_gb < least.host_gb:
            raise TooLittleMemory(f"{family.title} needs {least.host_gb:g} GB of memory without a card; {machine.host_gb:.1f} GB are free")
        return (least,)
    fitting = tuple(need for need in family.needs if need.card_gb <= machine.card_gb and need.host_gb <= machine.host_gb)
    if not fitting:
        least = family.least
        raise TooLittleMemory(
            f"{family.title} needs {least.card_gb:g} GB free on the card and {least.host_gb:g} GB of memory; "
            f"there are {machine.card_gb:.1f} and {machine.host_gb:.1f} GB"
        )
    return fitting


def place(pipe: Any, placement: Placement, machine: Machine) -> None:
    """Put the pipeline's weights where they belong."""
    if machine.card is None:
        return
    device = torch.device("cuda")
    match placement:
        case Placement.RESIDENT:
            pipe.to(device)
        case Placement.OFFLOADED:
            pipe.enable_model_cpu_offload(device=device)
        case Placement.GROUPED:
            pipe.transformer.enable_group_offload(onload_device=device, offload_type="block_level", num_blocks_per_group=1, use_stream=True)
            pipe.enable_model_cpu_offload(device=device)


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


class Memory:
    """Remembers placements that ran out of memory, in a file of the data directory: family, placement, what was free, card."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def untried(self, family: Family, machine: Machine, fitting: Sequence[Need]) -> tuple[Need, ...]:
        """What is left of the fitting placements: those that did not fail with as much memory, and always the most frugal one."""
        failed = self._failed(family, machine)
        hopeful = [need for need in fitting[:-1] if machine.card_gb > failed.get(need.placement.value, -1.0) * MORE]
        return (*hopeful, fitting[-1])

    def note(self, family: Family, machine: Machine, placement: Placement) -> None:
        """This placement ran out of memory."""
        line = f"{family.name} {placement.value} {machine.card_gb:.2f} {machine.card or PROCESSOR}"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(".part")
        part.write_text("".join(f"{each}\n" for each in sorted({*self._lines(), line})), "utf-8")
        part.replace(self.file)

    def _failed(self, family: Family, machine: Machine) -> dict[str, float]:
        """The most that was free when a placement failed, by placement."""
        most: dict[str, float] = {}
        for line in self._lines():
            name, placement, free, card = line.split(" ", 3)
            if (name, card) == (family.name, machine.card or PROCESSOR):
                most[placement] = max(float(free), most.get(placement, 0.0))
        return most

    def _lines(self) -> list[str]:
        try:
            return self.file.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
