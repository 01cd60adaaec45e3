"""Words that take more than one message, in pieces."""

from hypothesis import given
from hypothesis import strategies as st

from walkon.bot.cards import Button, Card, Tone, Turning, pieces_of

BACK, ON = Button(label="back", token="b"), Button(label="on", token="o")


@given(st.text("ab \n", max_size=200), st.integers(1, 30))
def test_every_piece_fits_and_nothing_is_lost_but_space_at_the_joints(words: str, room: int) -> None:
    pieces = pieces_of(words, lambda piece: len(piece) <= room)
    assert all(len(piece) <= room for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(words.split())


@given(st.lists(st.text("abc", min_size=1, max_size=9), max_size=40))
def test_words_are_not_torn(words: list[str]) -> None:
    assert [word for piece in pieces_of(" ".join(words), lambda piece: len(piece) <= 10) for word in piece.split()] == words


def test_a_piece_beyond_the_last_is_the_last_and_each_has_the_buttons_to_its_neighbours_alone() -> None:
    def ways(at: int) -> tuple[str | None, list[str]]:
        shown = Card(tone=Tone.WAIT, head=("?",), words="w", turning=Turning(at=at, back=BACK, on=ON)).turned(["one", "two", "three"])
        return shown.words, [button.label for button in shown.buttons]

    assert ways(0) == ("one…", ["on"])
    assert ways(1) == ("…two…", ["back", "on"])
    assert ways(2) == ways(99) == ("…three", ["back"])
