"""The time of signing, stamped by an authority where the host names one; whatever that does, the clip is signed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles.timestamps import TimestampsDouble
from tests.provenance.filming import read
from walkon.provenance.certificates import Credentials
from walkon.provenance.manifest import ROOM, Source, Statement, sign
from walkon.provenance.verify import Mark, examine

MADE = Statement(source=Source.MODEL, engine="diffusers")
Clip = Callable[[str], Path]


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[TimestampsDouble]:
    with TimestampsDouble(tmp_path / "authority").open() as running:
        yield running


@pytest.fixture
def timed(credentials: Credentials, authority: TimestampsDouble) -> Credentials:
    return replace(credentials, tsa_url=authority.url)


async def test_a_clip_carries_the_authoritys_time(clip: Clip, timed: Credentials, authority: TimestampsDouble) -> None:
    path = clip("clip.mp4")
    before = path.stat().st_size
    seal = sign(path, MADE, timed)
    assert (seal.untimed, authority.asked) == ("", 1)
    assert seal.bytes <= before + ROOM
    assert read(path, timed.anchor).state == "Trusted"
    reading = await examine(path, timed.anchor)
    assert (reading.mark, reading.stamped_at[:2]) == (Mark.SIGNED, "20")


async def test_without_an_authority_none_is_asked_and_no_time_is_told(
    clip: Clip, credentials: Credentials, authority: TimestampsDouble
) -> None:
    path = clip("clip.mp4")
    sign(path, MADE, credentials)
    assert (authority.asked, (await examine(path, credentials.anchor)).stamped_at) == (0, "")


@pytest.mark.parametrize("fault", ["away", "nonsense", "silent"])
def test_while_the_authority_is_away_clips_are_signed_without_time(
    clip: Clip, timed: Credentials, authority: TimestampsDouble, fault: str
) -> None:
    path = clip("clip.mp4")
    if fault == "away":
        timed = replace(timed, tsa_url="http://127.0.0.1:9/tsa")
    elif fault == "nonsense":
        authority.wrong = b"nonsense"
    else:
        authority.silent = True
    seal = sign(path, MADE, timed, stamp_s=0.5)
    assert seal.untimed
    assert read(path, timed.anchor).state == "Trusted"
    assert [file.name for file in path.parent.glob("clip*")] == ["clip.mp4"]
