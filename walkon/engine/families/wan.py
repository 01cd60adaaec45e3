"""Wan 2.1 and 2.2 from words: picture only, Apache-2.0; walkon's own sound is laid under it.

Sources: model cards of Wan-AI/Wan2.1-T2V-1.3B-Diffusers, Wan2.1-T2V-14B-Diffusers and Wan2.2-T2V-A14B-Diffusers, diffusers 0.42.1
`pipelines/wan` (read 2026-11). Memory: the card names 8.19 GB for the 1.3B model with everything offloaded; UMT5-XXL is 11 GB in
bfloat16.
"""

from walkon.engine.families.row import Dialect, Family, Grid, Licence, Need, Placement, Sampling, Task
from walkon.types.scene import Aspect

FAMILY = Family(
    name="wan",
    title="Wan",
    pipelines=("WanPipeline",),
    told_by={"expand_timesteps": False},
    tasks=frozenset({Task.TEXT, Task.REMIX, Task.EXTEND}),
    grid=Grid(k=4, offset=1, multiple=16),
    fps=16,
    seconds=(1.0, 5.0),
    sizes={Aspect.WIDE: (832, 480), Aspect.TALL: (480, 832), Aspect.SQUARE: (624, 624)},
    audio=None,
    sampling=Sampling(steps=50, guidance=5.0),
    distilled=Sampling(steps=4, guidance=1.0),
    dialect=Dialect.SILENT,
    needs=(
        Need(placement=Placement.RESIDENT, card_gb=18, host_gb=24),
        Need(placement=Placement.OFFLOADED, card_gb=14, host_gb=24),
        Need(placement=Placement.GROUPED, card_gb=8.2, host_gb=28),
    ),
    licence=Licence(name="Apache-2.0", url="https://huggingface.co/Wan-AI/Wan2.1-T2V-1.3B-Diffusers"),
    tail=5,
)
