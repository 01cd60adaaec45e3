"""What reaches the press when: the sound before the last pictures, pictures as soon as they are decoded."""

import threading
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection

import pytest
import torch

from walkon.engine import slips
from walkon.engine.models.darkroom import Darkroom
from walkon.engine.models.driver import Driver
from walkon.engine.port import Order
from walkon.engine.pressroom import PressRoom
from walkon.engine.ring import Ring, new_ring
from walkon.engine.sound.voice import Voices

pytestmark = pytest.mark.timeout(120)

PATIENCE_S = 20.0


class Press:
    """A press that codes nothing and notes what comes."""

    def __init__(self, wire: Connection) -> None:
        self._wire, self.heard = wire, list[str]()
        self._news = threading.Condition()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                message = self._wire.recv()
            except (EOFError, OSError):
                return
            with self._news:
                self.heard.append(type(message).__name__)
                self._news.notify_all()
            match message:
                case slips.Ping():
                    self._wire.send(message)
                case slips.Filled(slot):
                    self._wire.send(slips.Freed(slot))
                case slips.End():
                    self._wire.send(slips.Sealed(bytes=1, loudness_lufs=-16.0, cpu_s=0.0))

    def has(self, name: str, count: int) -> bool:
        """Whether so many of these came, within a while."""
        with self._news:
            return self._news.wait_for(lambda: self.heard.count(name) >= count, PATIENCE_S)


@pytest.fixture
def press() -> Iterator[tuple[Press, PressRoom]]:
    ours, theirs = Pipe()
    yield Press(theirs), PressRoom(Ring(new_ring()), ours)
    ours.close()


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
    name: str, drivers: Callable[[str], Driver], press: tuple[Press, PressRoom], order: Callable[..., Order]
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
