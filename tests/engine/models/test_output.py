"""A clip that is black, frozen, silent or no number is found before it leaves the process; a tiny model only reports it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from tests.engine.models.paper_press import paper_press
from walkon.engine.checks import Defect
from walkon.engine.models.darkroom import Darkroom
from walkon.engine.models.driver import Driver
from walkon.engine.port import Order, Rendered, RenderFailed
from walkon.engine.sound.voice import Voices

pytestmark = pytest.mark.timeout(120)


class Spoiled(torch.nn.Module):
    """Gives what `inner` gives, spoiled."""

    def __init__(self, inner: torch.nn.Module, spoil: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.inner, self.spoil = inner, spoil

    def __getattr__(self, name: str) -> object:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(self.inner, name)

    def forward(self, *given: object, **named: object) -> object:
        made = self.inner(*given, **named)
        return (self.spoil(made[0]), *made[1:]) if isinstance(made, tuple) else self.spoil(made)


def filled(value: float) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda made: torch.full_like(made, value)


def clip_of(driver: Driver, asked: Order, *, checked: bool) -> Rendered:
    driver.family = replace(driver.family, checked=checked)
    with paper_press() as (_, room):
        return Darkroom(driver, room, Voices()).make_clip(asked, lambda step: None)


@pytest.mark.parametrize(
    ("part", "value", "defect"),
    [("decoder", -1.0, Defect.BLACK), ("decoder", 0.1, Defect.FROZEN), ("vocoder", 0.0, Defect.SILENT)],
    ids=["black", "frozen", "silent"],
)
def test_a_clip_that_shows_or_says_nothing_is_another_try_and_with_a_tiny_model_a_report(
    part: str, value: float, defect: Defect, drivers: Callable[[str], Driver], order: Callable[..., Order]
) -> None:
    driver = drivers("kandinsky6")
    if part == "decoder":
        driver.pipe.vae.decoder = Spoiled(driver.pipe.vae.decoder, filled(value))
    else:
        driver.pipe.vocoder = Spoiled(driver.pipe.vocoder, filled(value))
    with pytest.raises(RenderFailed, match=f"the model's clip is {defect}") as failure:
        clip_of(driver, order(), checked=True)
    assert failure.value.retryable
    assert clip_of(driver, order(), checked=False).defects == (defect.value,)


@pytest.mark.parametrize("part", ["transformer", "decoder", "vocoder"])
def test_numbers_that_are_none_are_another_try_wherever_they_come_from(
    part: str, drivers: Callable[[str], Driver], order: Callable[..., Order]
) -> None:
    driver = drivers("kandinsky6")
    owner = driver.pipe.vae if part == "decoder" else driver.pipe
    setattr(owner, part, Spoiled(getattr(owner, part), filled(float("nan"))))
    with pytest.raises(RenderFailed, match="not a number") as failure:
        clip_of(driver, order(), checked=False)
    assert failure.value.retryable


def test_a_clip_as_it_should_be_is_passed_on(drivers: Callable[[str], Driver], order: Callable[..., Order]) -> None:
    assert clip_of(drivers("kandinsky6"), order(), checked=True).defects == ()


@pytest.mark.parametrize("notice", ["Made by a machine with LTX-2.", None])
def test_what_the_licence_wants_to_be_said_goes_with_the_clip(
    notice: str | None, drivers: Callable[[str], Driver], order: Callable[..., Order]
) -> None:
    driver = drivers("wan")
    driver.family = replace(driver.family, licence=replace(driver.family.licence, notice=notice))
    clip = clip_of(driver, order(), checked=False)
    assert clip.notice == (notice or "")
