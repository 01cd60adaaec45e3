"""The finishing process: what it signs is signed, and whatever kills it, nothing unsigned passes for finished."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.provenance.filming import film, read
from walkon.engine.finishing import Finishing, NotFinished
from walkon.provenance.certificates import Credentials, now, own_credentials
from walkon.provenance.manifest import Source, Statement

DRAWN = Statement(source=Source.ALGORITHM, engine="animatic")


@pytest.fixture
def credentials(tmp_path: Path) -> Credentials:
    return own_credentials(tmp_path / "signing", now())


@pytest.fixture
async def finishing(credentials: Credentials) -> AsyncIterator[Finishing]:
    made = Finishing(lambda: credentials)
    yield made
    await made.close()


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: film(tmp_path / name, seconds=0.5)


async def test_a_clip_is_signed_in_a_process_of_its_own(
    finishing: Finishing, make: Callable[[str], Path], credentials: Credentials
) -> None:
    clip = make("clip.mp4")
    seal = await finishing.sign(clip, DRAWN)
    assert seal.bytes == clip.stat().st_size
    assert read(clip, credentials.anchor).state == "Trusted"
    assert finishing.pid != os.getpid()


async def test_one_process_serves_many_clips(finishing: Finishing, make: Callable[[str], Path]) -> None:
    await finishing.sign(make("a.mp4"), DRAWN)
    first = finishing.pid
    await asyncio.gather(finishing.sign(make("b.mp4"), DRAWN), finishing.sign(make("c.mp4"), DRAWN))
    assert finishing.pid == first


async def test_a_killed_process_is_replaced_and_the_clip_of_then_is_not_finished(
    finishing: Finishing, make: Callable[[str], Path], credentials: Credentials
) -> None:
    await finishing.sign(make("a.mp4"), DRAWN)
    assert finishing.pid
    os.kill(finishing.pid, signal.SIGSTOP)
    lost = asyncio.create_task(finishing.sign(make("b.mp4"), DRAWN))
    await asyncio.sleep(0)
    os.kill(finishing.pid, signal.SIGKILL)
    with pytest.raises(NotFinished):
        await lost
    clip = make("c.mp4")
    await finishing.sign(clip, DRAWN)
    assert read(clip, credentials.anchor).state == "Trusted"


async def test_a_clip_that_cannot_be_signed_is_said_to_be_so(finishing: Finishing, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no film")
    with pytest.raises(NotFinished):
        await finishing.sign(tmp_path / "clip.mp4", DRAWN)
    assert not (tmp_path / "clip.mp4").exists()


@pytest.mark.parametrize("answer", ["", "nonsense\\n", '{"type":"checked"}\\n', "x" * 2_000_000])
async def test_an_answer_that_makes_no_sense_finishes_nothing(credentials: Credentials, tmp_path: Path, answer: str) -> None:
    script = f"import sys; sys.stdin.readline(); sys.stdout.write('{answer}')"
    babbling = Finishing(lambda: credentials, program=("-c", script))
    with pytest.raises(NotFinished):
        await babbling.sign(tmp_path / "clip.mp4", DRAWN)
    assert babbling.pid is None


async def test_the_key_never_reaches_the_processs_arguments_or_environment(finishing: Finishing, make: Callable[[str], Path]) -> None:
    await finishing.sign(make("a.mp4"), DRAWN)
    seen = Path(f"/proc/{finishing.pid}/cmdline").read_bytes() + Path(f"/proc/{finishing.pid}/environ").read_bytes()
    assert b"PRIVATE KEY" not in seen
    assert b"WALKON_" not in seen


async def test_pictures_are_looked_at_in_the_same_process(finishing: Finishing, make: Callable[[str], Path], tmp_path: Path) -> None:
    Image.new("RGB", (320, 180), "grey").save(tmp_path / "poster.jpg")
    look = await finishing.look_at(make("a.mp4"), tmp_path / "poster.jpg", most=3)
    assert len(look.scores) == 3
    assert all(0 <= score < 0.5 for score in look.scores)


async def test_a_clip_that_cannot_be_looked_at_is_said_to_be_so(finishing: Finishing, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"no film")
    with pytest.raises(NotFinished):
        await finishing.look_at(tmp_path / "clip.mp4", tmp_path / "none.jpg", most=3)


async def test_a_check_killed_in_the_middle_has_seen_nothing(finishing: Finishing, make: Callable[[str], Path], tmp_path: Path) -> None:
    await finishing.sign(make("a.mp4"), DRAWN)
    assert finishing.pid
    os.kill(finishing.pid, signal.SIGSTOP)
    lost = asyncio.create_task(finishing.look_at(make("b.mp4"), tmp_path / "none.jpg", most=3))
    await asyncio.sleep(0)
    os.kill(finishing.pid, signal.SIGKILL)
    with pytest.raises(NotFinished):
        await lost
