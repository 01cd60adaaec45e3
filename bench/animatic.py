"""How fast the drawn preview is on this machine: from prompt to clip, beside bare coding of the same pictures, and its memory.

`python -m bench.animatic [--json] [--clips N] [--keep FOLDER]`; exit code 1 below three times real time.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.rig.report import Goal, Report, Row
from walkon.engine.backends.animatic import AnimaticBackend
from walkon.engine.port import Order
from walkon.scene.parser import parse
from walkon.types.scene import FPS, Aspect, Scene

LEAST_FACTOR = 3.0
LIMIT_BYTES = 8_000_000
KEPT = 48
"""Pictures kept for bare coding, coded over and over: 75 MB."""

NAME = "animatic"
GOALS = (Goal(what="all clips, times real time", least=LEAST_FACTOR),)

PROMPTS: Sequence[tuple[str, float, Aspect]] = (
    ('a cat does a backflip on a skateboard, "watch this!" says the cat', 6, Aspect.WIDE),
    ("at sunset two dogs play basketball on the beach, one misses and the ball bounces off the rim", 6, Aspect.WIDE),
    ("a rocket launches from a snowy forest at night", 6, Aspect.WIDE),
    ("une grand-mère danse le tango sur la lune, il neige des étoiles", 6, Aspect.WIDE),
    (
        'a fox and a bear meet in the forest. "Have you seen my honey?" asks the bear. The fox laughs and says "I ate it all!"',
        9,
        Aspect.WIDE,
    ),
    ("loneliness in a big city", 6, Aspect.WIDE),
    ('a girl rides a horse through a field at sunset, "faster!" shouts the girl', 6, Aspect.TALL),
    ("quickly, beautifully, forever", 4, Aspect.WIDE),
    ("a slice of pizza runs away from a hungry boy", 5, Aspect.WIDE),
    (
        "Plan 1 : une fusée décolle. Plan 2 : elle atterrit sur Mars. Plan 3 : un extraterrestre dit « bonjour »",
        9,
        Aspect.WIDE,
    ),
    ("[0:00-0:03] a city street at night [0:03-0:06] a black cat jumps over a dog", 6, Aspect.WIDE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One clip. factor: seconds of clip a second of work, parsing included. fps: pictures a second, all-in.

    desk_cpu_s, press_cpu_s: processor time of the two children; the longer of them is what an idle machine would need.
    """

    prompt: str
    seconds: float
    wall_s: float
    factor: float
    fps: float
    kilobytes: int
    desk_cpu_s: float
    press_cpu_s: float


def scenes(count: int) -> Iterator[tuple[str, Scene, float]]:
    for prompt, seconds, aspect in PROMPTS[:count]:
        began_s = time.perf_counter()
        scene = parse(prompt, seconds=seconds, aspect=aspect, seed=1)
        yield prompt, scene, time.perf_counter() - began_s


async def measured(count: int, keep: Path | None) -> tuple[list[Run], list[int]]:
    """Every clip once, in a warm child; and the most memory of its two processes in MB."""
    backend, runs = AnimaticBackend(), []
    await backend.start()
    try:
        for index, (prompt, scene, parsed_s) in enumerate(scenes(count)):
            with tempfile.TemporaryDirectory() as name:
                directory = Path(name)
                if keep is not None:
                    directory = keep / f"{index + 1:02}"
                    directory.mkdir(parents=True, exist_ok=True)
                runs.append(await _one(backend, Order(scene=scene, directory=directory, max_bytes=LIMIT_BYTES), prompt, parsed_s))
        peaks = [_peak_mb(pid) for pid in backend.pids]
    finally:
        await backend.close()
    return runs, peaks


async def _one(backend: AnimaticBackend, order: Order, prompt: str, parsed_s: float) -> Run:
    pids, began_s = backend.pids, time.perf_counter()
    before = [_cpu_s(pid) for pid in pids]
    clip = await backend.render(order, lambda _: None)
    wall_s = time.perf_counter() - began_s + parsed_s
    desk_s, press_s = (_cpu_s(pid) - start for pid, start in zip(pids, before, strict=True))
    return Run(
        prompt=prompt,
        seconds=clip.seconds,
        wall_s=wall_s,
        factor=clip.seconds / wall_s,
        fps=clip.seconds * FPS / wall_s,
        kilobytes=clip.bytes // 1000,
        desk_cpu_s=desk_s,
        press_cpu_s=press_s,
    )


