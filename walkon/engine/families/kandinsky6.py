"""Kandinsky 6: picture and mono sound with lip-sync, MIT. The default, as any operator may run it.

Sources: model cards of kandinskylab/Kandinsky-6.0-{Lite,Pro}-{sft,distill}-5s-Diffusers and diffusers 0.42.1,
`pipelines/kandinsky6` (read 2026-11). Memory: the vendor's table names 16 GB cards with block offload for Lite; the other
figures are sums of weight sizes in bfloat16 (3B transformer 6 GB, Qwen2.5-VL 7B 16 GB, the rest 2 GB) with a quarter for work.
"""

from walkon.engine.families.row import Audio, Dialect, Family, Grid, Licence, Need, Placement, Sampling, Task
from walkon.types.scene import Aspect

FAMILY = Family(
    name="kandinsky6",
    title="Kandinsky 6",
    pipelines=("Kandinsky6TI2VAPipeline",),
    tasks=frozenset({Task.TEXT, Task.REMIX, Task.EXTEND}),
    grid=Grid(k=4, offset=1, multiple=16),
    fps=24,
    seconds=(1.0, 5.0),
    sizes={Aspect.WIDE: (864, 480), Aspect.TALL: (480, 864), Aspect.SQUARE: (640, 640)},
    audio=Audio(rate=44_100, channels=1),
    sampling=Sampling(steps=50, guidance=5.0),
    distilled=Sampling(steps=16, guidance=1.0),
    dialect=Dialect.TAGGED,
    needs=(
        Need(placement=Placement.RESIDENT, card_gb=32, host_gb=32),
        Need(placement=Placement.OFFLOADED, card_gb=20, host_gb=32),
        Need(placement=Placement.GROUPED, card_gb=16, host_gb=40),
    ),
    licence=Licence(name="MIT", url="https://huggingface.co/kandinskylab"),
)
