"""Decodes Wan's latents one after the other in time: all tiles of a moment before the next, each tile with its own memory of the past.

diffusers decodes a whole tile before it begins the next one, so nothing is finished until everything is. The numbers are the same
to rounding.
"""

from collections.abc import Iterator
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl_wan import unpatchify


class _Tile:
    """One tile's place in the latents and what its convolutions remember."""

    def __init__(self, top: int, left: int, memory: list[Any]) -> None:
        self.top, self.left, self.memory = top, left, memory


def in_time(vae: Any, latents: Any) -> Iterator[Any]:
    """Stretches (1, 3, n, height, width), one for each latent in time; put together they are what `vae.decode` gives.

    latents: (1, channels, n, height, width), scaled for the VAE.
    """
    rows = _tiles(vae, latents)
    if hasattr(vae, "_hf_hook"):
        # Where components wait beside the card, this is what `vae.decode` would begin with.
        vae._hf_hook.pre_forward(vae)
    with vae_memory(vae):
        moments = vae.post_quant_conv(latents.to(vae.dtype))
        for moment in range(latents.shape[2]):
            decoded = [[_decoded(vae, moments, moment, tile) for tile in row] for row in rows]
            whole = _joined(vae, decoded) if len(rows) * len(rows[0]) > 1 else decoded[0][0]
            yield _finished(vae, whole, latents)


class vae_memory:
    """The VAE's own memory is empty before and after."""

    def __init__(self, vae: Any) -> None:
        self._vae = vae

    def __enter__(self) -> None:
        self._vae.clear_cache()

    def __exit__(self, *_: object) -> None:
        self._vae.clear_cache()


def _edges(vae: Any) -> tuple[int, int, int, int]:
    """Height, width and strides of a tile in latents."""
    ratio = vae.spatial_compression_ratio
    return (
        vae.tile_sample_min_height // ratio,
        vae.tile_sample_min_width // ratio,
        vae.tile_sample_stride_height // ratio,
        vae.tile_sample_stride_width // ratio,
    )


def _tiles(vae: Any, latents: Any) -> list[list[_Tile]]:
    height, width = latents.shape[-2:]
    least_height, least_width, down, across = _edges(vae)
    vae.clear_cache()
    count = vae._conv_num
    if not vae.use_tiling or (height <= least_height and width <= least_width):
        return [[_Tile(0, 0, [None] * count)]]
    return [[_Tile(top, left, [None] * count) for left in range(0, width, across)] for top in range(0, height, down)]


def _decoded(vae: Any, moments: Any, moment: int, tile: _Tile) -> Any:
    least_height, least_width, _, _ = _edges(vae)
    whole = not vae.use_tiling or (moments.shape[-2] <= least_height and moments.shape[-1] <= least_width)
    part = moments[:, :, moment : moment + 1]
    if not whole:
        part = part[..., tile.top : tile.top + least_height, tile.left : tile.left + least_width]
    return vae.decoder(part, feat_cache=tile.memory, feat_idx=[0], first_chunk=moment == 0)


def _joined(vae: Any, rows: list[list[Any]]) -> Any:
    patch = vae.config.patch_size or 1
    down, across = vae.tile_sample_stride_height // patch, vae.tile_sample_stride_width // patch
    over, beside = vae.tile_sample_min_height // patch - down, vae.tile_sample_min_width // patch - across
    joined = []
    for number, row in enumerate(rows):
        line = []
        for place, tile in enumerate(row):
            blended = vae.blend_v(rows[number - 1][place], tile, over) if number else tile
            blended = vae.blend_h(row[place - 1], blended, beside) if place else blended
            line.append(blended[..., :down, :across])
        joined.append(torch.cat(line, dim=-1))
    return torch.cat(joined, dim=-2)


def _finished(vae: Any, decoded: Any, latents: Any) -> Any:
    patch = vae.config.patch_size
    edges = [edge * vae.spatial_compression_ratio // (patch or 1) for edge in latents.shape[-2:]]
    cut = decoded[..., : edges[0], : edges[1]]
    return torch.clamp(unpatchify(cut, patch_size=patch) if patch is not None else cut, -1, 1)
