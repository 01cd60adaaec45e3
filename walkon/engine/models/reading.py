"""Reads words once: remembers what a text encoder made of a prompt, and lets the encoder leave the card while the model works."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import torch

REMEMBERED = 4
"""Prompts whose embeddings are kept; a few megabytes each."""


def remember(pipe: Any, *, leave: bool) -> None:
    """Wrap the pipeline's `encode_prompt`. leave: text encoders move to the host after reading, and back before."""
    reader = _Reader(pipe.encode_prompt, encoders(pipe) if leave else (), pipe._execution_device)
    pipe.encode_prompt = reader.read


def encoders(pipe: Any) -> tuple[Any, ...]:
    """The pipeline's text encoders."""
    return tuple(part for name, part in pipe.components.items() if name.startswith("text_encoder") and part is not None)


class _Reader:
    def __init__(self, encode: Callable[..., Any], movable: Sequence[Any], device: Any) -> None:
        self._encode, self._movable, self._device = encode, movable, device
        self._known: OrderedDict[str, Any] = OrderedDict()

    def read(self, *positional: Any, **named: Any) -> Any:
        if positional or any(isinstance(value, torch.Tensor) for value in named.values()):
            return self._encode(*positional, **named)
        key = repr(sorted(named.items(), key=lambda item: item[0]))
        if key not in self._known:
            self._known[key] = self._read(named)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]

    def _read(self, named: dict[str, Any]) -> Any:
        for encoder in self._movable:
            encoder.to(self._device)
        try:
            return self._encode(**named)
        finally:
            for encoder in self._movable:
                encoder.to("cpu")
            if self._movable:
                torch.cuda.empty_cache()
