"""Buttons in chats bear the host's seal: what comes back is what it made, however long ago, and nothing that somebody put together."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from walkon.bot.tokens import (
    MOST_BYTES,
    AskDeed,
    AskToken,
    Deed,
    Extent,
    LineDeed,
    LineToken,
    OwnDeed,
    OwnToken,
    ReviewDeed,
    ReviewToken,
    Seal,
    Token,
    read_line_token,
    read_personal_token,
    read_token,
)
from walkon.consent.enrolment import Refusal
from walkon.store.keys import Keys
from walkon.types.ids import AskId, ClipId

KEYS = Keys.new()
SEAL = Seal(KEYS.mac)

CLIP, LONG = ClipId("7KQ2M9"), "7KQ2M9XW4TPC8HZR"

TOKENS = [
    *(str(Token(deed, CLIP)) for deed in Deed),
    *(str(LineToken(deed, 10**15 - 1)) for deed in LineDeed),
    *(str(AskToken(deed, AskId(LONG), "ufvrt")) for deed in AskDeed),
    *(str(OwnToken(OwnDeed.TAKE_BACK, extent, f"{LONG}!")) for extent in Extent),
    *(str(ReviewToken(ReviewDeed.REFUSE, "0" * 32, reason)) for reason in Refusal),
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_sealed_token_fits_every_platform_and_comes_back_as_it_was(token: str) -> None:
    sealed = SEAL.put_on(token)
    assert len(sealed.encode()) <= MOST_BYTES and len(sealed) >= len(token) + 4
    assert SEAL.taken_off(sealed) == token
    assert read_token(token) or read_line_token(token) or read_personal_token(token)


def test_a_button_lives_as_long_as_the_key_file(tmp_path: Path) -> None:
    sealed = SEAL.put_on("w1:remix:7KQ2M9")
    KEYS.write(tmp_path / "keys")
    assert Seal(Keys.read(tmp_path / "keys").mac).taken_off(sealed) == "w1:remix:7KQ2M9"
    assert Seal(KEYS.rotated().mac).taken_off(sealed) == "w1:remix:7KQ2M9"


def test_attack_42_what_was_changed_moved_to_another_clip_or_made_elsewhere_is_nothing() -> None:
    sealed = SEAL.put_on(str(Token(Deed.LET_STAY, ClipId("7KQ2M9"))))
    signed = sealed.rpartition("~")[2]
    forged = [
        "w1:remove:7KQ2M9",
        f"w1:remove:7KQ2M9~{signed}",
        f"w1:stay:9XPB00~{signed}",
        sealed[:-1],
        f"{sealed}A",
        "~",
        "",
        sealed.upper(),
    ]
    assert {SEAL.taken_off(text) for text in forged} == {""}
    assert SEAL.taken_off(Seal(Keys.new().mac).put_on("w1:stay:7KQ2M9")) == ""


@given(st.text(max_size=120))
def test_attack_42_nothing_that_somebody_makes_up_bears_the_seal(text: str) -> None:
    assert SEAL.taken_off(text) == ""
