"""Decodes latents a stretch of time after the other, in the very tiles diffusers would use, so that pictures leave while others wait."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Any


class Edge(Enum):
    """Which picture of a later stretch its VAE decodes once too often."""

    FIRST = auto()
    LAST = auto()


def in_stretches(vae: Any, latents: Any, edge: Edge, **decoding: Any) -> Iterator[Any]:
    """Stretches (1, 3, n, height, width) that put together are what `vae.decode` gives with framewise decoding on.

    latents: (1, channels, n, height, width), scaled for the VAE. The last pictures of a stretch are blended into the next one,
    so the VAE's own blending is used.
    """
    ratio = vae.temporal_compression_ratio
    window, stride = vae.tile_sample_min_num_frames // ratio, vae.tile_sample_stride_num_frames // ratio
    blend = vae.tile_sample_min_num_frames - vae.tile_sample_stride_num_frames
    total = latents.shape[2]
    owed = (total - 1) * ratio + 1
    if total <= window:
        yield _decoded(vae, latents, decoding)
        return
    before = None
    for start in range(0, total, stride):
        decoded = _decoded(vae, latents[:, :, start : start + window + 1], decoding)
        shown = vae.tile_sample_stride_num_frames
        if before is None:
            shown += 1
        else:
            decoded = decoded[:, :, 1:] if edge is Edge.FIRST else decoded[:, :, :-1]
            decoded = vae.blend_t(before, decoded, blend)
        before = decoded
        part = decoded[:, :, : min(shown, owed)]
        owed -= part.shape[2]
        if part.shape[2]:
            yield part


def _decoded(vae: Any, latents: Any, decoding: dict[str, Any]) -> Any:
    framewise, vae.use_framewise_decoding = vae.use_framewise_decoding, False
    try:
        return vae.decode(latents.to(vae.dtype), return_dict=False, **decoding)[0]
    finally:
        vae.use_framewise_decoding = framewise
