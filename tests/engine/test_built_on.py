"""Which pictures a clip may be made from: of a clip that is there, and in which nobody stands who is not in the new one."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.test_worker import Site, site  # noqa: F401
from tests.town import FINISHED
from tests.waiting import until
from walkon.engine.port import Order
from walkon.library import tables
from walkon.library.clips import ClipState
from walkon.library.endings import end_finished
from walkon.scene.codec import encode
from walkon.store.database import Transaction
from walkon.types.ids import ClipId, EventId, PersonId
from walkon.types.scene import BuiltOn, Kind, Manner, Scene, Shot, Subject

FILM = b"a film"


def scene(*people: str, built_on: BuiltOn | None = None) -> Scene:
    subjects = tuple(
        Subject(id=f"p{at}", noun="person", label="somebody", kind=Kind.PERSON, emoji="🧑", person=PersonId(person))
        for at, person in enumerate(people)
    )
    return Scene(prompt="a walk", shots=(Shot(subjects=subjects),), built_on=built_on)


async def stored(place: Site, id: str, shown: Iterable[str]) -> None:
    """A finished clip in which these people stand."""
    file = place.folder / f"{id}.mp4"
    file.write_bytes(FILM)
    video = await place.studio.media.put(file)
    await place.ask("C-any")
    clip = replace(await place.clip(ClipId("C-any")), id=ClipId(id), event=EventId(id), scene=encode(scene(*shown)))

    async def step(tx: Transaction) -> None:
        await tables.add(tx, clip)
        await end_finished(tx, clip.id, 1, replace(FINISHED, video=video), place.clock.now())

    await place.studio.database.write(step)


async def given(place: Site, source: str) -> list[bytes | None]:
    """What the engine is handed to build on, for a remix in which nobody stands."""
    handed: list[bytes | None] = []

    def note(order: Order) -> None:
        if order.scene.built_on:
            handed.append(Path(order.source).read_bytes() if order.source else None)

    place.backend.script = [note] * 3
    await place.ask("C-new", scene=scene(built_on=BuiltOn(clip=source, manner=Manner.REMIX)))
    async with place.working():
        await until(lambda: len(handed) == 1)
        await until(lambda: finished(place))
    return handed


async def finished(place: Site) -> bool:
    return await place.state(ClipId("C-new")) is ClipState.FINISHED


@pytest.mark.parametrize(
    ("shown", "handed"),
    [((), [FILM]), (("web:Ben",), [None])],
    ids=["nobody real in it", "somebody who was not asked this time"],
)
async def test_pictures_are_handed_on_only_where_nobody_is_shown_unasked(
    site: Site,  # noqa: F811
    shown: tuple[str, ...],
    handed: list[bytes | None],
) -> None:
    await stored(site, "C-old", shown)
    assert await given(site, "C-old") == handed


async def test_a_clip_that_is_gone_leaves_the_words_alone(site: Site) -> None:  # noqa: F811
    assert await given(site, "C-none") == [None]
