"""Sealed bytes open where they belong and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.store.sealing import CHUNK_BYTES, SealBroken, new_key, seal, seal_chunks, unseal, unseal_chunks, unwrap, wrap

KEY = new_key()


@given(st.binary(max_size=200))
def test_what_was_sealed_opens(plain: bytes) -> None:
    assert unseal(KEY, seal(KEY, plain, "here"), "here") == plain


@given(st.binary(min_size=1, max_size=40), st.data())
def test_one_altered_byte_is_found(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, plain, "here"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), "here")


def test_it_opens_in_no_other_place_and_with_no_other_key() -> None:
    sealed = seal(KEY, b"face", "lea|1|still")
    for key, place in ((KEY, "marc|1|still"), (KEY, "lea|2|still"), (KEY, "lea|1|voice"), (new_key(), "lea|1|still")):
        with pytest.raises(SealBroken):
            unseal(key, sealed, place)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_large_things_open_whole(size: int) -> None:
    plain = bytes(size)
    chunks = seal_chunks(KEY, plain, "here")
    assert len(chunks) == max(1, -(-size // CHUNK_BYTES))
    assert unseal_chunks(KEY, chunks, "here") == plain


def test_a_dropped_doubled_or_moved_chunk_is_found() -> None:
    one, two, three = seal_chunks(KEY, bytes(2 * CHUNK_BYTES + 1), "here")
    for broken in ([one, two], [one], [two, three], [one, three], [two, one, three], [one, two, three, three], [one, one, three], []):
        with pytest.raises(SealBroken):
            unseal_chunks(KEY, broken, "here")


def test_a_key_is_wrapped_eight_bytes_longer_and_only_its_wrapping_key_opens_it() -> None:
    wrapping = new_key()
    wrapped = wrap(wrapping, KEY)
    assert len(wrapped) == 40
    assert unwrap(wrapping, wrapped, "key") == KEY
    with pytest.raises(SealBroken):
        unwrap(new_key(), wrapped, "key")
