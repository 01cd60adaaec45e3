"""Where weights lie, by free memory; what failed is remembered and never bars the last way."""

from collections.abc import Callable
from pathlib import Path

import pytest

from walkon.engine.families import families
from walkon.engine.families.row import Placement, tiny, weighed
from walkon.engine.models import tiny as tiny_models
from walkon.engine.models.driver import Driver
from walkon.engine.models.families import engine as engine_of
from walkon.engine.models.planner import Machine, Memory, TooLittleMemory, placements
from walkon.engine.takes import longest_s
from walkon.engine.weights import parts_gb

K6 = families()["kandinsky6"]


def machine(card_gb: float, host_gb: float = 64) -> Machine:
    return Machine(card="GPU", card_gb=card_gb, host_gb=host_gb)


@pytest.mark.parametrize(
    ("card_gb", "best"),
    [(80, Placement.RESIDENT), (32, Placement.RESIDENT), (24, Placement.OFFLOADED), (16, Placement.GROUPED)],
)
def test_the_fastest_placement_that_fits_comes_first(card_gb: float, best: Placement) -> None:
    assert placements(K6, machine(card_gb))[0].placement is best


def test_what_cannot_fit_is_refused_with_both_numbers() -> None:
    with pytest.raises(TooLittleMemory, match=r"16 GB free on the card and 40 GB of memory; there are 8.0 and 64.0"):
        placements(K6, machine(8))
    with pytest.raises(TooLittleMemory):
        placements(K6, machine(80, host_gb=16))
    with pytest.raises(TooLittleMemory, match="without a card"):
        placements(K6, Machine(card=None, card_gb=0, host_gb=8))


def test_a_card_that_holds_the_weights_and_a_shorter_shot_makes_shorter_shots() -> None:
    (fit,) = placements(K6, machine(15))
    assert fit.placement is Placement.GROUPED
    row = K6.holding(fit.frames)
    assert row.most_frames == fit.frames
    assert K6.least_frames <= fit.frames < K6.most_frames
    assert placements(K6, machine(16))[0].frames == K6.most_frames
    assert longest_s(row) < longest_s(K6)


def test_larger_weights_of_a_family_need_what_they_weigh() -> None:
    large = weighed(K6, {"transformer": 58.0, "text_encoder": 16.0})
    roomy = 128.0
    assert placements(large, machine(80, roomy))[0].placement is Placement.OFFLOADED
    assert placements(large, machine(70, roomy))[0].placement is Placement.GROUPED
    with pytest.raises(TooLittleMemory):
        placements(large, machine(80, 64))
    assert weighed(K6, {"transformer": 1.0}) == K6


def test_what_weights_weigh_is_read_from_their_files(data_dir: Path, drivers: Callable[[str], Driver]) -> None:
    driver = drivers("wan")
    found = parts_gb(tiny_models.home(data_dir / "tiny", "wan", engine_of("wan")))
    assert set(found) == {"text_encoder", "transformer", "vae"}
    numbers = sum(parameter.numel() for parameter in driver.pipe.transformer.parameters())
    assert found["transformer"] == pytest.approx(2 * numbers / 1e9)


def test_a_tiny_model_fits_without_a_card() -> None:
    assert placements(tiny(K6), Machine(card=None, card_gb=0, host_gb=4))


def test_a_placement_that_failed_is_skipped_until_more_is_free(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "engine" / "failed")
    assert memory.untried(K6, machine(40), placements(K6, machine(40)))[0].placement is Placement.RESIDENT
    memory.note(K6, machine(40), Placement.RESIDENT, K6.most_frames)
    remembered = Memory(tmp_path / "engine" / "failed")
    assert remembered.untried(K6, machine(40), placements(K6, machine(40)))[0].placement is Placement.OFFLOADED
    assert remembered.untried(K6, machine(80), placements(K6, machine(80)))[0].placement is Placement.RESIDENT
    other = Machine(card="another", card_gb=40, host_gb=64)
    assert remembered.untried(K6, other, placements(K6, other))[0].placement is Placement.RESIDENT


def test_the_most_frugal_placement_is_tried_again_with_half_the_shot_until_none_is_left(tmp_path: Path) -> None:
    fitting = placements(K6, machine(40))
    for placement in Placement:
        Memory(tmp_path / "failed").note(K6, machine(40), placement, K6.most_frames)
    tried = []
    while True:
        try:
            (fit,) = Memory(tmp_path / "failed").untried(K6, machine(40), fitting)
        except TooLittleMemory:
            break
        tried.append(fit)
        Memory(tmp_path / "failed").note(K6, machine(40), fit.placement, fit.frames)
    assert {fit.placement for fit in tried} == {Placement.GROUPED}
    assert [fit.frames for fit in tried] == [57, 25]
    assert Memory(tmp_path / "failed").untried(K6, machine(80), fitting) == fitting
