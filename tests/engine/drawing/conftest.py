"""A scene most tests of the drawing room share."""

import pytest

from tests.engine.drawing.stagehand import BOARD, CAT
from walkon.types.scene import Action, Line, Scene, Shot


@pytest.fixture
def flip_scene() -> Scene:
    """A cat that announces a backflip on a skateboard."""
    shot = Shot(
        subjects=(CAT, BOARD),
        actions=(Action(verb="backflip", subject="cat", mount="skateboard"),),
        lines=(Line(speaker="cat", text="watch this!"),),
    )
    return Scene(prompt="a cat does a backflip on a skateboard", seconds=6, shots=(shot,))
