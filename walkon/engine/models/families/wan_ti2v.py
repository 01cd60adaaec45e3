"""Wan 2.2 with 5 billion parameters: one set of weights makes clips from words and from a first picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers

from walkon.engine.models.driver import Request, Twin
from walkon.engine.models.wan_latents import TINY_TRANSFORMER, Silent, clean, half_way, tiny_parts


class _WanTextAndImage(Silent):
    def call(self, pipe: Any, request: Request, twin: Twin) -> tuple[Any, Mapping[str, Any]]:
        own: dict[str, Any] = {"num_frames": request.frames, "num_inference_steps": request.sampling.steps}
        used = twin(diffusers.WanImageToVideoPipeline if request.tail else diffusers.WanPipeline)
        used.scheduler = pipe.scheduler
        if request.tail:
            own["image"] = request.tail[-1]
        if request.kept:
            own["latents"] = half_way(pipe, used, request, clean(pipe, request.kept))
        return used, own

    def tiny(self, folder: Path) -> None:
        parts = tiny_parts(patch_size=2, in_channels=12, out_channels=12, scale_factor_spatial=16, is_residual=True, decoder_base_dim=4)
        transformer = diffusers.WanTransformer3DModel(**TINY_TRANSFORMER)
        diffusers.WanPipeline(**parts, transformer=transformer, expand_timesteps=True).save_pretrained(folder)


ENGINE = _WanTextAndImage()
