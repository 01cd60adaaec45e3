"""Whatever is made from a clip with somebody in it asks them again, named or not, by every way there is on each platform."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.story.people import asks_of, claimed, clips_with, lends, shown
from tests.story.stages import OnDiscord, OnTelegram, OnThePage, Stage, on_discord, on_telegram, on_the_page
from tests.town import Town, town_in
from tests.waiting import until
from walkon.agreement import standing_in
from walkon.bot import agreeing
from walkon.consent.asking import Consent
from walkon.consent.likeness import Part
from walkon.library.clips import Clip, ClipState
from walkon.scene.codec import decode

NEW = "a dog surfs a wave"
"""Nobody is named in it."""

Way = Callable[[Stage, Clip], Awaitable[object]]


def _message(stage: OnDiscord) -> object:
    return next(one for one in stage.discord.messages() if one.files)


async def by_slash(stage: Stage, clip: Clip, command: str = "remix") -> None:
    assert isinstance(stage, OnDiscord)
    words = {"words": NEW} if command != "vary" else {}
    await stage.discord.slash(command, {"clip": clip.id, **words}, user=stage.people["Eve"])


async def by_menu(stage: Stage, clip: Clip) -> None:
    assert isinstance(stage, OnDiscord)
    opened = await stage.discord.menu("Remix this clip", _message(stage), user=stage.people["Eve"])  # type: ignore[arg-type]
    await stage.discord.submit(opened, NEW)


async def by_discord_button(stage: Stage, clip: Clip, button: str) -> None:
    assert isinstance(stage, OnDiscord)
    token = stage.town.house.seal.put_on(f"w1:{button}:{clip.id}")
    pressed = await stage.discord.press(_message(stage), token, user=stage.people["Eve"])  # type: ignore[arg-type]
    if pressed.modal:
        await stage.discord.submit(pressed, NEW)


async def by_loop(stage: Stage, clip: Clip) -> None:
    assert isinstance(stage, OnDiscord)
    await stage.discord.react(_message(stage), "🔁", user=stage.people["Eve"])  # type: ignore[arg-type]


async def by_typing(stage: Stage, clip: Clip, words: str = "/remix {} " + NEW) -> None:
    assert isinstance(stage, OnTelegram)
    await stage.double.message(stage.club, stage.people["Eve"], words.format(clip.id))


async def by_reply(stage: Stage, clip: Clip) -> None:
    assert isinstance(stage, OnTelegram)
    card = next(one for one in stage.club.from_bot if one.video)
    await stage.double.message(stage.club, stage.people["Eve"], f"/remix {NEW}", reply_to_message=card.json())


async def by_telegram_button(stage: Stage, clip: Clip) -> None:
    assert isinstance(stage, OnTelegram)
    card = next(one for one in stage.club.from_bot if one.video)
    await stage.double.press(card, stage.town.house.seal.put_on(f"w1:vary:{clip.id}"), stage.people["Eve"])


async def by_answer(stage: Stage, clip: Clip) -> None:
    assert isinstance(stage, OnTelegram)
    card = next(one for one in stage.club.from_bot if one.video)
    await stage.double.press(card, stage.town.house.seal.put_on(f"w1:remix:{clip.id}"), stage.people["Eve"])
    await stage.double.until(lambda: any(one.forces_reply for one in stage.club.from_bot))
    question = next(one for one in stage.club.from_bot if one.forces_reply)
    await stage.double.message(stage.club, stage.people["Eve"], NEW, reply_to_message=question.json())


async def by_inline(stage: Stage, clip: Clip) -> None:
    assert isinstance(stage, OnTelegram)
    ana = stage.people["Ana"]
    listed = await stage.double.query(ana, f"#{clip.id} {NEW}")
    await stage.double.choose(ana, listed, next(one["id"] for one in listed["results"] if one["type"] == "article"))


async def by_page(stage: Stage, clip: Clip, words: str = "remix {} " + NEW) -> None:
    assert isinstance(stage, OnThePage)
    await stage.types("Eve", words.format(clip.id))


async def by_page_button(stage: Stage, clip: Clip) -> None:
    assert isinstance(stage, OnThePage)
    card = await stage._found("Eve", lambda message: "video" in message["card"])
    await stage._press("Eve", card, "Another take")


Set = Callable[[Town, Path], AbstractAsyncContextManager[Stage]]

WAYS: dict[str, tuple[Set, Way]] = {
    "discord /sora remix": (on_discord, by_slash),
    "discord /sora vary": (on_discord, partial(by_slash, command="vary")),
    "discord menu of the message": (on_discord, by_menu),
    "discord button Remix": (on_discord, partial(by_discord_button, button="remix")),
    "discord button Another take": (on_discord, partial(by_discord_button, button="vary")),
    "discord reaction": (on_discord, by_loop),
    "telegram /remix": (on_telegram, by_typing),
    "telegram /vary": (on_telegram, partial(by_typing, words="/vary {}")),
    "telegram reply": (on_telegram, by_reply),
    "telegram button Remix": (on_telegram, by_answer),
    "telegram button Another take": (on_telegram, by_telegram_button),
    "page /sora remix": (on_the_page, by_page),
    "page /sora vary": (on_the_page, partial(by_page, words="vary {}")),
    "page button Another take": (on_the_page, by_page_button),
}
REMIXABLE = Consent(parts=frozenset({Part.FACE}), covers_remix=True)


@pytest.fixture(params=WAYS)
async def scene(request: pytest.FixtureRequest, town: Town, tmp_path: Path) -> AsyncIterator[tuple[Stage, Way]]:
    on_stage, way = WAYS[request.param]
    async with on_stage(town, tmp_path) as stage:
        yield stage, way


async def made(town: Town, stage: Stage, clip: Clip) -> Clip:
    """What was made from the clip, once it is asked for."""

    async def newest() -> Clip | None:
        return next((one for one in await clips_with(town, stage) if one.parent == clip.id), None)

    found = await until(newest)
    assert isinstance(found, Clip)
    return found


async def test_whoever_is_in_it_is_asked_again(town: Town, scene: tuple[Stage, Way], tmp_path: Path) -> None:
    stage, way = scene
    await lends(town, stage)
    clip = await shown(town, stage, tmp_path)
    await way(stage, clip)
    new = await made(town, stage, clip)
    assert new.state is ClipState.WAITING
    assert new.asker.id == stage.account["Eve"]
    assert [ask.owner for ask in await asks_of(town, new)] == [stage.account["Lea"]]
    assert await claimed(town) is None


@pytest.mark.parametrize("way", ["discord reaction", "telegram reply", "page button Another take"])
async def test_unless_their_yes_covers_remixes(town: Town, tmp_path: Path, way: str) -> None:
    on_stage, make = WAYS[way]
    async with on_stage(town, tmp_path) as stage:
        await lends(town, stage)
        clip = await shown(town, stage, tmp_path, REMIXABLE)
        await make(stage, clip)
        new = await made(town, stage, clip)
        assert (new.state, await asks_of(town, new)) == (ClipState.PROMISED, [])
        await agreeing.take_back(town.house, stage.account["Lea"], [clip.id])
        assert (await made(town, stage, clip)).state is ClipState.TAKEN_DOWN


async def test_a_remix_typed_in_another_chat_asks_again_and_for_that_chat(town: Town, tmp_path: Path) -> None:
    async with on_telegram(town, tmp_path, inline=True) as stage:
        await lends(town, stage)
        clip = await shown(town, stage, tmp_path, REMIXABLE)
        await by_inline(stage, clip)
        new = await made(town, stage, clip)
        assert new.place.elsewhere
        assert new.state is ClipState.WAITING
        assert [ask.place for ask in await asks_of(town, new)] == [new.place.scope]


EXTENDING: dict[str, tuple[Set, Way]] = {
    "discord": (on_discord, partial(by_slash, command="extend")),
    "telegram": (on_telegram, partial(by_typing, words="/extend {} " + NEW)),
    "page": (on_the_page, partial(by_page, words="extend {} " + NEW)),
}


@pytest.mark.parametrize("platform", EXTENDING)
async def test_a_clip_that_goes_on_asks_again_and_takes_up_no_picture_before(tmp_path: Path, platform: str) -> None:
    on_stage, way = EXTENDING[platform]
    async with town_in(tmp_path, lane="diffusers") as town, on_stage(town, tmp_path) as stage:
        await lends(town, stage)
        clip = await shown(town, stage, tmp_path)
        await way(stage, clip)
        new = await made(town, stage, clip)
        assert new.state is ClipState.WAITING
        scene = decode(new.scene)
        assert (scene.people, scene.built_on and scene.built_on.clip) == ((), clip.id)
        assert [ask.owner for ask in await asks_of(town, new)] == [stage.account["Lea"]]
        drawn = await town.house.database.read(lambda tx: standing_in(tx, new))
        assert drawn.built_on is None
