"""LTX-2 and 2.3: picture and stereo sound, under terms the operator has to accept.

Sources: LTX-2 community licence (January 2026, attachment A and clause 20), model cards of Lightricks/LTX-2 and LTX-2.3,
diffusers 0.42.1 `pipelines/ltx2` (read 2026-11). Memory: 19B transformer 40 GB and Gemma 3 12B 24 GB in bfloat16, with a
quarter for work. The distilled sigmas are diffusers' `DISTILLED_SIGMA_VALUES`.
"""

from walkon.engine.families.row import Audio, Dialect, Family, Grid, Licence, Need, Placement, Sampling, Task
from walkon.types.scene import Aspect

FAMILY = Family(
    name="ltx2",
    title="LTX-2",
    pipelines=("LTX2Pipeline",),
    tasks=frozenset({Task.TEXT, Task.REMIX, Task.EXTEND}),
    grid=Grid(k=8, offset=1, multiple=32),
    fps=24,
    seconds=(1.0, 20.0),
    sizes={Aspect.WIDE: (832, 480), Aspect.TALL: (480, 832), Aspect.SQUARE: (640, 640)},
    audio=Audio(rate=24_000, channels=2),
    sampling=Sampling(steps=40, guidance=3.0),
    distilled=Sampling(
        steps=8,
        guidance=1.0,
        sigmas=(1.0, 0.99375, 0.9875, 0.98125, 0.975, 0.909375, 0.725, 0.421875),
    ),
    dialect=Dialect.QUOTED,
    needs=(
        Need(placement=Placement.RESIDENT, card_gb=80, host_gb=64),
        Need(placement=Placement.OFFLOADED, card_gb=48, host_gb=80),
        Need(placement=Placement.GROUPED, card_gb=24, host_gb=96),
    ),
    licence=Licence(
        name="LTX-2 community licence",
        url="https://huggingface.co/Lightricks/LTX-2",
        accepted_by="ltx2",
        notice="Made by a machine with LTX-2.",
    ),
    tail=9,
)
