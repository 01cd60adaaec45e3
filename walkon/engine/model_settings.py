"""What the worker tells the child that loads weights: one JSON argument."""

from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """model: as `weights.Choice` names it. folder: the weights; None for `tiny:`, which are built below `data_dir`.

    steps None: the family's own. vram_gb None: what is free. dtype "auto": bfloat16 on a card, else float32.
    """

    family: str
    tiny: bool
    folder: Path | None
    data_dir: Path
    words: str
    dtype: str = "auto"
    steps: int | None = None
    vram_gb: float | None = None


def encoded(settings: Settings) -> str:
    """As a command-line argument."""
    return msgspec.json.encode(settings, enc_hook=str).decode()


def decoded(argument: str) -> Settings:
    """From a command-line argument. Raises msgspec.DecodeError."""
    return msgspec.json.decode(argument, type=Settings, dec_hook=lambda kind, value: kind(value))
