"""How long a model of full size takes on the card: a step, the decoding, the memory. Without a card, a dry run at toy size.

The weights are random and made on the card: the arithmetic does not depend on their values.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.rig.report import Report, Row

NAME = "gpu"
GOALS = ()
NO_GOAL = "no machine with a card has measured it yet, and a goal without a measurement would be a guess"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of Wan 2.1 1.3B as its published configuration gives them, or of a toy. words: length and width of the text."""

    transformer: dict[str, Any]
    vae: dict[str, Any]
    size: tuple[int, int]
    frames: int
    steps: int
    words: tuple[int, int]


FULL = Shape(
    transformer={"num_attention_heads": 12, "attention_head_dim": 128, "num_layers": 30, "ffn_dim": 8960, "text_dim": 4096},
    vae={},
    size=(832, 480),
    frames=81,
    steps=10,
    words=(512, 4096),
)
TOY = Shape(
    transformer={
        "num_attention_heads": 2,
        "attention_head_dim": 12,
        "in_channels": 4,
        "out_channels": 4,
        "num_layers": 2,
        "ffn_dim": 32,
        "text_dim": 32,
        "freq_dim": 32,
    },
    vae={"base_dim": 4, "z_dim": 4, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1, "latents_mean": [0.0] * 4, "latents_std": [1.0] * 4},
    size=(96, 64),
    frames=17,
    steps=3,
    words=(16, 32),
)


def run() -> Report:
    """About a minute on a card, seconds without."""
    import torch

    card = torch.cuda.is_available()
    if not card:
        torch.set_num_threads(1)
    shape, device, dtype = (FULL, "cuda", torch.bfloat16) if card else (TOY, "cpu", torch.float32)
    pipe = _pipe(shape, device, dtype)
    steps: list[float] = []
    began_s = time.perf_counter()
    latents = _denoised(pipe, shape, device, dtype, lambda: steps.append(_now(card)))
    denoised_s = _now(card) - began_s
    began_s, first_s, pictures = _now(card), 0.0, 0
    with torch.inference_mode():
        for stretch in _stretches(pipe, latents):
            first_s = first_s or _now(card) - began_s
            pictures += stretch.shape[2]
    developed_s = _now(card) - began_s
    pauses = sorted(later - earlier for earlier, later in pairwise(steps))
    what = torch.cuda.get_device_name() if card else "dry run on the processor, at toy size"
    peak_gb = torch.cuda.max_memory_allocated() / 1e9 if card else 0.0
    return Report(
        rows=(
            Row(what="a step with guidance", value=pauses[len(pauses) // 2] if pauses else denoised_s, unit="s"),
            Row(what="all steps", value=denoised_s, unit="s"),
            Row(what="to the first pictures of the decoding", value=first_s, unit="s"),
            Row(what="all pictures decoded", value=developed_s, unit="s"),
            Row(what="most memory of the card", value=peak_gb, unit="GB"),
        ),
        notes=(f"{what}: Wan 2.1 1.3B, {shape.size[0]}×{shape.size[1]}, {pictures} pictures, {shape.steps} steps, text encoder left out.",),
    )


def _now(card: bool) -> float:
    import torch

    if card:
        torch.cuda.synchronize()
    return time.perf_counter()


def _pipe(shape: Shape, device: str, dtype: Any) -> Any:
    import diffusers
    import torch

    from walkon.engine.models.planner import tile

    with torch.device(device):
        transformer = diffusers.WanTransformer3DModel(**shape.transformer).to(dtype)
        vae = diffusers.AutoencoderKLWan(**shape.vae)
    scheduler = diffusers.UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0)
    pipe = diffusers.WanPipeline(tokenizer=None, text_encoder=None, transformer=transformer, vae=vae, scheduler=scheduler)
    pipe.set_progress_bar_config(disable=True)
    tile(pipe, 1.0, shape.size)
    return pipe


def _denoised(pipe: Any, shape: Shape, device: str, dtype: Any, stepped: Callable[[], None]) -> Any:
    import torch

    def after(_: Any, index: int, moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        stepped()
        return tensors

    words = [torch.randn(1, *shape.words, device=device, dtype=dtype) for _ in range(2)]
    with torch.inference_mode():
        return pipe(
            prompt_embeds=words[0],
            negative_prompt_embeds=words[1],
            width=shape.size[0],
            height=shape.size[1],
            num_frames=shape.frames,
            num_inference_steps=shape.steps,
            output_type="latent",
            return_dict=False,
            callback_on_step_end=after,
            generator=torch.Generator("cpu").manual_seed(1),
        )[0]


def _stretches(pipe: Any, latents: Any) -> Any:
    from walkon.engine.models.families import engine

    return engine("wan").stretches(pipe, latents)
