"""What each family's row promises to the rest: lengths on its grid, sizes its pipeline takes, terms that somebody can accept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.engine.families import families, family_of
from walkon.engine.families.row import Family, Task, tiny
from walkon.engine.takes import cut, length
from walkon.types.scene import MAX_SECONDS, MIN_SECONDS, Aspect, Scene, Shot

ROWS = [row for real in families().values() for row in (real, tiny(real))]


def titled(row: Family) -> str:
    return row.title


@pytest.mark.parametrize("row", ROWS, ids=titled)
def test_every_size_is_on_the_grid_and_fits_a_slot_of_the_ring(row: Family) -> None:
    assert set(row.sizes) == set(Aspect)
    for width, height in row.sizes.values():
        assert width % row.grid.multiple == height % row.grid.multiple == 0
        assert width * height <= 1920 * 1088


@pytest.mark.parametrize("row", ROWS, ids=titled)
def test_a_row_is_whole(row: Family) -> None:
    assert Task.TEXT in row.tasks
    assert row.needs
    assert [need.card_gb for need in row.needs] == sorted((need.card_gb for need in row.needs), reverse=True)
    assert (row.most_frames - row.grid.offset) % row.grid.k == 0
    assert row.sampling.sigmas is None or len(row.sampling.sigmas) == row.sampling.steps
    assert row.tail < row.grid.frames(row.seconds[0] * row.fps)


def test_a_family_is_found_by_what_its_weights_say() -> None:
    for name, row in families().items():
        assert row.name == name
        assert all(family_of({"_class_name": pipeline, **row.told_by}) is row for pipeline in row.pipelines)
    assert family_of({"_class_name": "WanPipeline"}) is families()["wan"]
    assert family_of({"_class_name": "StableDiffusionPipeline"}) is None


@given(
    row=st.sampled_from(ROWS),
    seconds=st.floats(MIN_SECONDS, MAX_SECONDS),
    shots=st.integers(1, 8),
    continued=st.booleans(),
)
def test_takes_are_on_the_grid_and_last_at_least_as_long_as_was_asked_for(row: Family, seconds: float, shots: int, continued: bool) -> None:
    scene = Scene(prompt="", seconds=seconds, shots=(Shot(),) * shots)
    takes = cut(scene, row, continued=continued)
    for number, take in enumerate(takes):
        assert (take.frames - row.grid.offset) % row.grid.k == 0
        assert take.frames <= row.most_frames
        assert take.lead == (row.tail if number or continued else 0)
        assert take.shown > 0
    assert [take.index for take in takes] == sorted(take.index for take in takes)
    assert {take.index for take in takes} == set(range(shots))
    assert length(takes, row) >= min(seconds, shots * row.seconds[0]) - 1e-6
    # At most one step of the grid is added to each shot, or the shortest shot where the share is below it.
    assert length(takes, row) <= max(seconds, shots * row.seconds[0]) + shots * (row.grid.k + 1) / row.fps


def test_shots_with_time_codes_last_as_long_as_they_say() -> None:
    row = families()["kandinsky6"]
    shots = (Shot(start_s=0, end_s=2), Shot(start_s=2, end_s=6))
    takes = cut(Scene(prompt="", seconds=6, shots=shots), row)
    shown = [sum(take.shown for take in takes if take.index == index) / row.fps for index in (0, 1)]
    assert shown == pytest.approx([2, 4], abs=0.2)


def test_a_take_longer_than_the_model_can_hold_is_made_in_parts() -> None:
    row = families()["kandinsky6"]
    takes = cut(Scene(prompt="", seconds=12, shots=(Shot(),)), row)
    assert [take.part for take in takes] == [0, 1, 2]
    assert takes[0].frames == 121
