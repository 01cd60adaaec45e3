"""What goes wrong around a model: cancels, kills, hangs, memory, weights. Real processes where a process is at stake."""

import asyncio
import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.engine.models.paper_press import paper_press
from tests.waiting import until
from walkon.config import EngineSection
from walkon.engine.backends.diffusers import DiffusersBackend
from walkon.engine.model_settings import Settings
from walkon.engine.models import tiny
from walkon.engine.models.darkroom import Darkroom
from walkon.engine.models.driver import Driver
from walkon.engine.models.families import engine as engine_of
from walkon.engine.models.loading import loaded
from walkon.engine.port import BackendUnavailable, Order, Phase, RenderFailed, Spent, Step
from walkon.engine.sound.voice import Voices

pytestmark = [pytest.mark.timeout(300), pytest.mark.faults]


def nothing(_: Step) -> None:
    """A caller who does not care."""


def backend(data_dir: Path, model: str = "tiny:wan", **changed: float) -> DiffusersBackend:
    return DiffusersBackend(EngineSection(model=model), data_dir, **changed)


async def stopped(made: DiffusersBackend, asked: Order, phase: Phase) -> None:
    """Begin that order and cancel it in that phase."""
    begun = asyncio.Event()
    task = asyncio.create_task(made.render(asked, lambda step: begun.set() if step.phase is phase else None))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not list(asked.directory.iterdir())


# The other families of Wan are cancelled in the process that holds them: `test_driver`.
@pytest.mark.parametrize("family", ["kandinsky6", "ltx2", "wan_vace"], indirect=True)
async def test_after_cancels_the_same_child_makes_the_clip_of_a_fresh_one(family: str, data_dir: Path, order: Callable[..., Order]) -> None:
    made, fresh = (backend(data_dir, f"tiny:{family}") for _ in range(2))
    await made.start()
    pids = made.pids
    for phase in (Phase.PAINTING, Phase.DEVELOPING):
        await stopped(made, order("waves", seconds=4, seed=9), phase)
    after = await made.render(order(), nothing)
    assert made.pids == pids, "the weights were kept"
    await made.close()
    first = await fresh.render(order(), nothing)
    await fresh.close()
    assert after.video.read_bytes() == first.video.read_bytes()


async def test_a_child_killed_at_any_moment_is_one_failed_try(data_dir: Path, order: Callable[..., Order]) -> None:
    made = backend(data_dir)
    for number, phase in enumerate((Phase.READING, Phase.PAINTING, Phase.DEVELOPING, Phase.SOUND)):
        asked = order(seconds=2)
        await made.start()
        # One time the process that holds the model, one time the one that codes.
        victim = made.pids[number % 2]
        with pytest.raises(RenderFailed) as failure:
            await made.render(asked, lambda step, at=phase, victim=victim: os.kill(victim, signal.SIGKILL) if step.phase is at else None)
        assert failure.value.retryable
        assert not list(asked.directory.iterdir())
    assert (await made.render(order(), nothing)).bytes > 0
    await made.close()


async def test_a_child_killed_at_a_moment_of_chance_is_a_failed_try_or_a_whole_clip(data_dir: Path, order: Callable[..., Order]) -> None:
    made, chance, loop = backend(data_dir), random.Random(12), asyncio.get_running_loop()
    await made.start()
    began_s = loop.time()
    whole = (await made.render(order(seconds=2), nothing)).video.read_bytes()
    took_s = loop.time() - began_s
    for _ in range(3):
        await made.start()
        asked, victim = order(seconds=2), chance.choice(made.pids)
        killing = loop.call_later(chance.uniform(0, took_s), os.kill, victim, signal.SIGKILL)
        try:
            assert (await made.render(asked, nothing)).video.read_bytes() == whole
        except RenderFailed as failure:
            assert failure.retryable
            assert not list(asked.directory.iterdir())
        killing.cancel()
    assert (await made.render(order(seconds=2), nothing)).video.read_bytes() == whole
    await made.close()


async def test_a_child_that_hangs_is_killed_and_replaced(data_dir: Path, order: Callable[..., Order]) -> None:
    made = backend(data_dir, silence_s=2)
    await made.start()
    stuck = made.pids[0]
    with pytest.raises(RenderFailed, match="no sign of life"):
        await made.render(order(seconds=4), lambda step: os.kill(stuck, signal.SIGSTOP) if step.phase is Phase.PAINTING else None)
    await until(lambda: not Path(f"/proc/{stuck}").exists())
    assert (await made.render(order(), nothing)).bytes > 0
    await made.close()


class Small(torch.nn.Module):
    """A decoder on a card with little memory: tiles wider than `most` latents do not fit, once it was called `after` times."""

    def __init__(self, decoder: torch.nn.Module, most: int, *, after: int = 0) -> None:
        super().__init__()
        self.decoder, self.most, self.refused, self.left = decoder, most, 0, after

    def forward(self, part: torch.Tensor, *rest: object, **named: object) -> torch.Tensor:
        self.left -= 1
        if part.shape[-1] > self.most and self.left < 0:
            self.refused += 1
            raise torch.OutOfMemoryError("tried to allocate 20.00 GiB")
        return self.decoder(part, *rest, **named)


