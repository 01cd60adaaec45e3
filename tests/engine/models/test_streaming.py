"""What reaches the press when: the sound before the last pictures, pictures as soon as they are decoded."""

from collections.abc import Callable, Iterator

import pytest
import torch

from tests.engine.models.paper_press import PaperPress, paper_press
from walkon.engine.models.darkroom import Darkroom
from walkon.engine.models.driver import Driver
from walkon.engine.port import Order
from walkon.engine.pressroom import PressRoom
from walkon.engine.sound.voice import Voices

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def press() -> Iterator[tuple[PaperPress, PressRoom]]:
    with paper_press() as made:
        yield made


class Watched(torch.nn.Module):
    """A decoder that looks at the press before every piece but the first."""

    def __init__(self, decoder: torch.nn.Module, look: Callable[[int], None]) -> None:
        super().__init__()
        self.decoder, self.look, self.calls = decoder, look, 0

    def forward(self, *given: object, **named: object) -> torch.Tensor:
        if self.calls:
            self.look(self.calls)
        self.calls += 1
        return self.decoder(*given, **named)


@pytest.mark.parametrize("name", ["wan", "kandinsky6"], ids=["silent model", "model with sound"])
def test_the_press_has_the_sound_before_the_pictures_and_each_picture_as_soon_as_it_is_decoded(
    name: str, drivers: Callable[[str], Driver], press: tuple[PaperPress, PressRoom], order: Callable[..., Order]
) -> None:
    paper, room = press
    driver = drivers(name)
    early: list[bool] = []
    driver.pipe.vae.decoder = Watched(driver.pipe.vae.decoder, lambda calls: early.append(paper.has("Filled", calls)))
    clip = Darkroom(driver, room, Voices()).make_clip(order(seconds=2, say="Hello"), lambda step: None)
    assert early
    assert all(early), "a stretch was decoded before the one before it was handed over"
    assert paper.heard.index("Sound") < paper.heard.index("Filled")
    assert paper.heard.count("Filled") == round(clip.seconds * clip.fps)
