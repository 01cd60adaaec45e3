"""What may never leave the house: a film without its statement, a preview without its marks."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.doubles.engine import ScriptedFinisher
from tests.engine.test_worker import Site, site  # noqa: F401
from tests.waiting import until
from walkon.engine.port import Order
from walkon.engine.render import Studio
from walkon.engine.worker import DRAFT_SLOT, Slot, Worker
from walkon.library.clips import ClipState
from walkon.provenance.manifest import Seal, Source, Statement
from walkon.queue.port import DRAFT_LANE, JobKind, JobState, NewJob
from walkon.telemetry import build_metrics
from walkon.types.ids import ClipId, draft_job


class FreezingFinisher(ScriptedFinisher):
    """Signs, and then its worker freezes."""

    def __init__(self) -> None:
        super().__init__()
        self.thaw = asyncio.Event()

    async def sign(self, clip: Path, statement: Statement) -> Seal:
        seal = await super().sign(clip, statement)
        await self.thaw.wait()
        return seal


def orders(site: Site) -> list[Order]:  # noqa: F811
    """What the engine is asked for from now on."""
    seen: list[Order] = []
    site.backend.script = [lambda order: seen.append(order)] * 3
    return seen


def running(studio: Studio, slot: Slot | None = None) -> "asyncio.Task[None]":
    return asyncio.create_task(Worker(studio, build_metrics(), lease_s=30, **({"slot": slot} if slot else {})).run())


async def is_finished(site: Site, id: ClipId) -> bool:  # noqa: F811
    return await site.state(id) is ClipState.FINISHED


async def drafted(site: Site, id: ClipId) -> bool:  # noqa: F811
    return (await site.clip(id)).draft is not None


async def test_a_worker_that_freezes_between_signing_and_storing_leaves_nothing_that_is_shown(site: Site) -> None:  # noqa: F811
    frozen, other = FreezingFinisher(), ScriptedFinisher()
    id = await site.ask("AAAAAA")
    first = running(replace(site.studio, finishing=frozen, scratch=site.folder / "first"))
    await until(lambda: frozen.signed)
    assert await site.state(id) is ClipState.PROMISED
    assert not list((site.folder / "media").rglob("*.mp4"))
    await site.studio.queue.reclaim()
    second = running(replace(site.studio, finishing=other, scratch=site.folder / "second"))
    await until(lambda: is_finished(site, id))
    finished = (await site.clip(id)).finished
    frozen.thaw.set()
    await until(lambda: not list((site.folder / "first").glob("AAAAAA*")))
    assert (await site.clip(id)).finished == finished
    assert len(other.signed) == 1
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)


async def test_a_host_that_wants_no_words_in_the_picture_still_signs_what_it_makes(site: Site) -> None:  # noqa: F811
    seen = orders(site)
    site.studio = replace(site.studio, visible_mark=False)
    id = await site.ask("AAAAAA")
    async with site.working():
        await until(lambda: is_finished(site, id))
    assert [order.mark for order in seen] == [""]
    assert [statement.source for statement in site.finishing.signed] == [Source.ALGORITHM]


@pytest.mark.parametrize("lane", ["animatic", "openai-videos"])
async def test_a_preview_is_marked_and_signed_like_any_clip(site: Site, lane: str) -> None:  # noqa: F811
    seen = orders(site)
    id = await site.ask("AAAAAA", lane=lane)
    clip = await site.clip(id)
    job = NewJob(
        id=draft_job(id),
        kind=JobKind.DRAFT,
        place=clip.place.id,
        person=clip.asker.id,
        lane=DRAFT_LANE,
        cost_ms=1000,
        payload=id.encode(),
    )
    await site.studio.queue.submit(job)
    task = running(site.studio, DRAFT_SLOT)
    await until(lambda: drafted(site, id))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [order.mark for order in seen] == ["computer-drawn"]
    assert [statement.source for statement in site.finishing.signed] == [Source.ALGORITHM]
    assert await site.job(id) is JobState.QUEUED
