"""Eve looks after Lea's account: linked, asked second, and not to be got round, on each platform, with the real adapters."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.story.stages import Stage
from tests.story.test_a_friend_in_a_clip import STAGES, claimed, lends, until_said
from tests.town import Town
from tests.waiting import until
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