def test_memory_that_runs_out_in_the_decoder_is_answered_with_smaller_tiles(drivers: Callable[[str], Driver]) -> None:
    from walkon.engine.models.driver import Request
    from walkon.engine.models.retries import decoded

    driver = drivers("ltx2")
    size = (768, 64)
    request = Request(words="a fox", frames=9, size=size, fps=24, seed=1, sampling=driver.family.sampling)
    roll = driver.denoise(request, lambda step, steps: None)
    decoder = driver.pipe.vae.decoder
    driver.pipe.vae.decoder = small = Small(decoder, most=8)
    assert sum(len(part) for part in decoded(driver, roll, size)) == 9
    assert small.refused == 1
    driver.pipe.vae.decoder = Small(decoder, most=1)
    with pytest.raises(torch.OutOfMemoryError):
        list(decoded(driver, roll, size))


def test_no_picture_is_shown_twice_where_memory_runs_out_half_way(drivers: Callable[[str], Driver]) -> None:
    from walkon.engine.models.driver import Request
    from walkon.engine.models.retries import decoded

    driver, size = drivers("wan"), (96, 64)
    request = Request(words="a fox", frames=17, size=size, fps=16, seed=1, sampling=driver.family.sampling)
    roll = driver.denoise(request, lambda step, steps: None)
    whole = np.concatenate(list(decoded(driver, roll, size)))
    driver.pipe.vae.decoder = small = Small(driver.pipe.vae.decoder, most=8, after=3)
    made = np.concatenate(list(decoded(driver, roll, size)))
    assert small.refused
    assert made.shape == whole.shape
    assert np.array_equal(made[:9], whole[:9])
    # The rest is the same but for the seams of the tiles.
    nearest = [int(np.abs(whole.astype(int) - picture.astype(int)).mean(axis=(1, 2, 3)).argmin()) for picture in made]
    assert nearest == list(range(17))


@pytest.mark.parametrize("family", ["kandinsky6", "wan"], indirect=True)
def test_a_clip_is_whole_though_memory_runs_out_in_the_decoder_and_the_next_one_begins_with_the_smaller_tiles(
    family: str, drivers: Callable[[str], Driver], order: Callable[..., Order]
) -> None:
    driver = drivers(family)
    driver.pipe.vae.decoder = small = Small(driver.pipe.vae.decoder, most=8)
    with paper_press() as (paper, room):
        darkroom = Darkroom(driver, room, Voices())
        clips, refused = [], []
        for _ in range(2):
            clips.append(darkroom.make_clip(order(), nothing))
            refused.append(small.refused)
    assert refused[0] == refused[1] > 0
    assert paper.heard.count("Filled") == sum(round(clip.seconds * clip.fps) for clip in clips)
    assert driver.pipe.vae.use_tiling


class Narrow(torch.nn.Module):
    """A transformer on a card with little memory: takes of more latents in time than `most` do not fit."""

    def __init__(self, transformer: torch.nn.Module, most: int) -> None:
        super().__init__()
        self.transformer, self.most = transformer, most

    def __getattr__(self, name: str) -> object:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(self.transformer, name)

    def forward(self, hidden_states: torch.Tensor, **named: object) -> object:
        if hidden_states.shape[2] > self.most:
            raise torch.OutOfMemoryError("tried to allocate 20.00 GiB")
        return self.transformer(hidden_states, **named)


def test_a_shot_that_ran_out_of_memory_is_made_of_shorter_ones_by_the_next_process_and_after_a_restart(
    tmp_path: Path, order: Callable[..., Order]
) -> None:
    longest: list[int] = []
    for _ in range(3):
        driver = loaded(Settings(family="wan", tiny=True, folder=None, data_dir=tmp_path, words=""))
        driver.pipe.transformer = Narrow(driver.pipe.transformer, most=6)
        longest.append(driver.family.most_frames)
        with paper_press() as (_, room):
            darkroom = Darkroom(driver, room, Voices())
            if longest[-1] > 25:
                with pytest.raises(Spent, match="memory ran out"):
                    darkroom.make_clip(order(seconds=5), nothing)
            else:
                clip = darkroom.make_clip(order(seconds=5), nothing)
    assert longest == [81, 37, 17]
    assert clip.seconds >= 5


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "transformer" / "diffusion_pytorch_model.safetensors").unlink(), "do not load"),
        (lambda folder: (folder / "transformer" / "config.json").unlink(), "do not load"),
        (lambda folder: (folder / "transformer" / "config.json").write_text('{"_class_name": "WanTransformer3DModel"}'), ""),
    ],
    ids=["weights gone", "description gone", "description of another size"],
)
async def test_weights_that_look_whole_and_are_not_stop_the_start_with_a_reason(
    harm: Callable[[Path], object], said: str, data_dir: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "weights"
    shutil.copytree(tiny.home(data_dir / "tiny", "wan", engine_of("wan")), folder)
    harm(folder)
    with pytest.raises(BackendUnavailable) as refusal:
        loaded(Settings(family="wan", tiny=True, folder=folder, data_dir=tmp_path, words=""))
    assert said in refusal.value.reason


async def test_weights_of_another_family_are_told_by_the_trial_at_start(data_dir: Path, tmp_path: Path) -> None:
    folder = tiny.home(data_dir / "tiny", "wan", engine_of("wan"))
    with pytest.raises(BackendUnavailable, match="Kandinsky"):
        loaded(Settings(family="kandinsky6", tiny=True, folder=folder, data_dir=tmp_path, words=""))


async def test_two_processes_may_build_the_same_tiny_model_at_once(tmp_path: Path, order: Callable[..., Order]) -> None:
    pair = [backend(tmp_path / "data") for _ in range(2)]
    await asyncio.gather(*(each.start() for each in pair))
    clips = [await each.render(order(), nothing) for each in pair]
    assert clips[0].video.read_bytes() == clips[1].video.read_bytes()
    assert len(list((tmp_path / "data" / "tiny").iterdir())) == 1
    for each in pair:
        await each.close()
