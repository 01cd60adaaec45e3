"""Runs a diffusers pipeline for one take: words to latents with a report after every step, latents to pictures and sound.

After any exception, a cancel included, the pipeline is as it was before: hooks freed, caches reset (an interrupted cache would
change the next clip). What differs between families is an `Engine`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from walkon.engine.families.row import Family, Sampling
from walkon.engine.models.reading import remember
from walkon.engine.models.stepping import OnStep, run
from walkon.engine.performance import Pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One take. tail: the last pictures of what comes before, oldest first. kept: the clip to remix, as many pictures as the take.

    strength: 0 keeps everything of `kept`, 1 nothing. people: a still of everybody in the take who lends their face.
    """

    words: str
    frames: int
    size: tuple[int, int]
    fps: int
    seed: int
    sampling: Sampling
    tail: Sequence[Image.Image] = ()
    kept: Sequence[Image.Image] = ()
    strength: float = 1.0
    people: Sequence[Image.Image] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A take, denoised and not yet developed. video, audio: latents as the pipeline returns them, on the host."""

    video: Any
    audio: Any = None


Twin = Callable[[Any], Any]
"""Makes a pipeline of another class over the same weights."""


class Engine(Protocol):
    """What one family does its own way."""

    def tiny(self, folder: Path) -> None:
        """Build the family's pipeline with random weights, about 2 MB, and save it there."""

    def stand_ins(self, folder: Path) -> Mapping[str, Any]:
        """Components to load otherwise than `from_pretrained` would."""

    @property
    def exact(self) -> Sequence[str]:
        """Components that are kept in float32 whatever the rest is in."""

    def call(self, pipe: Any, request: Request, twin: Twin) -> tuple[Any, Mapping[str, Any]]:
        """The pipeline to call, `pipe` or a twin of it, and its arguments but for words, size, guidance and seed."""

    def stretches(self, pipe: Any, video: Any) -> Iterator[Any]:
        """Latents to tensors (1, 3, n, height, width) in -1 to 1, in order, each as soon as it is decoded."""

    def sound(self, pipe: Any, audio: Any) -> tuple[Any, int] | None:
        """Latents to a waveform (channels, samples) and its rate; None for a silent family."""


class Driver:
    """A loaded pipeline. words: what was loaded, and where to. leave: text encoders leave the card while the model works.

    on_exhausted: to be called with a shot's pictures when memory ran out over it. tiles: for pictures of a size, the part of the
    decoder's usual tiles that memory was found to hold.
    """

    def __init__(self, pipe: Any, engine: Engine, family: Family, *, words: str = "", leave: bool = False) -> None:
        self.pipe, self.engine, self.family, self.words = pipe, engine, family, words
        self._leave = leave
        self.tiles: dict[tuple[int, int], float] = {}
        self.on_exhausted: Callable[[int], None] = lambda frames: None
        self._twins: dict[Any, Any] = {}
        self._prepare(pipe)

    @property
    def on_card(self) -> bool:
        """Whether an accelerator does the work."""
        return bool(torch.device(self.pipe._execution_device).type != "cpu")

    def _prepare(self, pipe: Any) -> None:
        remember(pipe, leave=self._leave)
        pipe.set_progress_bar_config(disable=True)

    def _twin(self, kind: Any) -> Any:
        """A pipeline of that class over the same components. `from_pipe` would cast them, twice the memory in half precision."""
        if kind not in self._twins:
            wanted = signature(kind.__init__).parameters
            given = {**self.pipe.config, **self.pipe.components}
            made = self._twins[kind] = kind(**{name: part for name, part in given.items() if name in wanted})
            self._prepare(made)
        return self._twins[kind]

    def denoise(self, request: Request, on_step: OnStep) -> Roll:
        """Run the model. Raises what on_step raises, torch.OutOfMemoryError."""
        pipe, own = self.engine.call(self.pipe, request, self._twin)
        try:
            with torch.inference_mode():
                made = run(pipe, {**self._shared(request), **own}, on_step)
        except BaseException:
            self.recover()
            raise
        # Latents of people's stills come before the take's own.
        video = made[0][:, :, -self.family.grid.latents(request.frames) :]
        return Roll(video=_kept(video), audio=_kept(made[1]) if len(made) > 1 else None)

    def _shared(self, request: Request) -> dict[str, Any]:
        width, height = request.size
        return {
            "prompt": request.words,
            "width": width,
            "height": height,
            "guidance_scale": request.sampling.guidance,
            "generator": torch.Generator("cpu").manual_seed(request.seed),
            "output_type": "latent",
            "return_dict": False,
        }

    def recover(self) -> None:
        """Make the pipeline fit for the next take after one that was left."""
        # This resets the caches of the transformers too.
        self.pipe.maybe_free_model_hooks()
        for part in self.pipe.components.values():
            if hasattr(part, "clear_cache"):
                part.clear_cache()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def develop(self, roll: Roll) -> Iterator[Pictures]:
        """The roll's pictures in order, a stretch at a time, as they are decoded. Raises NotFinite, torch.OutOfMemoryError."""
        try:
            with torch.inference_mode():
                device = self.pipe._execution_device
                for stretch in self.engine.stretches(self.pipe, roll.video.to(device)):
                    yield _pictures(stretch)
        except BaseException:
            self.recover()
            raise

    def record(self, roll: Roll) -> tuple[npt.NDArray[np.float32], int] | None:
        """The roll's sound, (samples, channels) in -1 to 1 and its rate; None for a silent family. Raises NotFinite."""
        if roll.audio is None:
            return None
        with torch.inference_mode():
            heard = self.engine.sound(self.pipe, roll.audio.to(self.pipe._execution_device))
        if heard is None:
            return None
        wave, rate = heard
        _finite(wave)
        return np.ascontiguousarray(wave.float().clamp(-1, 1).cpu().numpy().T), rate


def frames_in(images: Sequence[Image.Image], pipe: Any) -> Any:
    """Pictures as the pipeline's VAE takes them: (1, 3, n, height, width) in -1 to 1, on its device."""
    stacked = torch.from_numpy(np.stack([np.asarray(image) for image in images])).permute(3, 0, 1, 2)[None]
    return (stacked.to(pipe._execution_device, pipe.vae.dtype) / 127.5) - 1


class NotFinite(ArithmeticError):
    """The model's output holds numbers that are none."""


def _finite(tensor: Any) -> None:
    if not bool(torch.isfinite(tensor).all()):
        raise NotFinite


def _kept(latents: Any) -> Any:
    if latents is None:
        return None
    _finite(latents)
    return latents.detach().to("cpu")


def _pictures(stretch: Any) -> Pictures:
    _finite(stretch)
    eight_bit = (stretch[0].float().clamp(-1, 1) + 1).mul(127.5).round().to(torch.uint8)
    return np.ascontiguousarray(eight_bit.permute(1, 2, 3, 0).cpu().numpy())
