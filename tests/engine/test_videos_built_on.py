"""What a server is given of the clip that another is built on, and how the two are joined."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tests.doubles.videos import VideosDouble, film
from tests.engine.test_openai_videos import made, nothing, order, server  # noqa: F401
from walkon.engine.port import Order, RenderFailed
from walkon.engine.tails import jump
from walkon.types.scene import BuiltOn, Manner

OLD = film(seconds=1.5, size=(832, 480), light=(0.4, 0.5, 0.9))


def built(tmp_path: Path, manner: Manner, *, source: bytes | None = OLD) -> Order:
    """An order for a clip built on one that is there, or is gone."""
    asked = order(tmp_path)
    path = tmp_path / "old.mp4"
    if source is not None:
        path.write_bytes(source)
    scene = replace(asked.scene, built_on=BuiltOn(clip="AAAAAA", manner=manner))
    return replace(asked, scene=scene, source=path if source is not None else None)


def pictures(film: bytes | Path) -> list[np.ndarray]:
    with av.open(io.BytesIO(film) if isinstance(film, bytes) else str(film)) as opened:
        return [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]


def far(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def given(server: VideosDouble) -> tuple[str, np.ndarray]:  # noqa: F811
    """The kind of the reference and its picture."""
    [job] = server.jobs
    assert job.given
    kind, body = job.given
    return kind, np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))


async def test_what_goes_on_begins_with_the_last_picture_of_the_old_clip(server: VideosDouble, made, tmp_path: Path) -> None:  # noqa: F811
    server.tasks = ("T2V", "TI2V")
    await made(server).render(built(tmp_path, Manner.EXTEND), nothing)
    kind, picture = given(server)
    shown = pictures(OLD)
    assert kind == "image/png"
    assert picture.shape == (480, 832, 3)
    assert far(picture, shown[-1]) < 2 < far(picture, shown[0])


async def test_the_old_clip_stands_before_the_new_one_and_gives_it_its_colours(server: VideosDouble, made, tmp_path: Path) -> None:  # noqa: F811
    server.tasks = ("TI2V",)
    rendered = await made(server).render(built(tmp_path, Manner.EXTEND), nothing)
    # One picture less than both have: the new film begins with the one that it was given.
    assert rendered.seconds == pytest.approx((36 + 24 - 1) / 24)
    shown = pictures(rendered.video)
    assert len(shown) == 59
    assert shown[0].shape == (240, 416, 3)
    assert far(shown[10], np.asarray(Image.fromarray(pictures(OLD)[10]).resize((416, 240)))) < 12
    with av.open(str(rendered.video)) as opened:
        heard = sum(frame.samples for frame in opened.decode(audio=0))
    assert heard == pytest.approx(59 * 2000, abs=2 * 1024)
    # The model's picture is lighter than the old clip; where they meet, the colour does not jump.
    assert jump(np.stack(pictures(OLD)[-1:]), np.stack(pictures(film())[:1])) > 40
    assert jump(np.stack(shown[30:36]), np.stack(shown[36:40])) < 6


async def test_a_silent_film_that_goes_on_gets_sound_for_its_own_part_alone(server: VideosDouble, made, tmp_path: Path) -> None:  # noqa: F811
    server.tasks, server.content = ("TI2V",), film(sound=False)
    rendered = await made(server).render(built(tmp_path, Manner.EXTEND), nothing)
    assert rendered.loudness_lufs == pytest.approx(-16, abs=0.5)
    first = next(line for line in rendered.captions.read_text("utf-8").splitlines() if "-->" in line)
    assert first >= "00:00:01.5"


@pytest.mark.parametrize(
    ("tasks", "kind"), [(("T2V", "V2V", "TI2V"), "video/mp4"), (("TI2V",), "image/png"), (("I2V",), "image/png"), (("T2V",), None)]
)
async def test_a_remix_is_made_from_what_the_server_takes(
    server: VideosDouble,  # noqa: F811
    made,  # noqa: F811
    tmp_path: Path,
    tasks: Sequence[str],
    kind: str | None,
) -> None:
    server.tasks = tuple(tasks)
    rendered = await made(server).render(built(tmp_path, Manner.REMIX), nothing)
    assert rendered.seconds == 1.0
    [job] = server.jobs
    assert (job.given[0] if job.given else None) == kind
    if kind == "video/mp4":
        assert job.given == (kind, OLD)
    elif kind:
        assert far(given(server)[1], pictures(OLD)[0]) < 2


async def test_a_remix_that_the_server_does_not_take_is_made_from_its_words(server: VideosDouble, made, tmp_path: Path) -> None:  # noqa: F811
    server.tasks = ("TI2V",)
    server.fail_next("create", 400, {"detail": "this model takes no image"})
    await made(server).render(built(tmp_path, Manner.REMIX), nothing)
    assert [job.given for job in server.jobs] == [None]


async def test_where_no_server_can_go_on_it_is_not_pretended(server: VideosDouble, made, tmp_path: Path) -> None:  # noqa: F811
    backend = made(server)
    await backend.start()
    assert not backend.capabilities.extends
    with pytest.raises(RenderFailed, match="go on from the pictures") as failed:
        await backend.render(built(tmp_path, Manner.EXTEND), nothing)
    assert not failed.value.retryable
    assert server.jobs == []


async def test_what_goes_on_goes_to_the_server_that_can(server: VideosDouble, made, tmp_path: Path) -> None:  # noqa: F811
    async with VideosDouble(content=film(), tasks=("TI2V",)).open() as able:
        backend = made(server, able)
        await backend.start()
        assert backend.capabilities.extends
        await backend.render(built(tmp_path, Manner.EXTEND), nothing)
        assert (len(server.jobs), len(able.jobs)) == (0, 1)


async def test_without_the_old_film_the_words_decide(server: VideosDouble, made, tmp_path: Path) -> None:  # noqa: F811
    rendered = await made(server).render(built(tmp_path, Manner.EXTEND, source=None), nothing)
    assert rendered.seconds == 1.0
    assert server.jobs[0].given is None


async def test_an_old_film_that_cannot_be_read_is_told(server: VideosDouble, made, tmp_path: Path) -> None:  # noqa: F811
    server.tasks = ("TI2V",)
    with pytest.raises(RenderFailed, match="no picture could be taken"):
        await made(server).render(built(tmp_path, Manner.EXTEND, source=b"no film"), nothing)
    assert server.jobs == []
