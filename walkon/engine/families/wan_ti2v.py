"""Wan 2.2 TI2V-5B: picture only, from words or a first picture by the same weights, Apache-2.0.

Sources: model card of Wan-AI/Wan2.2-TI2V-5B-Diffusers, diffusers 0.42.1 `pipelines/wan` (read 2026-11); its weights say
`expand_timesteps`. Memory: sums of weight sizes in bfloat16 (5B transformer 10 GB, UMT5-XXL 11 GB, VAE 3 GB in float32) with a
quarter for work; the card names 24 GB for an RTX 4090.
"""

from walkon.engine.families.row import Dialect, Family, Grid, Licence, Need, Placement, Sampling, Task
from walkon.types.scene import Aspect

FAMILY = Family(
    name="wan_ti2v",
    title="Wan 2.2 TI2V",
    pipelines=("WanPipeline",),
    told_by={"expand_timesteps": True},
    tasks=frozenset({Task.TEXT, Task.REMIX, Task.EXTEND}),
    grid=Grid(k=4, offset=1, multiple=32),
    fps=24,
    seconds=(1.0, 5.0),
    sizes={Aspect.WIDE: (1280, 704), Aspect.TALL: (704, 1280), Aspect.SQUARE: (960, 960)},
    audio=None,
    sampling=Sampling(steps=50, guidance=5.0),
    distilled=Sampling(steps=3, guidance=1.0),
    dialect=Dialect.SILENT,
    needs=(
        Need(placement=Placement.RESIDENT, card_gb=32, host_gb=32),
        Need(placement=Placement.OFFLOADED, card_gb=24, host_gb=32),
        Need(placement=Placement.GROUPED, card_gb=16, host_gb=36),
    ),
    licence=Licence(name="Apache-2.0", url="https://huggingface.co/Wan-AI/Wan2.2-TI2V-5B-Diffusers"),
)
