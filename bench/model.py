"""What walkon adds to a model: a clip beside the bare pipeline call on the same input, and memory over two hundred clips."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.rig.machine import resident_mb
from bench.rig.report import Goal, Report, Row

NAME = "model"
OVERHEAD = "a clip beside the bare pipeline call"
GROWTH = {process: f"{process}: after 200 clips beside after 40" for process in ("model", "press")}
GOALS = (Goal(what=OVERHEAD, most=1.03), *(Goal(what=what, most=1.05) for what in GROWTH.values()))

WORDS = "a fox tells a joke on the moon"
STEPS, SECONDS, ROUNDS = 250, 5, 3
"""So many steps that a call takes a quarter of a minute or more. A card's takes minutes: what walkon adds to each clip weighs less
there than here."""
EARLY, LATE = 40, 200


def run() -> Report:
    """About five minutes."""
    return asyncio.run(_measured())


async def _measured() -> Report:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare, whole = await _timed(folder)
        early, late = await _weighed(folder)
    ratios = [one / other for one, other in zip(whole, bare, strict=True)]
    return Report(
        rows=(
            Row(what="bare pipeline call", value=median(bare), unit="s"),
            Row(what="clip by walkon", value=median(whole), unit="s"),
            Row(what="what walkon adds to a clip", value=median(whole) - median(bare), unit="s"),
            Row(what=OVERHEAD, value=median(ratios), unit="x"),
            *(Row(what=f"{process}: after {EARLY} clips", value=early[process], unit="MiB") for process in GROWTH),
            *(Row(what=what, value=late[process] / early[process], unit="x") for process, what in GROWTH.items()),
        ),
        notes=(
            f"Random weights at toy size (`tiny:kandinsky6`, {STEPS} steps, {SECONDS} s of picture and sound) on one core, {ROUNDS} rounds "
            "in turn, median; the pipeline call ends with pictures and sound in memory, walkon's with a checked, mixed and coded mp4 "
            "made in its child processes.",
            f"Memory: {LATE} clips of a second one after the other with `tiny:wan`.",
        ),
    )


async def _timed(folder: Path) -> tuple[Sequence[float], Sequence[float]]:
    from walkon.config import EngineSection
    from walkon.engine.backends.diffusers import DiffusersBackend

    backend = DiffusersBackend(EngineSection(model="tiny:kandinsky6", steps=STEPS), folder)
    await backend.start()
    call = _bare(folder)
    bare, whole = [], []
    for number in range(ROUNDS + 1):
        began_s = time.perf_counter()
        # New words every round: walkon remembers what words it has read, the bare call does not.
        words = f"{WORDS}, number {number}"
        await asyncio.to_thread(call, words)
        between_s = time.perf_counter()
        await backend.render(_order(folder / f"timed-{number}", SECONDS, words), lambda step: None)
        bare.append(between_s - began_s)
        whole.append(time.perf_counter() - between_s)
    await backend.close()
    # The first of each is slower: libraries choose their ways.
    return bare[1:], whole[1:]


def _bare(folder: Path):  # type: ignore[no-untyped-def]
    """The call anybody would write, on the same weights, words, size, length, steps and seed."""
    import diffusers
    import torch
    import transformers

    from walkon.engine.families import family
    from walkon.engine.families.row import tiny
    from walkon.engine.models.families import engine
    from walkon.engine.models.loading import quiet
    from walkon.engine.models.tiny import home
    from walkon.engine.takes import cut

    quiet()
    row, weights = tiny(family("kandinsky6")), home(folder / "tiny", "kandinsky6", engine("kandinsky6"))
    reader = transformers.AutoTokenizer.from_pretrained(weights / "tokenizer")
    pipe = diffusers.DiffusionPipeline.from_pretrained(weights, tokenizer=reader)
    pipe.set_progress_bar_config(disable=True)
    scene = _order(folder / "none", SECONDS).scene
    width, height = row.sizes[scene.aspect]

    def call(words: str) -> None:
        # Counts for the thread that calls it, and walkon's child works on one core too.
        torch.set_num_threads(1)
        pipe(
            words,
            width=width,
            height=height,
            num_frames=cut(scene, row)[0].frames,
            num_inference_steps=STEPS,
            guidance_scale=row.sampling.guidance,
            generator=torch.Generator().manual_seed(scene.seed),
            output_type="np",
        )

    return call


async def _weighed(folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    from walkon.config import EngineSection
    from walkon.engine.backends.diffusers import DiffusersBackend

    backend = DiffusersBackend(EngineSection(model="tiny:wan"), folder)
    await backend.start()
    found = []
    for number in range(1, LATE + 1):
        await backend.render(_order(folder / f"weighed-{number}", 1), lambda step: None)
        if number in (EARLY, LATE):
            found.append(dict(zip(GROWTH, map(resident_mb, backend.pids), strict=True)))
    await backend.close()
    return found[0], found[1]


def _order(directory: Path, seconds: float, words: str = WORDS):  # type: ignore[no-untyped-def]
    from walkon.engine.port import Order
    from walkon.types.scene import Scene, Shot

    directory.mkdir(exist_ok=True)
    return Order(scene=Scene(prompt=words, seconds=seconds, seed=1, shots=(Shot(),)), directory=directory, max_bytes=8_000_000)
