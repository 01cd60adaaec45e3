"""Wan from words, one transformer or two: a clip is remixed from its latents, a tail is held in them while the rest is made."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers

from walkon.engine.models.driver import Request, Twin
from walkon.engine.models.wan_latents import TINY_TRANSFORMER, Held, Silent, same_kind, tiny_parts


class _Wan(Silent):
    def call(self, pipe: Any, request: Request, twin: Twin) -> tuple[Any, Mapping[str, Any]]:
        used, begun = same_kind(pipe, twin, request)
        held = {"callback_on_step_end": Held(pipe, request)} if request.tail else {}
        return used, {"num_frames": request.frames, "num_inference_steps": request.sampling.steps, **begun, **held}

    def tiny(self, folder: Path) -> None:
        diffusers.WanPipeline(**tiny_parts(), transformer=diffusers.WanTransformer3DModel(**TINY_TRANSFORMER)).save_pretrained(folder)


ENGINE = _Wan()
