"""Wan 2.1 VACE: picture only, from words, pictures to go on from and stills of people, Apache-2.0.

Sources: model cards of Wan-AI/Wan2.1-VACE-1.3B-diffusers and Wan2.1-VACE-14B-diffusers, diffusers 0.42.1 `pipelines/wan` (read
2026-11). A shot stays within 81 pictures, beyond which likeness drifts. Memory: as Wan, and a quarter of the transformer more.
"""

from walkon.engine.families.row import Dialect, Family, Grid, Licence, Need, Placement, Sampling, Task
from walkon.types.scene import Aspect

FAMILY = Family(
    name="wan_vace",
    title="Wan VACE",
    pipelines=("WanVACEPipeline",),
    tasks=frozenset({Task.TEXT, Task.REMIX, Task.EXTEND, Task.PEOPLE}),
    grid=Grid(k=4, offset=1, multiple=16),
    fps=16,
    seconds=(1.0, 5.0),
    sizes={Aspect.WIDE: (832, 480), Aspect.TALL: (480, 832), Aspect.SQUARE: (624, 624)},
    audio=None,
    sampling=Sampling(steps=50, guidance=5.0),
    distilled=Sampling(steps=4, guidance=1.0),
    dialect=Dialect.SILENT,
    needs=(
        Need(placement=Placement.RESIDENT, card_gb=20, host_gb=24),
        Need(placement=Placement.OFFLOADED, card_gb=14, host_gb=24),
        Need(placement=Placement.GROUPED, card_gb=9, host_gb=28),
    ),
    licence=Licence(name="Apache-2.0", url="https://huggingface.co/Wan-AI/Wan2.1-VACE-1.3B-diffusers"),
    tail=5,
)
