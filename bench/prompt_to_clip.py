"""From a prompt typed on the page to the clip in the page: the whole of `walkon up`, beside the rendering alone in the same run."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.rig.report import Goal, Report, Row
from tests.faults.conftest import Host, Visitor
from walkon.engine.backends.animatic import AnimaticBackend
from walkon.engine.port import Order
from walkon.scene.parser import parse

NAME = "prompt_to_clip"
GOALS = (
    Goal(what="warm: to the first answer", most=1.0),
    Goal(what="warm: to the finished clip", most=5.0),
    Goal(what="finished clip beside the rendering alone", most=1.5),
)

PROMPT = 'a cat does a backflip on a skateboard, "watch this!" says the cat'
WARM_CLIPS = 5
MAX_BYTES = 10_000_000
LOOK_EVERY_S = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """Seconds from the sent prompt to the first card, to the first card with a bar, and to the card that has the clip."""

    answer_s: float
    progress_s: float
    clip_s: float


async def ask(visitor: Visitor) -> Clip:
    """One clip, as the page sees it come."""
    known, began_s = frozenset(visitor.messages), time.perf_counter()
    await visitor.say(f"/sora prompt {PROMPT}")
    seen: dict[str, float] = {}
    while "video" not in seen:
        await asyncio.sleep(LOOK_EVERY_S)
        now_s = time.perf_counter() - began_s
        for card in [message["card"] for seq, message in visitor.messages.items() if seq not in known and message.get("card")]:
            for part in ("head", "bar", "video"):
                if card.get(part):
                    seen.setdefault(part, now_s)
    return Clip(answer_s=seen["head"], progress_s=seen.get("bar", seen["video"]), clip_s=seen["video"])


async def render_alone_s(backend: AnimaticBackend) -> float:
    """Seconds for the same scene without bot, queue, store or page."""
    with tempfile.TemporaryDirectory() as name:
        began_s = time.perf_counter()
        scene = parse(PROMPT, seconds=None, aspect=None, seed=1)
        await backend.render(Order(scene=scene, directory=Path(name), max_bytes=MAX_BYTES), lambda _: None)
        return time.perf_counter() - began_s


async def in_turn(visitor: Visitor) -> tuple[list[Clip], list[float]]:
    """Warm clips, each followed by the rendering alone, since a machine's speed changes by the minute."""
    backend, clips, alone_s = AnimaticBackend(), [], []
    await backend.start()
    try:
        await render_alone_s(backend)
        for _ in range(WARM_CLIPS):
            clips.append(await ask(visitor))
            alone_s.append(await render_alone_s(backend))
    finally:
        await backend.close()
    return clips, alone_s


async def measured() -> Report:
    with tempfile.TemporaryDirectory() as name:
        host = Host(Path(name))
        try:
            began_s = time.perf_counter()
            walkon = await host.start()
            started_s = time.perf_counter() - began_s
            async with Visitor(walkon.address, "Léa") as visitor:
                cold = await ask(visitor)
                warm, alone_s = await in_turn(visitor)
        finally:
            await host.close()
    clip_s = median(each.clip_s for each in warm)
    ratio = median(each.clip_s / alone for each, alone in zip(warm, alone_s, strict=True))
    return Report(
        rows=(
            Row(what="from `walkon up` to the page's address", value=started_s, unit="s"),
            Row(what="cold: to the first answer", value=cold.answer_s, unit="s"),
            Row(what="cold: to the first progress", value=cold.progress_s, unit="s"),
            Row(what="cold: to the finished clip", value=cold.clip_s, unit="s"),
            Row(what="warm: to the first answer", value=median(each.answer_s for each in warm), unit="s"),
            Row(what="warm: to the first progress", value=median(each.progress_s for each in warm), unit="s"),
            Row(what="warm: to the finished clip", value=clip_s, unit="s"),
            Row(what="rendering alone", value=median(alone_s), unit="s"),
            Row(what="finished clip beside the rendering alone", value=ratio, unit="x"),
        ),
        notes=(f"The prompt: `{PROMPT}`. Cold: the first clip, asked for as soon as the page is there; warm: median of {WARM_CLIPS}.",),
    )


def run() -> Report:
    """A cold clip, some warm ones, and the same without walkon around them: about half a minute."""
    return asyncio.run(measured())
