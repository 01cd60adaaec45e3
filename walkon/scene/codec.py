"""Scenes as bytes, for rows and jobs."""

import msgspec

from walkon.types.scene import Scene

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Scene)


def encode(scene: Scene) -> bytes:
    """The scene as UTF-8 JSON; equal scenes give equal bytes."""
    return _encoder.encode(scene)


def decode(data: bytes) -> Scene:
    """The scene that `encode` was given. Raises msgspec.DecodeError for anything else."""
    return _decoder.decode(data)
