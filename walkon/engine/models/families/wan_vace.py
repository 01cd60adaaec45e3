"""Wan VACE: words, pictures to go on from and stills of people, all in one call; a clip is remixed from its latents.

Pictures to go on from are shown to the model and held in its latents as well: what it makes of them alone drifts in colour.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
from PIL import Image

from walkon.engine.models.driver import Request, Twin
from walkon.engine.models.wan_latents import TINY_TRANSFORMER, Held, Silent, clean, half_way, tiny_parts

_UNKNOWN, _KEEP, _MAKE = (128, 128, 128), (0, 0, 0), (255, 255, 255)
"""Grey stands for pictures that are to be made; the mask is black where a picture is kept and white where one is made."""
_PAPER = (255, 255, 255)


class _WanVace(Silent):
    def call(self, pipe: Any, request: Request, twin: Twin) -> tuple[Any, Mapping[str, Any]]:
        own: dict[str, Any] = {"num_frames": request.frames, "num_inference_steps": request.sampling.steps}
        if request.people:
            own["reference_images"] = [list(request.people)]
        if request.tail:
            own |= _going_on(request)
            own["callback_on_step_end"] = Held(pipe, request, after=len(request.people))
        if not request.kept:
            return pipe, own
        late = twin(type(pipe))
        # A still comes as one latent more, before those of the clip.
        stills = [clean(pipe, [_on_paper(still, request.size)]) for still in request.people]
        kept = torch.cat([*stills, clean(pipe, request.kept)], dim=2)
        return late, own | {"latents": half_way(pipe, late, request, kept)}

    def tiny(self, folder: Path) -> None:
        # Two halves of a clip, and a mask for every pixel below a latent.
        channels = 2 * 4 + 8 * 8
        transformer = diffusers.WanVACETransformer3DModel(**TINY_TRANSFORMER, vace_layers=[0], vace_in_channels=channels)
        diffusers.WanVACEPipeline(**tiny_parts(), transformer=transformer).save_pretrained(folder)


def _going_on(request: Request) -> dict[str, Any]:
    made = request.frames - len(request.tail)
    grey, black, white = (Image.new("RGB", request.size, colour) for colour in (_UNKNOWN, _KEEP, _MAKE))
    return {"video": [*request.tail, *[grey] * made], "mask": [black] * len(request.tail) + [white] * made}


def _on_paper(still: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The still as the pipeline lays it: as large as it fits, in the middle of white paper."""
    scale = min(size[0] / still.width, size[1] / still.height)
    small = still.resize((max(1, int(still.width * scale)), max(1, int(still.height * scale))), Image.Resampling.BILINEAR)
    paper = Image.new("RGB", size, _PAPER)
    paper.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
    return paper


ENGINE = _WanVace()