def _cpu_s(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    return sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK") if stat.exists() else 0.0


def _peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024 if status.exists() else 0


def bare_fps() -> float:
    """Coding alone, pictures of the first prompt from memory, silent sound, no drawing: pictures a second."""
    import numpy as np

    from walkon.engine.drawing.direction import direct
    from walkon.engine.drawing.film import Film
    from walkon.engine.encode import Reel, plan

    _, scene, _ = next(scenes(1))
    film = Film(scene, direct(scene, ()))
    pictures = [np.zeros((scene.size[1], scene.size[0], 4), np.uint8) for _ in range(KEPT)]
    for index, picture in enumerate(pictures):
        film.draw(index + FPS, picture)
    count = KEPT * 3
    with tempfile.TemporaryDirectory() as name:
        silence = np.zeros((count * 2000, 2), np.float32)
        began_s = time.perf_counter()
        reel = Reel(Path(name) / "bare.mp4", plan(scene.size, count, LIMIT_BYTES), silence)
        for index in range(count):
            there, back = index % KEPT, KEPT - 1 - index % KEPT
            reel.add(pictures[back if index // KEPT % 2 else there])
        reel.close()
        return count / (time.perf_counter() - began_s)


def _table(runs: list[Run], bare: float, peaks: list[int], factor: float) -> str:
    lines = [f"{'clip s':>7} {'work s':>7} {'x real':>7} {'fps':>5} {'kB':>6} {'desk s':>7} {'press s':>8}  prompt"]
    for run in runs:
        timing = f"{run.seconds:7.2f} {run.wall_s:7.2f} {run.factor:7.2f} {run.fps:5.0f} {run.kilobytes:6}"
        lines.append(f"{timing} {run.desk_cpu_s:7.2f} {run.press_cpu_s:8.2f}  {run.prompt[:50]}")
    lines.append(f"all clips: {factor:.2f} x real time, {factor * FPS:.0f} pictures a second; bare coding {bare:.0f}")
    lines.append(f"memory at its highest: desk {peaks[0]} MB, press {peaks[1]} MB")
    return "\n".join(lines)


def run() -> Report:
    """Every prompt once: about half a minute."""
    runs, peaks = asyncio.run(measured(len(PROMPTS), None))
    bare, factor = bare_fps(), sum(run.seconds for run in runs) / sum(run.wall_s for run in runs)
    slowest = min(runs, key=lambda run: run.factor)
    return Report(
        rows=(
            Row(what="all clips, times real time", value=factor, unit="x"),
            Row(what="the slowest clip, times real time", value=slowest.factor, unit="x"),
            Row(what="pictures a second, all-in", value=factor * FPS, unit="1/s"),
            Row(what="pictures a second, bare coding of the same pictures", value=bare, unit="1/s"),
            Row(what="all-in beside bare coding", value=factor * FPS / bare, unit="x"),
            Row(what="drawing process, most memory", value=peaks[0], unit="MiB"),
            Row(what="coding process, most memory", value=peaks[1], unit="MiB"),
        ),
        notes=(
            f"{len(runs)} prompts, wide and tall, {sum(run.seconds for run in runs):.0f} s of clip with speech, sound and coding;"
            f" the slowest: `{slowest.prompt[:60]}`.",
        ),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, judge."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    options.add_argument("--clips", type=int, default=len(PROMPTS), help="only the first N prompts")
    options.add_argument("--keep", type=Path, help="leave the clips in this folder")
    chosen = options.parse_args(arguments)
    runs, peaks = asyncio.run(measured(chosen.clips, chosen.keep))
    bare, factor = bare_fps(), sum(run.seconds for run in runs) / sum(run.wall_s for run in runs)
    if chosen.json:
        figures = {"factor": factor, "fps": factor * FPS, "bare_fps": bare, "desk_mb": peaks[0], "press_mb": peaks[1]}
        print(json.dumps(figures | {"clips": [asdict(run) for run in runs]}))
    else:
        print(_table(runs, bare, peaks, factor))
    return 0 if factor >= LEAST_FACTOR else 1


if __name__ == "__main__":
    sys.exit(main())
