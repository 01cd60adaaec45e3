"""Commands and presses arrive, and are answered well inside Discord's three seconds."""

import json

from tests.bot.platforms.discord.conftest import Town, promised, told_privately
from tests.waiting import until
from walkon.types.people import Locale


async def test_a_prompt_is_answered_at_once_with_its_card(town: Town) -> None:
    answer = await town.discord.slash("prompt", {"prompt": "a cat", "seconds": 5})
    assert answer.answered_after_s is not None and answer.answered_after_s < 3
    assert not answer.deferred and not answer.message.ephemeral
    assert answer.message.text == "### Got it. In line\n> a cat"
    assert answer.message.buttons == {"Cancel": "w1:cancel:7KQ2M9", "Details": "w1:details:7KQ2M9"}
