"""Eve looks after Lea's account: linked, asked second, and not to be got round, on each platform, with the real adapters."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.story.people import finish
from tests.story.stages import Stage
from tests.story.test_a_friend_in_a_clip import STAGES, claimed, lends, until_said
from tests.town import Town
from tests.waiting import until
from walkon.bot import agreeing
from walkon.store import outbox
from walkon.store.outbox import OutboxKind


@pytest.fixture(params=STAGES)
async def stage(request: pytest.FixtureRequest, town: Town, tmp_path: Path) -> AsyncIterator[Stage]:
    async with STAGES[request.param](town, tmp_path) as stage:
        yield stage


async def linked(town: Town, stage: Stage) -> None:
    """Eve asks for a code, Lea shows it and agrees, Eve confirms."""
    given = await stage.types("Eve", f"guardian link {town.clock.now().year + 3}-06-01")
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", given)
    assert code
    assert "wants to look after this account" in await stage.types("Lea", f"guardian link {code[0]}")
    assert "Agreed." in await stage.presses("Lea", "I agree")
    assert "the account to look after?" in await stage.types("Eve", "guardian link")
    assert "Done." in await stage.presses("Eve", "That is the account")


async def asked(town: Town, stage: Stage) -> None:
    await lends(town, stage, "Lea")
    await stage.prompts("Ana", "{} surfs a wave", "Lea")
    assert "may Ana put you in a clip?" in await stage.question()


async def written_to_eve(town: Town) -> bool:
    """Whether the guardian's own message stands in her chat."""
    async with town.house.database.reading() as tx:
        seconds = await outbox.rows_of(tx, outbox.OUTBOX.c.kind == OutboxKind.SECOND)
    return any(row.ref for row in seconds)


async def test_lea_says_yes_and_then_eve_and_nobody_else_reads_of_eve(town: Town, stage: Stage) -> None:
    await linked(town, stage)
    await asked(town, stage)
    assert "Nothing waits" in await stage.types("Eve", "guardian approve")
    await stage.answers("Lea", yes=True)
    await until(lambda: written_to_eve(town))
    assert "1 waiting" in await stage.types("Eve", "guardian approve")
    assert await claimed(town) is None
    assert "may Ana put you in a clip?" in await stage.question()
    assert "said yes to this. Do you too?" in await stage.presses("Eve", "Look at 1")
    assert "thank you" in await stage.presses("Eve", "Approve")
    assert await until(lambda: claimed(town))


async def test_leas_no_is_enough_and_eve_is_not_told(town: Town, stage: Stage) -> None:
    await linked(town, stage)
    await asked(town, stage)
    await stage.answers("Lea", yes=False)
    await until_said(stage, "Lea", "cameo requests", "Nobody is asking")
    assert "Nothing waits" in await stage.types("Eve", "guardian approve")
    assert await claimed(town) is None


async def test_attack_21_lea_cannot_end_it_nor_lift_a_limit_and_eve_can(town: Town, stage: Stage) -> None:
    await linked(town, stage)
    for words in ("guardian end", "guardian limits seconds 900"):
        assert "Only your guardian" in await stage.types("Lea", words)
    assert "60 s of clips a day" in await stage.types("Lea", "guardian limits")
    assert "20 s of clips a day" in await stage.types("Eve", "guardian limits seconds 20")
    assert "20 s of clips a day" in await stage.types("Lea", "guardian limits")
    assert "Ended." in await stage.types("Eve", "guardian end")
    assert "You look after no such account" in await stage.types("Lea", "guardian limits")


async def test_attack_21_a_code_that_another_showed_links_lea_to_nobody(town: Town, stage: Stage) -> None:
    given = await stage.types("Eve", f"guardian link {town.clock.now().year + 3}-06-01")
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", given)
    assert code
    assert "wants to look after" in await stage.types("Ana", f"guardian link {code[0]}")
    assert "Agreed." in await stage.presses("Ana", "I agree")
    assert "no good" in await stage.types("Lea", f"guardian link {code[0]}")
    assert stage.account["Ana"] in await stage.types("Eve", "guardian link")
    assert "no good" in await stage.types("Lea", "guardian link AAAA-AAAA")
    await asked(town, stage)
    await stage.answers("Lea", yes=True)
    assert await until(lambda: claimed(town))


async def test_attack_21_at_18_the_question_is_leas_alone_again(town: Town, stage: Stage) -> None:
    await linked(town, stage)
    birthday = datetime(town.clock.now().year + 3, 6, 1, tzinfo=UTC)
    town.clock.pass_s((birthday - town.clock.now()).total_seconds() - 3600)
    await asked(town, stage)
    await stage.answers("Lea", yes=True)
    await until(lambda: written_to_eve(town))
    town.clock.pass_s(3600)
    assert "Nothing waits" in await stage.types("Eve", "guardian approve")
    await agreeing.expire_due(town.house)
    assert await claimed(town) is None
    assert "1 asking" in await stage.types("Lea", "cameo requests")
    await stage.presses("Lea", "Look at 1")
    assert "thank you" in await stage.presses("Lea", "Approve")
    assert await until(lambda: claimed(town))


async def test_eve_takes_back_a_yes_and_the_clip_that_stands_comes_down(town: Town, stage: Stage, tmp_path: Path) -> None:
    await linked(town, stage)
    await asked(town, stage)
    await stage.answers("Lea", yes=True)
    await until(lambda: written_to_eve(town))
    await stage.types("Eve", "guardian approve")
    await stage.presses("Eve", "Look at 1")
    await stage.presses("Eve", "Approve")
    await finish(town, await until(lambda: claimed(town)), tmp_path)  # type: ignore[arg-type]
    await stage.clip()
    assert "surfs a wave" in await stage.types("Eve", "guardian revoke")
    assert "1 finished and comes down" in await stage.presses("Eve", "Take back ")
    assert "1 taken down" in await stage.presses("Eve", "Take back")
    assert "surfs" not in await stage.gone()
