"""Lea, who lends her face and voice, and the clips that she is in, whatever the platform."""

from dataclasses import replace
from pathlib import Path

from tests.bot.platforms.telegram.conftest import stored_clip
from tests.story.stages import Stage
from tests.town import FINISHED, Town
from tests.waiting import until
from walkon.bot import agreeing
from walkon.consent import tables as consent
from walkon.consent.asking import Ask, Consent
from walkon.consent.likeness import Likeness, Part
from walkon.library import tables
from walkon.library.clips import Clip
from walkon.queue.port import Lease
from walkon.types.ids import ClipId, LikenessId, WorkerId, new_long_id

FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40
WORDS = "{} surfs a wave"
YES = Consent(parts=frozenset({Part.FACE}))


async def lends(town: Town, stage: Stage, name: str = "Lea", **rules: object) -> Likeness:
    """That person lends a likeness."""
    now, facts = town.clock.now(), {"parts": frozenset(Part), **rules}
    owner, id = stage.account[name], LikenessId(new_long_id())
    likeness = Likeness(id=id, owner=owner, handle=name.lower(), name=name, enrolled_at=now, used_at=now, **facts)  # type: ignore[arg-type]
    await town.house.database.write(lambda tx: town.house.decider.enrol(tx, likeness, now))
    return likeness


async def clips_with(town: Town, stage: Stage, name: str = "Lea") -> list[Clip]:
    """Every clip that person is in, in the order they were asked for."""

    async def found(tx):  # type: ignore[no-untyped-def]
        ids, _ = await consent.appearances_of(tx, stage.account[name], limit=50)
        return [clip for id in ids if (clip := await tables.get(tx, id))]

    return sorted(await town.house.database.read(found), key=lambda clip: clip.asked_at)


async def clip_with(town: Town, stage: Stage, name: str = "Lea") -> Clip:
    """The one clip that person is in, as it is now."""
    [clip] = await clips_with(town, stage, name)
    return clip


async def asks_of(town: Town, clip: Clip) -> list[Ask]:
    """Every question about a clip."""
    return list(await town.house.database.read(lambda tx: consent.asks_of(tx, clip.id)))


async def asked(town: Town, stage: Stage, words: str = WORDS) -> Clip:
    """Ana asks for a clip with Lea, and the question stands in the chat."""
    await stage.prompts("Ana", words, "Lea")
    assert "may Ana put you in a clip?" in await stage.question()
    return (await clips_with(town, stage))[-1]


async def agreed(town: Town, stage: Stage, given: Consent = YES) -> Clip:
    """The same, and Lea has said yes."""
    clip = await asked(town, stage)
    [ask] = await asks_of(town, clip)
    await agreeing.approve(town.house, ask.id, ask.owner, given)
    return clip


async def claimed(town: Town) -> Lease | None:
    """What a worker that nobody has seen before gets to do."""
    number = next(town.numbers)
    return await town.house.queue.claim(WorkerId(f"w{number}"), claim_id=str(number), lanes=[town.house.lane])


async def finish(town: Town, lease: Lease, folder: Path) -> None:
    """The leased clip is rendered."""
    kept = await stored_clip(town.house.media, folder, FILM)
    film = replace(FINISHED, video=kept.video, poster=kept.poster, captions=kept.captions, bytes=len(FILM))
    await town.finish(lease, film)


async def shown(town: Town, stage: Stage, folder: Path, given: Consent = YES) -> Clip:
    """A clip with Lea, who agreed, stands in the chat."""
    clip = await agreed(town, stage, given)
    lease = await until(lambda: claimed(town))
    await finish(town, lease, folder)  # type: ignore[arg-type]
    await stage.clip()
    return clip


async def now(town: Town, id: ClipId) -> Clip:
    """The clip as it is."""
    clip = await town.house.database.read(lambda tx: tables.get(tx, id))
    assert clip
    return clip
