"""Wan: picture only. A clip is remixed from its latents at any strength; a tail is held in the latents while the rest is made."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers

from walkon.engine.models import tiny
from walkon.engine.models.causal import in_time
from walkon.engine.models.driver import Request, Twin, frames_in

_T5 = ("<pad>", "</s>", "<unk>")


class _Wan:
    exact = ("vae",)

    def stand_ins(self, folder: Path) -> Mapping[str, Any]:
        return {}

    def call(self, pipe: Any, request: Request, twin: Twin) -> tuple[Any, Mapping[str, Any]]:
        steps = request.sampling.steps
        if request.kept:
            # At strength 0 no step would be left; one is the least that can be made.
            strength = min(1.0, max(request.strength, 1 / steps))
            own = {"video": list(request.kept), "strength": strength, "num_inference_steps": steps}
            return twin(diffusers.WanVideoToVideoPipeline), own
        own = {"num_frames": request.frames, "num_inference_steps": steps}
        if request.tail:
            own["callback_on_step_end"] = _Held(pipe, request)
        return pipe, own

    def stretches(self, pipe: Any, video: Any) -> Iterator[Any]:
        mean, deviation = _scale(pipe.vae, video)
        return in_time(pipe.vae, video * deviation + mean)

    def sound(self, pipe: Any, audio: Any) -> tuple[Any, int] | None:
        return None

    def tiny(self, folder: Path) -> None:
        vae = diffusers.AutoencoderKLWan(
            base_dim=4, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, latents_mean=[0.0] * 4, latents_std=[1.0] * 4
        )
        transformer = diffusers.WanTransformer3DModel(
            num_attention_heads=2,
            attention_head_dim=12,
            in_channels=4,
            out_channels=4,
            text_dim=32,
            freq_dim=32,
            ffn_dim=32,
            num_layers=2,
            rope_max_seq_len=64,
        )
        encoder = transformers.UMT5EncoderModel(
            transformers.UMT5Config(vocab_size=400, d_model=32, d_kv=16, d_ff=32, num_layers=2, num_heads=2, pad_token_id=0)
        )
        pipe = diffusers.WanPipeline(
            tokenizer=tiny.fast(tiny.pieces(_T5), pad_token=_T5[0], eos_token=_T5[1], unk_token=_T5[2]),
            text_encoder=encoder,
            transformer=transformer,
            vae=vae,
            scheduler=diffusers.UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
        )
        pipe.save_pretrained(folder)


def _scale(vae: Any, like: Any) -> tuple[Any, Any]:
    mean, deviation = (torch.tensor(values).view(1, -1, 1, 1, 1).to(like) for values in (vae.config.latents_mean, vae.config.latents_std))
    return mean, deviation


class _Held:
    """Keeps the first latents at what the tail would be at the noise of each step, so that the rest grows out of it."""

    def __init__(self, pipe: Any, request: Request) -> None:
        with torch.inference_mode():
            encoded = pipe.vae.encode(frames_in(request.tail, pipe)).latent_dist.mode()
        mean, deviation = _scale(pipe.vae, encoded)
        self._clean = ((encoded - mean) / deviation).float()
        self._noise = torch.randn(self._clean.shape, generator=torch.Generator().manual_seed(request.seed)).to(self._clean)

    def __call__(self, pipe: Any, index: int, moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        sigmas = pipe.scheduler.sigmas
        sigma = float(sigmas[min(index + 1, len(sigmas) - 1)])
        latents = tensors["latents"].clone()
        count = self._clean.shape[2]
        latents[:, :, :count] = ((1 - sigma) * self._clean + sigma * self._noise).to(latents)
        return {**tensors, "latents": latents}


ENGINE = _Wan()
