"""Ids that people say aloud."""

from hypothesis import given
from hypothesis import strategies as st

from walkon.types.ids import ALPHABET, CLIP_ID_LENGTH, new_clip_id, read_clip_id


@given(st.text(alphabet=ALPHABET, min_size=CLIP_ID_LENGTH, max_size=CLIP_ID_LENGTH))
def test_an_id_survives_case_a_hash_blanks_and_look_alike_letters(id: str) -> None:
    spoken = f"  #{id.lower().replace('0', 'o').replace('1', 'i')} "
    assert read_clip_id(spoken) == id


@given(st.text(max_size=12))
def test_any_text_is_an_id_or_none(text: str) -> None:
    read = read_clip_id(text)
    assert read is None or (len(read) == CLIP_ID_LENGTH and set(read) <= set(ALPHABET))


def test_new_ids_are_readable() -> None:
    assert all(read_clip_id(id) == id for id in (new_clip_id() for _ in range(100)))
