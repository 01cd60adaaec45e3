"""The witness: what the store may not forget, in a file that no backup of the store holds."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from walkon.store.keys import Keys
from walkon.store.ledger import Head
from walkon.store.tombstones import Tombstone, TombstoneKind
from walkon.store.witness import Shown, Witness
from walkon.types.errors import SetupError

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
GRAVE = Tombstone(TombstoneKind.LIKENESS, "ABCDEF", NOW)
HEAD = Shown(Head(3, b"\x01" * 32), NOW)
LATER = Shown(Head(9, b"\x02" * 32), NOW)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "keys", Keys.new())


def test_it_remembers_everything_in_order_and_is_for_its_owner_alone(witness: Witness) -> None:
    assert (witness.read(), witness.head()) == ([], None)
    witness.add([GRAVE, HEAD])
    witness.add([])
    witness.add([LATER])
    assert witness.read() == [GRAVE, HEAD, LATER]
    assert witness.head() == LATER.head
    assert witness.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_altered_or_taken_out_is_found(witness: Witness, line: int) -> None:
    witness.add([GRAVE, HEAD, LATER])
    lines = witness.path.read_text().splitlines(keepends=True)
    for forged in (lines[:line] + lines[line + 1 :], [*lines[:line], lines[line].replace("2026", "2025"), *lines[line + 1 :]]):
        witness.path.write_text("".join(forged))
        with pytest.raises(SetupError, match="was altered"):
            witness.read()


def test_another_host_s_witness_is_refused(witness: Witness, tmp_path: Path) -> None:
    witness.add([GRAVE])
    with pytest.raises(SetupError, match="another store's"):
        Witness(tmp_path / "keys", Keys.new()).read()


def test_a_line_that_a_crash_cut_short_does_not_count_and_the_next_takes_its_place(witness: Witness) -> None:
    witness.add([GRAVE, HEAD])
    whole = witness.path.read_bytes()
    witness.path.write_bytes(whole[:-5])
    assert witness.read() == [GRAVE]
    witness.add([LATER])
    assert witness.read() == [GRAVE, LATER]
