"""The key file: for its owner alone, outside the data directory, made once, never lost by a rotation."""

from pathlib import Path

import pytest

from walkon.store.keys import Keys, KeysMissing, made_or_read
from walkon.types.errors import SetupError
from walkon.types.ids import PersonId

LEA = PersonId("discord:1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "keys"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_file_is_made_at_first_need_for_its_owner_alone_and_read_from_then_on(path: Path, data_dir: Path) -> None:
    made = made_or_read(path, data_dir)
    assert path.stat().st_mode & 0o777 == 0o600
    assert made_or_read(path, data_dir).person_key(LEA) == made.person_key(LEA)
    assert [entry.name for entry in path.parent.iterdir()] == ["keys"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_that_others_could_use_is_refused_with_the_mend(path: Path, data_dir: Path, mode: int) -> None:
    made_or_read(path, data_dir)
    path.chmod(mode)
    with pytest.raises(SetupError, match="chmod 600"):
        made_or_read(path, data_dir)


def test_a_place_inside_the_data_directory_is_refused_also_through_a_link(path: Path, data_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="outside"):
        made_or_read(data_dir / "deep" / "keys", data_dir)
    data_dir.mkdir()
    (tmp_path / "link").symlink_to(data_dir)
    with pytest.raises(SetupError, match="outside"):
        made_or_read(tmp_path / "link" / "keys", data_dir)
    assert list(data_dir.iterdir()) == []


@pytest.mark.parametrize("body", [b"", b"{}", b"not json", b'{"format":2}'])
def test_a_damaged_file_is_refused_and_left_as_it_is(path: Path, data_dir: Path, body: bytes) -> None:
    made_or_read(path, data_dir)
    path.write_bytes(body)
    with pytest.raises(SetupError, match="backup"):
        made_or_read(path, data_dir)
    assert path.read_bytes() == body


def test_a_file_with_a_short_key_is_refused(path: Path) -> None:
    Keys.new().write(path)
    path.write_text(path.read_text().replace('"pepper": "', '"pepper": "AAAA", "ignored": "'))
    with pytest.raises(SetupError):
        Keys.read(path)


def test_no_file_is_told_apart_from_a_bad_one(path: Path) -> None:
    with pytest.raises(KeysMissing):
        Keys.read(path)


def test_an_existing_file_is_never_overwritten_by_making_one(path: Path) -> None:
    Keys.new().write(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        Keys.new().write(path)
    assert path.read_bytes() == before


def test_people_have_other_names_under_another_pepper_and_platforms_are_told_apart() -> None:
    one, other = Keys.new(), Keys.new()
    assert one.person_key(LEA) != other.person_key(LEA)
    assert one.person_key(LEA) != one.person_key(PersonId("telegram:1"))
    assert one.id != other.id


def test_a_rotation_keeps_the_names_the_old_key_and_the_file_s_own_id(path: Path) -> None:
    keys = Keys.new()
    turned = keys.rotated()
    turned.write(path)
    turned = Keys.read(path)
    assert (turned.id, turned.person_key(LEA), turned.public) == (keys.id, keys.person_key(LEA), keys.public)
    assert turned.wrapping(1) == keys.wrapping(1)
    assert turned.wrapping_version == 2
    assert turned.without_older().wrapping(1) is None


def test_keys_do_not_show_in_what_is_printed_or_logged() -> None:
    keys = Keys.new()
    assert keys.signing_seed.hex() not in repr(keys)
    assert repr(keys) == f"Keys({keys.id})"
