"""Kandinsky 6: picture and sound in one run; the first picture may be given, a clip may be kept in part."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
import transformers

from walkon.engine.models import tiny
from walkon.engine.models.developing import Edge, in_stretches
from walkon.engine.models.driver import Request, Twin, frames_in

_CHAT = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>")
_CLIP = ("<|startoftext|>", "<|endoftext|>")


class _Kandinsky6:
    exact = ()

    def stand_ins(self, folder: Path) -> Mapping[str, Any]:
        # The pipeline uses its processor for words alone; the processor's video half would want torchvision, which has to match
        # torch's build exactly.
        return {"tokenizer": transformers.AutoTokenizer.from_pretrained(folder / "tokenizer", trust_remote_code=False)}

    def call(self, pipe: Any, request: Request, twin: Twin) -> tuple[Any, Mapping[str, Any]]:
        own: dict[str, Any] = {
            "num_frames": request.frames,
            "frame_rate": float(request.fps),
            "num_inference_steps": request.sampling.steps,
        }
        if request.tail:
            own["image"] = request.tail[-1]
        if request.kept and not isinstance(pipe.scheduler, diffusers.FlowMatchEulerDiscreteScheduler):
            # A distilled schedule cannot begin half-way; what it can keep is the first picture.
            own.setdefault("image", request.kept[0])
        elif request.kept:
            own |= _half_way(pipe, request)
        return pipe, own

    def stretches(self, pipe: Any, video: Any) -> Iterator[Any]:
        return in_stretches(pipe.vae, video / pipe.vae.config.scaling_factor, Edge.FIRST)

    def sound(self, pipe: Any, audio: Any) -> tuple[Any, int] | None:
        latents = audio.to(pipe.audio_vae.dtype) / pipe.audio_vae.config.scaling_factor
        mel = pipe.audio_vae.decode(latents, return_dict=False)[0]
        return pipe.vocoder(mel.to(pipe.vocoder.dtype), return_dict=False)[0][0, :1], pipe.audio_sample_rate

    def tiny(self, folder: Path) -> None:
        blocks = 3
        vae = diffusers.AutoencoderKLHunyuanVideo(
            block_out_channels=(4,) * blocks,
            down_block_types=("HunyuanVideoDownBlock3D",) * blocks,
            up_block_types=("HunyuanVideoUpBlock3D",) * blocks,
            latent_channels=4,
            layers_per_block=1,
            norm_num_groups=2,
            mid_block_add_attention=False,
        )
        audio_vae = diffusers.MMAudioVAE(mel_bins=16, latent_channels=4, hidden_channels=8, channel_multipliers=(1, 2), layers_per_block=1)
        vocoder = diffusers.MMAudioVocoder(
            num_mels=16,
            upsample_initial_channel=32,
            upsample_rates=(8, 8, 8),
            upsample_kernel_sizes=(16, 16, 16),
            resblock_kernel_sizes=(3,),
            resblock_dilation_sizes=((1, 3),),
        )
        transformer = diffusers.Kandinsky6Transformer3DModel(
            in_visual_dim=4,
            out_visual_dim=4,
            in_text_dim=32,
            in_text_dim2=16,
            time_dim=16,
            model_dim=24,
            ff_dim=48,
            num_text_blocks=1,
            num_visual_blocks=2,
            axes_dims=(4, 4, 4),
            in_audio_dim=4,
            out_audio_dim=4,
            visual_token_type_num_embeddings=2,
        )
        pipe = diffusers.Kandinsky6TI2VAPipeline(
            transformer=transformer,
            vae=vae,
            text_encoder=_qwen(),
            tokenizer=tiny.fast(tiny.byte_level(_CHAT), pad_token=_CHAT[0], eos_token=_CHAT[2]),
            text_encoder_2=_clip(),
            tokenizer_2=tiny.fast(tiny.byte_level(_CLIP, 400), pad_token=_CLIP[1], bos_token=_CLIP[0], eos_token=_CLIP[1]),
            scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=7.0),
            audio_vae=audio_vae,
            vocoder=vocoder,
        )
        pipe.save_pretrained(folder)


def _half_way(pipe: Any, request: Request) -> dict[str, Any]:
    """Begin at the noise that leaves `1 - strength` of the kept clip; the sound, which is made anew, begins at the same noise."""
    scheduler, steps = pipe.scheduler, request.sampling.steps
    left = max(1, round(steps * min(1.0, request.strength)))
    plain = np.linspace(scheduler.sigma_max, scheduler.sigma_min, steps)[steps - left :].tolist()
    scheduler.set_timesteps(sigmas=plain)
    sigma = float(scheduler.sigmas[0])
    generator = torch.Generator().manual_seed(request.seed)
    with torch.inference_mode():
        clean = pipe.vae.encode(frames_in(request.kept, pipe)).latent_dist.mode().float().cpu() * pipe.vae.config.scaling_factor
    shape = (1, pipe.transformer.config.in_audio_dim, _audio_length(pipe, request))
    return {
        "sigmas": plain,
        "latents": (1 - sigma) * clean + sigma * torch.randn(clean.shape, generator=generator),
        "audio_latents": sigma * torch.randn(shape, generator=generator),
    }


def _audio_length(pipe: Any, request: Request) -> int:
    seconds = request.frames / request.fps
    return math.ceil(seconds * float(pipe.audio_sample_rate) / float(pipe.audio_latent_hop_length))


def _qwen() -> Any:
    text = {
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "vocab_size": 700,
        "rope_parameters": {"rope_type": "default", "mrope_section": [2, 2, 4], "rope_theta": 1_000_000.0},
    }
    vision = {"depth": 1, "hidden_size": 32, "intermediate_size": 32, "num_heads": 2, "out_hidden_size": 32}
    config = transformers.Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        vision_start_token_id=3,
        vision_end_token_id=4,
        image_token_id=5,
        video_token_id=6,
    )
    return transformers.Qwen2_5_VLForConditionalGeneration(config)


def _clip() -> Any:
    config = transformers.CLIPTextConfig(
        vocab_size=500,
        hidden_size=16,
        intermediate_size=16,
        num_attention_heads=2,
        num_hidden_layers=1,
        projection_dim=16,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    return transformers.CLIPTextModel(config)


ENGINE = _Kandinsky6()
