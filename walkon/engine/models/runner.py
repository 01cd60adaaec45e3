"""The child process that holds a model: `python -m walkon.engine.models.runner SETTINGS RING WIRE PARENT`."""

import sys
from collections.abc import Callable

import torch

from walkon.engine.desk import Maker, serve_maker
from walkon.engine.model_settings import Settings, decoded
from walkon.engine.models.darkroom import Darkroom
from walkon.engine.models.loading import loaded, quiet
from walkon.engine.port import Phase, Step
from walkon.engine.pressroom import PressRoom
from walkon.engine.sound.voice import Voices

MEND = "Install walkon's gpu extra: pip install 'walkon[gpu]' with the torch build of your card"


def _darkroom(settings: Settings, room: PressRoom, report: Callable[[Step], None]) -> Maker:
    quiet()
    # More threads than one make small convolutions slower, and tiny models are all small.
    torch.set_num_threads(1 if settings.tiny else max(1, torch.get_num_threads()))
    report(Step(phase=Phase.WARMING_UP))
    driver = loaded(settings)
    voices = Voices()
    if driver.family.audio is None:
        voices.warm()
    return Darkroom(driver, room, voices)


def main(arguments: list[str]) -> None:
    """Serve until the worker closes the pipe."""
    settings = decoded(arguments[0])
    serve_maker(lambda room, report: _darkroom(settings, room, report), arguments[1:], mend=MEND)


if __name__ == "__main__":
    main(sys.argv[1:])
