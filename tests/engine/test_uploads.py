"""Uploads are read in a process of their own: an honest video leaves stills, a voice and a small copy; a hostile one nothing."""

import io
import os
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.engine.filming import Film
from walkon.consent.enrolment import UploadFault, UploadRefused
from walkon.engine.containers import Container, container_of
from walkon.engine.uploads import UploadReader

MP4 = Film().shot()


async def fault_of(body: bytes, reader: UploadReader | None = None) -> UploadFault:
    with pytest.raises(UploadRefused) as refused:
        await (reader or UploadReader())(body)
    return refused.value.fault


@pytest.mark.parametrize("film", [Film(), Film(container="webm", video="libvpx", audio="libopus"), Film(size=(180, 320))])
async def test_an_honest_video_leaves_three_stills_a_voice_and_a_small_copy(film: Film) -> None:
    decoded = await UploadReader()(film.shot())
    assert decoded.seconds == pytest.approx(4, abs=0.2)
    assert [Image.open(io.BytesIO(still)).format for still in decoded.stills] == ["JPEG"] * 3
    assert Image.open(io.BytesIO(decoded.stills[0])).size == film.size
    assert decoded.voice
    with av.open(io.BytesIO(decoded.voice)) as voice:
        samples = sum(frame.samples for frame in voice.decode(audio=0))
        assert (voice.format.name, voice.streams.audio[0].rate, samples) == ("flac", 16_000, pytest.approx(64_000, rel=0.02))
    with av.open(io.BytesIO(decoded.review)) as review:
        assert sum(1 for _ in review.decode(video=0)) == pytest.approx(48, abs=1)


async def test_the_voice_sample_is_ten_seconds_at_most() -> None:
    decoded = await UploadReader()(Film(seconds=13, size=(64, 64), rate=5).shot())
    assert decoded.voice
    with av.open(io.BytesIO(decoded.voice)) as voice:
        assert sum(frame.samples for frame in voice.decode(audio=0)) == 160_000


@pytest.mark.parametrize("film", [Film(audio=None), Film(loudness=20)])
async def test_a_silent_video_leaves_no_voice(film: Film) -> None:
    assert (await UploadReader()(film.shot())).voice is None


async def test_nothing_of_the_upload_s_own_bytes_reaches_what_is_kept() -> None:
    decoded = await UploadReader()(Film(comment="CANARY of the camera").shot())
    assert not any(b"CANARY" in part for part in (*decoded.stills, decoded.voice or b"", decoded.review))


def zip_behind(body: bytes) -> bytes:
    sink = io.BytesIO(body)
    with zipfile.ZipFile(sink, "a") as archive:
        archive.writestr("run.exe", "MZ")
    return sink.getvalue()


def zip_in_a_box(body: bytes) -> bytes:
    hidden = zip_behind(b"")
    return body + struct.pack(">I", 8 + len(hidden)) + b"free" + hidden


def picture(kind: str) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (20, 20)).save(sink, kind)
    return sink.getvalue()


def claiming(size: int) -> bytes:
    return MP4 + struct.pack(">I4sQ", 1, b"mdat", size)


HOSTILE: dict[str, tuple[Callable[[], bytes], UploadFault]] = {
    "an svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', UploadFault.NOT_A_VIDEO),
    "a page": (lambda: b"<!doctype html><script>alert(1)</script>", UploadFault.NOT_A_VIDEO),
    "a playlist that names a file": (lambda: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", UploadFault.NOT_A_VIDEO),
    "a list of other files": (lambda: b"ffconcat version 1.0\nfile /etc/passwd\n", UploadFault.NOT_A_VIDEO),
    "a jpeg": (lambda: picture("JPEG"), UploadFault.NOT_A_VIDEO),
    "an animated gif": (lambda: picture("GIF"), UploadFault.NOT_A_VIDEO),
    "a heic picture": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", UploadFault.NOT_A_VIDEO),
    "a matroska of another kind": (lambda: b"\x1a\x45\xdf\xa3\x84evil\x18\x53\x80\x67\x80", UploadFault.NOT_A_VIDEO),
    "a video with a zip behind it": (lambda: zip_behind(MP4), UploadFault.POLYGLOT),
    "a video with a zip in a free box": (lambda: zip_in_a_box(MP4), UploadFault.POLYGLOT),
    "a video with a page behind it": (lambda: MP4 + b"<script>alert(1)</script>", UploadFault.POLYGLOT),
    "a webm with a page behind it": (
        lambda: Film(container="webm", video="libvpx", audio=None).shot() + b"<script>",
        UploadFault.POLYGLOT,
    ),
    "a cut video": (lambda: MP4[: len(MP4) * 2 // 3], UploadFault.TRUNCATED),
    "a video without its index": (lambda: MP4[: MP4.index(b"moov") - 4], UploadFault.TRUNCATED),
    "a claim of ten gigabytes": (lambda: claiming(10 << 30), UploadFault.TRUNCATED),
    "a claim of more than there are numbers for": (lambda: claiming(2**64 - 1), UploadFault.TRUNCATED),
    "too long": (lambda: Film(seconds=42, size=(64, 64), rate=5, audio=None).shot(), UploadFault.TOO_LONG),
    "too short": (lambda: Film(seconds=1).shot(), UploadFault.TOO_SHORT),
    "too wide": (lambda: Film(size=(4224, 64), audio=None).shot(), UploadFault.TOO_MANY_PIXELS),
    "too dark": (lambda: Film(brightness=4).shot(), UploadFault.TOO_DARK),
    "sound alone": (lambda: av_sound(), UploadFault.NOT_A_VIDEO),
    "noise behind the right beginning": (lambda: MP4[:40] + os.urandom(len(MP4) - 40), UploadFault.POLYGLOT),
    "pictures in a codec that nobody films in": (
        lambda: Film(container="matroska", video="ffv1", audio=None).shot(),
        UploadFault.UNREADABLE,
    ),
}


def av_sound() -> bytes:
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=48_000, layout="mono")
        for frame in Film()._sound():
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return sink.getvalue()


@pytest.mark.parametrize(("made", "fault"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_upload_is_refused_with_its_reason(made: Callable[[], bytes], fault: UploadFault) -> None:
    assert await fault_of(made()) is fault


async def test_a_header_that_lies_about_its_size_cannot_make_it_paint_more() -> None:
    """The container says 320 x 180, the pictures in it are larger than may be read."""
    large = Film(size=(4224, 64), audio=None).shot()
    lying = large.replace(struct.pack(">HH", 4224, 64), struct.pack(">HH", 320, 180))
    assert lying != large
    assert await fault_of(lying) in (UploadFault.TOO_MANY_PIXELS, UploadFault.NOT_A_VIDEO, UploadFault.UNREADABLE)


async def test_reading_that_takes_too_long_is_killed_and_leaves_no_process() -> None:
    assert await fault_of(MP4, UploadReader(wall_s=0.01)) is UploadFault.TOO_COSTLY


async def test_the_next_upload_is_read_after_one_that_was_refused() -> None:
    reader = UploadReader()
    assert await fault_of(MP4[:3000], reader) is UploadFault.TRUNCATED
    assert (await reader(MP4)).stills


@given(st.binary(max_size=200), st.sampled_from([b"", MP4[:40], b"\x1a\x45\xdf\xa3", b"\x1a\x45\xdf\xa3\x8bwebm\x18\x53\x80\x67"]))
def test_no_bytes_make_the_first_look_fail_in_another_way(tail: bytes, head: bytes) -> None:
    with suppress(UploadRefused):
        assert container_of(head + tail) in Container
