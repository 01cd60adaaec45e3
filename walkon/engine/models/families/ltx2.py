"""LTX-2: picture and stereo sound; given pictures, of a tail or of a clip to remix, enter as conditions of a chosen strength."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers.pipelines.ltx2 import LTX2TextConnectors
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder

from walkon.engine.models import tiny
from walkon.engine.models.developing import Edge, in_stretches
from walkon.engine.models.driver import Request, Twin

_GEMMA = ("<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>", "<image_soft_token>")
_ONE_PASS = {
    "stg_scale": 0.0,
    "modality_scale": 1.0,
    "guidance_rescale": 0.0,
    "audio_guidance_scale": 1.0,
    "audio_stg_scale": 0.0,
    "audio_modality_scale": 1.0,
    "audio_guidance_rescale": 0.0,
    "spatio_temporal_guidance_blocks": None,
}
"""What a distilled checkpoint wants: the pipeline's defaults make up to four passes a step."""

_LEAST = 1e-3


class _Ltx2:
    exact = ()

    def stand_ins(self, folder: Path) -> Mapping[str, Any]:
        return {}

    def call(self, pipe: Any, request: Request, twin: Twin) -> tuple[Any, Mapping[str, Any]]:
        sampling = request.sampling
        own: dict[str, Any] = {"num_frames": request.frames, "frame_rate": float(request.fps)}
        own |= {"sigmas": list(sampling.sigmas)} if sampling.sigmas else {"num_inference_steps": sampling.steps}
        if sampling.guidance <= 1:
            own |= _ONE_PASS
        elif len(pipe.transformer.transformer_blocks) <= 28:
            # The default guides by block 28, which a smaller transformer does not have.
            own |= {"stg_scale": 0.0, "audio_stg_scale": 0.0, "spatio_temporal_guidance_blocks": None}
        conditions = []
        if request.tail:
            conditions.append(LTX2VideoCondition(frames=list(request.tail), index=0, strength=1.0))
        if request.kept and request.strength < 1:
            kept = max(_LEAST, 1 - request.strength)
            conditions.append(LTX2VideoCondition(frames=list(request.kept), index=0, strength=kept))
        if not conditions:
            return pipe, own
        return twin(diffusers.LTX2ConditionPipeline), own | {"conditions": conditions}

    def stretches(self, pipe: Any, video: Any) -> Iterator[Any]:
        timed = {"temb": torch.zeros(1, device=video.device, dtype=pipe.vae.dtype)} if pipe.vae.config.timestep_conditioning else {}
        return in_stretches(pipe.vae, video, Edge.LAST, **timed)

    def sound(self, pipe: Any, audio: Any) -> tuple[Any, int] | None:
        mel = pipe.audio_vae.decode(audio.to(pipe.audio_vae.dtype), return_dict=False)[0]
        return pipe.vocoder(mel)[0], pipe.vocoder.config.output_sampling_rate

    def tiny(self, folder: Path) -> None:
        vae = diffusers.AutoencoderKLLTX2Video(
            latent_channels=4,
            block_out_channels=(8, 8, 8, 8),
            decoder_block_out_channels=(8, 16, 32),
            layers_per_block=(1, 1, 1, 1, 1),
            decoder_layers_per_block=(1, 1, 1, 1),
            spatial_compression_ratio=32,
            temporal_compression_ratio=8,
        )
        audio_vae = diffusers.AutoencoderKLLTX2Audio(
            base_channels=8, ch_mult=(1, 1, 2), num_res_blocks=1, latent_channels=2, resolution=32, mel_bins=16
        )
        vocoder = LTX2Vocoder(in_channels=32, hidden_channels=32, resnet_kernel_sizes=[3], resnet_dilations=[[1, 3]])
        pipe = diffusers.LTX2Pipeline(
            scheduler=diffusers.FlowMatchEulerDiscreteScheduler(),
            vae=vae,
            audio_vae=audio_vae,
            text_encoder=_gemma(),
            tokenizer=tiny.fast(tiny.byte_level(_GEMMA), pad_token=_GEMMA[0], eos_token=_GEMMA[1], bos_token=_GEMMA[2]),
            connectors=_connectors(),
            transformer=_transformer(),
            vocoder=vocoder,
        )
        pipe.save_pretrained(folder)


def _transformer() -> Any:
    return diffusers.LTX2VideoTransformer3DModel(
        in_channels=4,
        out_channels=4,
        num_attention_heads=2,
        attention_head_dim=12,
        cross_attention_dim=24,
        audio_in_channels=8,
        audio_out_channels=8,
        audio_num_attention_heads=2,
        audio_attention_head_dim=6,
        audio_cross_attention_dim=12,
        num_layers=2,
        caption_channels=32,
    )


def _connectors() -> Any:
    return LTX2TextConnectors(
        caption_channels=32,
        text_proj_in_factor=3,
        video_connector_num_attention_heads=2,
        video_connector_attention_head_dim=16,
        video_connector_num_layers=1,
        video_connector_num_learnable_registers=None,
        audio_connector_num_attention_heads=2,
        audio_connector_attention_head_dim=16,
        audio_connector_num_layers=1,
        audio_connector_num_learnable_registers=None,
        connector_rope_base_seq_len=64,
    )


def _gemma() -> Any:
    text = {
        "vocab_size": 700,
        "hidden_size": 32,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "bos_token_id": 2,
    }
    vision = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": 28,
        "patch_size": 14,
    }
    config = transformers.Gemma3Config(
        text_config=text, vision_config=vision, mm_tokens_per_image=4, image_token_index=6, boi_token_index=4, eoi_token_index=5
    )
    return transformers.Gemma3ForConditionalGeneration(config)


ENGINE = _Ltx2()
