"""Lanes: a job's name for what it needs is among the names of exactly those workers that can do it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.queue.lanes import TIERS_GB, backend_of, lane_of, lanes_of


@given(needs_gb=st.floats(0, max(TIERS_GB)), has_gb=st.floats(0, 200))
def test_a_worker_takes_what_fits_its_card_and_nothing_larger(needs_gb, has_gb):
    taken = lane_of("diffusers", model="wan", vram_gb=needs_gb) in lanes_of("diffusers", models=["wan"], vram_gb=has_gb)
    assert not taken or needs_gb <= has_gb
    if any(needs_gb <= tier <= has_gb for tier in TIERS_GB) or needs_gb == 0:
        assert taken


def test_a_worker_takes_only_its_backend_and_its_models():
    lanes = lanes_of("diffusers", models=["wan", "ltx"], vram_gb=24)
    assert {lane_of("diffusers", model=model, vram_gb=20) in lanes for model in ("wan", "ltx")} == {True}
    assert lane_of("diffusers", model="kandinsky") not in lanes
    assert lane_of("animatic") not in lanes
    assert lane_of("diffusers") in lanes


def test_a_backend_without_a_choice_is_one_lane_of_its_own_name():
    assert lanes_of("animatic") == (lane_of("animatic"),) == ("animatic",)


@pytest.mark.parametrize("lane", ["diffusers", "diffusers:tiny:wan", "diffusers@24", "diffusers:wan@24"])
def test_a_lane_tells_its_backend_to_people(lane):
    assert backend_of(lane) == "diffusers"


def test_what_fits_no_card_is_refused():
    with pytest.raises(ValueError, match="no card has 300 GB"):
        lane_of("diffusers", vram_gb=300)
