"""What all of Wan shares: its latents' scale, a tail held in them, a clip that is begun from half-way, its tiny parts."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from PIL import Image

from walkon.engine.models import tiny
from walkon.engine.models.causal import in_time
from walkon.engine.models.driver import Request, Twin, frames_in

_T5 = ("<pad>", "</s>", "<unk>")


class Silent:
    """What every engine of Wan does the same way."""

    exact = ("vae",)

    def stand_ins(self, folder: Path) -> Mapping[str, Any]:
        """Nothing is loaded otherwise."""
        return {}

    def stretches(self, pipe: Any, video: Any) -> Iterator[Any]:
        """One stretch for each latent in time."""
        mean, deviation = _scale(pipe.vae, video)
        return in_time(pipe.vae, video * deviation + mean)

    def sound(self, pipe: Any, audio: Any) -> tuple[Any, int] | None:
        """It has none."""
        return None


def clean(pipe: Any, pictures: Sequence[Image.Image]) -> Any:
    """The latents of pictures, (1, channels, n, height, width) on the host, as the transformer sees them without noise."""
    with torch.inference_mode():
        encoded = pipe.vae.encode(frames_in(pictures, pipe)).latent_dist.mode()
    mean, deviation = _scale(pipe.vae, encoded)
    return ((encoded - mean) / deviation).float().cpu()


def _scale(vae: Any, like: Any) -> tuple[Any, Any]:
    mean, deviation = (torch.tensor(values).view(1, -1, 1, 1, 1).to(like) for values in (vae.config.latents_mean, vae.config.latents_std))
    return mean, deviation


class Held:
    """Keeps the first latents at what the tail would be at the noise of each step, so that the rest grows out of it.

    after: latents that come before the take's own.
    """

    def __init__(self, pipe: Any, request: Request, after: int = 0) -> None:
        self._after = after
        self._clean = clean(pipe, request.tail)
        self._noise = torch.randn(self._clean.shape, generator=torch.Generator().manual_seed(request.seed))

    def __call__(self, pipe: Any, index: int, moment: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        """What `callback_on_step_end` is to give back."""
        sigmas = pipe.scheduler.sigmas
        sigma = float(sigmas[min(index + 1, len(sigmas) - 1)])
        latents = tensors["latents"].clone()
        latents[:, :, self._after : self._after + self._clean.shape[2]] = ((1 - sigma) * self._clean + sigma * self._noise).to(latents)
        return {**tensors, "latents": latents}


def half_way(pipe: Any, late: Any, request: Request, kept: Any) -> Any:
    """Latents that hold `1 - strength` of `kept`, and `late`, a twin of the pipeline, set to begin there.

    diffusers' own video-to-video class knows one transformer, and neither references nor Wan 2.2; this begins any of Wan half-way.
    """
    steps = request.sampling.steps
    # At strength 0 no step would be left; one is the least that can be made.
    left = max(1, int(steps * min(1.0, request.strength)))
    late.scheduler = _beginning_after(pipe.scheduler, steps - left)
    late.scheduler.set_timesteps(steps)
    sigma = float(late.scheduler.sigmas[0])
    noise = torch.randn(kept.shape, generator=torch.Generator().manual_seed(request.seed))
    return (1 - sigma) * kept + sigma * noise


def _beginning_after(scheduler: Any, skipped: int) -> Any:
    late = copy.copy(scheduler)

    def set_timesteps(steps: int, device: Any = None) -> None:
        type(scheduler).set_timesteps(late, steps, device=device)
        late.timesteps, late.sigmas = late.timesteps[skipped:], late.sigmas[skipped:]
        late.num_inference_steps = len(late.timesteps)

    late.set_timesteps = set_timesteps
    return late


def same_kind(pipe: Any, twin: Twin, request: Request) -> tuple[Any, dict[str, Any]]:
    """The pipeline that makes the request, begun from half-way where a clip is kept, and its latents."""
    if not request.kept:
        return pipe, {}
    late = twin(type(pipe))
    return late, {"latents": half_way(pipe, late, request, clean(pipe, request.kept))}


TINY_TRANSFORMER: Mapping[str, Any] = {
    "num_attention_heads": 2,
    "attention_head_dim": 12,
    "in_channels": 4,
    "out_channels": 4,
    "text_dim": 32,
    "freq_dim": 32,
    "ffn_dim": 32,
    "num_layers": 2,
    "rope_max_seq_len": 64,
}


def tiny_parts(**vae: Any) -> dict[str, Any]:
    """Everything of a tiny pipeline but its transformer. vae: what its VAE has of its own."""
    plain = {"base_dim": 4, "z_dim": 4, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1, "latents_mean": [0.0] * 4, "latents_std": [1.0] * 4}
    return {
        "tokenizer": tiny.fast(tiny.pieces(_T5), pad_token=_T5[0], eos_token=_T5[1], unk_token=_T5[2]),
        "text_encoder": transformers.UMT5EncoderModel(
            transformers.UMT5Config(vocab_size=400, d_model=32, d_kv=16, d_ff=32, num_layers=2, num_heads=2, pad_token_id=0)
        ),
        "vae": diffusers.AutoencoderKLWan(**(plain | vae)),
        "scheduler": diffusers.UniPCMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=3.0),
    }
