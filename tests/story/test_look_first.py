"""Whoever is asked may look first: the whole question and a draft with a stand-in, alone, on each platform with the real adapters."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.platforms.telegram.conftest import stored_clip
from tests.story.conftest import Evening
from tests.story.stages import OnDiscord, OnTelegram, OnThePage, Stage, on_discord, on_telegram, on_the_page
from tests.town import FINISHED, Town
from tests.waiting import until
from walkon.agreement import record_stand_in
from walkon.bot.intake import promise
from walkon.consent import tables as consent
from walkon.library.clips import ClipState, Finished
from walkon.library.tables import undrawn
from walkon.scene.parser import parse
from walkon.store import outbox
from walkon.store.outbox import OutboxKind
from walkon.types.ids import ClipId, PersonId
from walkon.types.people import Person
from walkon.types.scene import MAX_PROMPT

LEA = PersonId("web:Lea")
BRIEF = "@lea dances with a dog 1:1 2s"
STAGES = {"discord": on_discord, "telegram": on_telegram, "page": on_the_page}
FILM = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40
LONG = "{} surfs a wave and says “" + "it is a very long day. " * 50 + "”"


@pytest.fixture(params=STAGES)
async def stage(request: pytest.FixtureRequest, town: Town, tmp_path: Path) -> AsyncIterator[Stage]:
    async with STAGES[request.param](town, tmp_path) as stage:
        yield stage


@pytest.fixture
async def draft(town: Town, tmp_path: Path) -> Finished:
    kept = await stored_clip(town.house.media, tmp_path, FILM)
    return replace(FINISHED, video=kept.video, poster=kept.poster, captions=kept.captions, bytes=len(FILM))


async def asked(stage: Stage, words: str = "{} surfs a wave") -> None:
    await stage.prompts("Ana", words, "Lea")
    assert "may Ana put you in a clip?" in await stage.question()


async def draw(town: Town, draft: Finished) -> ClipId:
    """The draft is drawn."""
    [clip] = await town.house.database.read(undrawn)
    await town.house.database.write(lambda tx: record_stand_in(tx, clip.id, draft, town.clock.now()))
    town.house.database.announce()
    return clip.id


async def test_lea_looks_first_and_sees_a_draft_that_nobody_else_sees(town: Town, stage: Stage, draft: Finished) -> None:
    await asked(stage)
    before = await stage.looks("Lea")
    assert "Ana asks: may you be in this clip?" in before.text
    assert "is on its way" in before.text
    assert before.film is None
    await draw(town, draft)
    after = await stage.looks("Lea", film=True)
    assert "nobody's face, nobody's voice" in after.text
    assert after.film == FILM
    for stranger in ("Ana", "Eve"):
        seen = await stage.looks(stranger)
        assert seen.film is None
        assert "This question is for Lea." in seen.text


async def test_what_is_chosen_on_the_sheet_leaves_the_draft_where_it_is(town: Town, stage: Stage, draft: Finished) -> None:
    await asked(stage)
    await draw(town, draft)
    await stage.looks("Lea", film=True)
    chosen = await stage.presses("Lea", "remixes too")
    assert "Ana asks: may you be in this clip?" in chosen
    if isinstance(stage, OnDiscord):
        assert [file.data for file in stage.last.files] == [FILM]
        assert any("☑ remixes too" in label for label in stage.last.buttons)
    if isinstance(stage, OnTelegram):
        assert stage.last.video == FILM
        assert len(stage.last.versions) > 1


async def test_after_the_answer_the_sheet_shows_no_film(town: Town, stage: Stage, draft: Finished) -> None:
    await asked(stage)
    id = await draw(town, draft)
    await stage.looks("Lea", film=True)
    said = await stage.presses("Lea", "Refuse")
    assert "Done" in said
    if isinstance(stage, OnDiscord):
        assert stage.last.files == ()
    if isinstance(stage, OnTelegram):
        assert stage.last.video is None
    asks = await town.house.database.read(lambda tx: consent.asks_of(tx, id))
    assert [ask.state.value for ask in asks] == ["refused"]


async def test_the_words_are_never_cut_for_the_film(town: Town, stage: Stage, draft: Finished) -> None:
    await asked(stage, LONG)
    await draw(town, draft)
    looked = await stage.looks("Lea")
    assert looked.text.count("it is a very long day.") >= 50
    if isinstance(stage, OnTelegram):
        private = stage.double.private(stage.people["Lea"])
        await until(lambda: any(one.video == FILM for one in private.from_bot))
        await stage.presses("Lea", "remixes too")
        assert sum(one.video == FILM for one in private.from_bot) == 1
    else:
        assert looked.film == FILM


async def test_the_question_in_the_chat_never_shows_a_film(town: Town, stage: Stage, draft: Finished) -> None:
    await asked(stage)
    await draw(town, draft)
    if isinstance(stage, OnThePage):
        cards = await stage._cards("Ana")
        assert not any("video" in message["card"] for message in cards)
    else:
        assert not await shown(stage)


async def shown(stage: Stage) -> list[object]:
    if isinstance(stage, OnDiscord):
        return [file for message in stage.discord.messages() for revision in message.revisions for file in revision.files]
    assert isinstance(stage, OnTelegram)
    return [version.video for message in stage.club.from_bot for version in message.versions if version.video]


async def test_the_draft_is_drawn_and_is_to_the_byte_the_film_of_the_same_words_about_nobody(town: Town, evening: Evening) -> None:
    waiting = await promise(town.house, town.said("Ana", "prompt"), parse(BRIEF, people={"@lea": LEA}, seed=3))
    about_nobody = await promise(town.house, town.said("Ana", "prompt"), parse(BRIEF, seed=3))

    async def both() -> tuple[Finished, Finished] | None:
        asked, other = await town.clip(waiting), await town.clip(about_nobody)
        return (asked.draft, other.finished) if asked.draft and other.finished else None

    draft, film = await until(both, 60)  # type: ignore[misc]
    assert draft.film == film.film
    assert draft.captions == film.captions
    assert (await town.clip(waiting)).state is ClipState.WAITING


def longest(word: str) -> str:
    """As many words as a clip may have, the last of them a zebra."""
    return " ".join(["@Lea surfs", *(f"{word}{n}" for n in range(2000))])[: MAX_PROMPT - 20].rsplit(" ", 1)[0] + " and a zebra"


async def put(town: Town) -> bool:
    """Whether the question stands where it was put."""
    return any(row.ref for row in await town.house.database.read(lambda tx: outbox.rows_of(tx, outbox.OUTBOX.c.kind == OutboxKind.ASK)))


@pytest.mark.parametrize("word", ["wave", "*_🌊~*"], ids=["prose", "marks"])
async def test_whoever_is_asked_can_read_the_longest_prompt_to_its_last_word(town: Town, stage: Stage, word: str) -> None:
    words = longest(word)
    said = replace(town.said("Ana", "prompt", prompt=words), mentions={"@Lea": Person(id=stage.account["Lea"], name="Lea")})
    await stage.types("Lea", "cameo requests")  # nobody whom Telegram does not know to have written can be written to
    await town.router.command(said)
    await until(lambda: put(town))
    await stage.types("Lea", "cameo requests")
    seen = [await stage.presses("Lea", "Look at 1")]
    while "More of the words" in " ".join(await stage.labels("Lea")):
        seen.append(await stage.presses("Lea", "More of the words"))
    read = " ".join(seen).replace("\\", "").replace("…", " ").split()
    assert "zebra" in read
    assert set(words.split()[1:]) <= set(read)
    assert all("may you be in this clip?" in one and "it ends at" in one for one in seen)
    if len(seen) > 1:
        await stage.presses("Lea", "remixes too")
        assert "☑ remixes too" in await stage.labels("Lea")
        assert "zebra" not in await stage.presses("Lea", "Back in the words")
        assert "☑ remixes too" in await stage.labels("Lea")
