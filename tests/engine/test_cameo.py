"""People in the clip: drawn by name and by their own still while their yes holds, as nobody without it, and on no disk."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.consent.village import LEA, Village
from tests.engine.test_worker import Site, site
from walkon.consent.artefacts import ArtefactKind
from walkon.consent.casting import Caster
from walkon.consent.deciding import Decider
from walkon.consent.enrolled import Enrolled
from walkon.consent.enrolment import Enrolment, EnrolmentState, IdentityLevel, new_challenge
from walkon.consent.enrolment_tables import add, get
from walkon.consent.likeness import Part
from walkon.consent.proof import Proof
from walkon.consent.vault import Vault
from walkon.engine.backends.animatic import AnimaticBackend
from walkon.engine.people import NotAgreed
from walkon.engine.port import Order
from walkon.engine.render import render_clip
from walkon.library import tables as library
from walkon.queue.port import Lease
from walkon.scene.codec import encode
from walkon.scene.parser import parse
from walkon.store.keys import Keys
from walkon.types.ids import ClipId, WorkerId
from walkon.types.scene import Scene

__all__ = ["site"]
FACE, VOICE = frozenset({Part.FACE}), frozenset({Part.VOICE})


def still(colour: tuple[int, int, int] = (200, 40, 40)) -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (180, 320), colour).save(sink, "JPEG", comment=b"CANARY of the still")
    return sink.getvalue()


STILL = still()


def with_lea(seconds: float = 2) -> Scene:
    return parse("@lea waves in the forest", people={"@lea": LEA}, seconds=seconds, seed=7)


class Set:
    """A worker's studio on whose store people decide."""

    def __init__(self, site: Site) -> None:
        self.site, self.keys, self.orders = site, Keys.new(), []
        self.record = Proof(self.keys).record
        self.village = Village(site.studio.database, site.clock)
        self.studio = replace(site.studio, enrolled=Enrolled(self.keys))
        site.backend.script.append(self._keep)

    def _keep(self, order: Order) -> None:
        self.orders.append(order)

    async def lend(self, content: bytes = STILL) -> None:
        now = self.site.clock.now()
        challenge = new_challenge(LEA, now, name="Léa", tries_left=2)

        async def step(tx):
            await add(tx, challenge)
            enrolment = await get(tx, challenge.id)
            assert isinstance(enrolment, Enrolment)
            owner, kind = self.keys.person_key(LEA), ArtefactKind.STILL
            await Vault(self.keys).put(tx, owner, content, version=challenge.id, kind=kind, number=0, now=now)
            level = IdentityLevel.CHALLENGE_AND_OPERATOR
            await Enrolled(self.keys).begin(tx, replace(enrolment, state=EnrolmentState.ACCEPTED, level=level), now)
            await Decider(self.record).enrol(tx, self.village.likeness(LEA), now)

        await self.village.do(step)

    async def asked(self, parts: frozenset[Part] = FACE) -> tuple[ClipId, Lease]:
        """A clip by Lea with herself in it, which needs no question, in line and claimed."""
        id = await self.site.ask("AAAAAA", name="Lea")

        async def step(tx):
            clip = replace(await library.get(tx, id), scene=encode(with_lea()))
            await library.save(tx, clip)
            caster = Caster(record=self.record, open_for=self.village.caster.open_for, chance=lambda: 0.5)
            assert (await caster.cast(tx, clip.terms, {LEA: parts}, self.site.clock.now())).settled

        await self.village.do(step)
        lease = await self.studio.queue.claim(WorkerId("w1"), claim_id="1", lanes=["animatic"])
        assert lease
        return id, lease

    async def render(self, lease: Lease) -> Order:
        await render_clip(self.studio, lease, lambda step: None)
        return self.orders[-1]


@pytest.fixture
def stage(site: Site) -> Set:
    return Set(site)


async def test_who_agreed_is_drawn_by_name_and_by_the_still_they_lend(stage: Set) -> None:
    await stage.lend()
    _, lease = await stage.asked()
    order = await stage.render(lease)
    assert order.portraits == {LEA: STILL}
    assert order.scene.shots[0].subjects[0].label == "Lea"
    assert "CANARY" not in repr(order)


async def test_whoever_lends_a_voice_alone_is_drawn_by_name_without_their_face(stage: Set) -> None:
    await stage.lend()
    _, lease = await stage.asked(VOICE)
    order = await stage.render(lease)
    assert order.portraits == {}
    assert order.scene.shots[0].subjects[0].label == "Lea"


async def test_a_still_that_does_not_open_is_left_out_and_the_clip_is_made(stage: Set) -> None:
    await stage.lend()
    _, lease = await stage.asked()
    stage.studio = replace(stage.studio, enrolled=Enrolled(Keys.new()))
    assert (await stage.render(lease)).portraits == {}


async def test_an_engine_that_shows_nobody_is_given_no_still(stage: Set) -> None:
    await stage.lend()
    _, lease = await stage.asked()
    stage.site.backend.capabilities = replace(stage.site.backend.capabilities, faces=False)
    assert (await stage.render(lease)).portraits == {}


async def test_after_a_revocation_nothing_is_drawn_and_no_still_is_opened(stage: Set) -> None:
    await stage.lend()
    _, lease = await stage.asked()
    await stage.village.do(lambda tx: Decider(stage.record).revoke(tx, LEA, stage.site.clock.now()))
    with pytest.raises(NotAgreed):
        await render_clip(stage.studio, lease, lambda step: None)
    assert stage.orders == []


@pytest.fixture
async def animatic() -> AsyncIterator[AnimaticBackend]:
    backend = AnimaticBackend()
    yield backend
    await backend.close()


async def drawn(backend: AnimaticBackend, directory: Path, scene: Scene, portraits: dict | None = None) -> bytes:
    directory.mkdir()
    order = Order(scene=scene, directory=directory, max_bytes=8_000_000, portraits=portraits or {})
    return (await backend.render(order, lambda step: None)).video.read_bytes()


async def test_without_a_grant_the_bytes_are_those_of_the_same_request_without_the_person(animatic, tmp_path: Path) -> None:
    nobody = parse("@lea waves in the forest", seconds=2, seed=7)
    assert nobody.people == ()
    without = await drawn(animatic, tmp_path / "a", with_lea().starring({}))
    assert without == await drawn(animatic, tmp_path / "b", nobody)
    assert without != await drawn(animatic, tmp_path / "c", with_lea().starring({LEA: "Léa"}))


async def test_a_lent_face_is_seen_in_its_clip_in_no_other_and_on_no_disk(animatic, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    named = with_lea().starring({LEA: "Léa"})
    before = await drawn(animatic, tmp_path / "a", named)
    red = await drawn(animatic, tmp_path / "b", named, {LEA: STILL})
    blue = await drawn(animatic, tmp_path / "c", named, {LEA: still((40, 40, 200))})
    after = await drawn(animatic, tmp_path / "d", named)
    assert len({before, red, blue}) == 3
    assert after == before
    assert not any(b"CANARY" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
