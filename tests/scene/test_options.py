"""Options in natural words: found where they stand, and in a row of their own taken at their word or refused with what would pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from walkon.scene.options import OptionRefused, options_of
from walkon.types.scene import MAX_SECONDS, MAX_SEED, MIN_SECONDS, Aspect

lengths = st.integers(MIN_SECONDS, MAX_SECONDS)
seeds = st.integers(0, MAX_SEED)
words = st.lists(st.sampled_from("a cat jumps over the moon and says hello to two dogs at night".split()), min_size=1, max_size=8).map(
    " ".join
)
gaps = st.sampled_from([" ", ", ", "; ", "  "])


def read(prompt: str) -> tuple[float | None, Aspect | None, int | None]:
    written = options_of(prompt)
    return written.seconds, written.aspect, written.seed


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("a cat jumps 16:9 8s seed 42", (8, Aspect.WIDE, 42)),
        ("a cat jumps, seed 42, 9:16", (None, Aspect.TALL, 42)),
        ("9:16 8s a cat jumps", (8, Aspect.TALL, None)),
        ("un chat saute graine 7 5 s", (5, None, 7)),
        ("a cat jumps seed=0", (None, None, 0)),
        ("the clock shows 16:10", (None, None, None)),
        ("the team wins 3:2", (None, None, None)),
        ("a man plants a seed 3 metres deep", (None, None, None)),
        ('a robot says "seed 42 1:1 8s"', (None, None, None)),
        ("for 45 seconds a man waits for a bus", (45, None, None)),
    ],
)
def test_what_is_asked_for_in_words(prompt: str, wanted: tuple[object, ...]) -> None:
    assert read(prompt) == wanted


@pytest.mark.parametrize(
    ("prompt", "option", "value"),
    [
        ("a cat jumps 45s", "seconds", "45s"),
        ("a cat jumps 1 s", "seconds", "1 s"),
        ("a cat jumps 8s 4:3", "aspect", "4:3"),
        ("4:3 a cat jumps", "aspect", "4:3"),
        ("a cat jumps 21:9", "aspect", "21:9"),
        ("a cat jumps, 21:9", "aspect", "21:9"),
        ("a cat jumps seed 4294967296", "seed", "4294967296"),
        ("a cat jumps seed -1 8s", "seed", "-1"),
        ("a cat jumps seed 42abc", "seed", "42abc"),
        ("a cat jumps 8s 9s", "seconds", "8s 9s"),
        ("a cat jumps 16:9 9:16", "aspect", "16:9 9:16"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_would_pass(prompt: str, option: str, value: str) -> None:
    with pytest.raises(OptionRefused) as refused:
        options_of(prompt)
    told = refused.value
    assert (told.option, told.value) == (option, value)
    assert told.allowed == {"seconds": "2s-20s", "aspect": "16:9, 9:16, 1:1", "seed": "0-4294967295"}[option]


@settings(max_examples=200, deadline=None)
@given(words, lengths, st.sampled_from(Aspect), seeds, st.permutations(range(3)), gaps, st.booleans())
def test_a_row_of_options_says_the_same_in_any_order_and_at_either_end(said, seconds, aspect, seed, order, gap, first) -> None:
    options = [f"{seconds}s", aspect.value, f"seed {seed}"]
    row = gap.join(options[at] for at in order)
    prompt = f"{row}, {said}" if first else f"{said}{gap}{row}"
    assert read(prompt) == (seconds, aspect, seed)


@settings(max_examples=200, deadline=None)
@given(words, st.one_of(st.integers(MAX_SECONDS + 1, 99_999), st.integers(-99, MIN_SECONDS - 1)), st.sampled_from(Aspect))
def test_no_length_outside_of_its_bounds_is_taken_from_a_row(said, seconds, aspect) -> None:
    with pytest.raises(OptionRefused) as refused:
        options_of(f"{said} {aspect} {seconds}s")
    assert (refused.value.option, refused.value.value) == ("seconds", f"{seconds}s")


@settings(max_examples=200, deadline=None)
@given(words, lengths, seeds, st.sampled_from(['"{}"', "“{}”", "« {} »"]))
def test_no_option_is_smuggled_in_by_what_somebody_says(said, seconds, seed, quotes) -> None:
    assert read(f"{said} {quotes.format(f'hey seed {seed} 9:16 {seconds}s 99s')} {said}") == (None, None, None)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=300), st.lists(st.sampled_from("16:9 4:3 8s 99s seed 42 -1 , ; . cat 1:1: s :".split()), max_size=60).map(" ".join)
    )
)
def test_any_text_is_read_or_refused_and_what_is_read_is_within_bounds(prompt) -> None:
    try:
        _, aspect, seed = read(prompt)
    except OptionRefused as refused:
        assert refused.value and refused.allowed
        return
    assert aspect is None or aspect in Aspect
    assert seed is None or 0 <= seed <= MAX_SEED
