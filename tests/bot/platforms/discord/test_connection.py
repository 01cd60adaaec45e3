"""The connection to Discord: refused, dropped, resumed, closed for good."""

import asyncio
import logging

import pytest

from tests.bot.platforms.discord.conftest import Town
from tests.doubles.discord.faults import How
from tests.waiting import until
from walkon.bot.port import PlatformDown, TokenRefused
from walkon.types.errors import SetupError


async def test_a_token_that_discord_accepts_passes_the_check(closed_town: Town) -> None:
    await closed_town.platform.check()
    assert len(closed_town.discord.heard("get_my_user")) == 1


@pytest.mark.parametrize("token", ["MTA.some.other-token", "two\nlines", "naïve", "with space"])
async def test_a_wrong_token_is_refused_and_never_logged(closed_town: Town, token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    platform = closed_town.build(token=token)
    for attempt in (platform.check(), platform.serve(closed_town.desk)):
        with pytest.raises(TokenRefused) as refused:
            await attempt
        assert token not in str(refused.value)
    assert token not in caplog.text


async def test_the_token_is_not_in_the_logs_of_a_working_bot(closed_town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with closed_town.open():
        await closed_town.discord.slash("prompt", {"prompt": "a cat"})
        await closed_town.platform.show(closed_town.post(ref=await closed_town.desk.ref()), closed_town.finished())
    assert closed_town.discord.token not in caplog.text


async def test_a_server_that_does_not_answer_is_down(closed_town: Town) -> None:
    platform = closed_town.build(api_url="http://127.0.0.1:9/api/v10")
    with pytest.raises(PlatformDown):
        await platform.check()


async def test_a_server_in_trouble_is_down(closed_town: Town) -> None:
    closed_town.discord.fail_next("get_my_user", How.TIMEOUT)
    closed_town.platform.patience_s = 0.2
    with pytest.raises(PlatformDown):
        await closed_town.platform.check()


async def test_a_gateway_refused_at_the_start_is_down_and_works_when_served_again(closed_town: Town) -> None:
    closed_town.discord.gateway.refuse(1)
    with pytest.raises(PlatformDown):
        await closed_town.platform.serve(closed_town.desk)
    async with closed_town.open():
        answer = await closed_town.discord.slash("prompt", {"prompt": "a cat"})
        assert "Got it" in answer.message.text


@pytest.mark.parametrize("politely", [True, False])
async def test_a_dropped_gateway_is_resumed_and_no_command_is_lost(town: Town, politely: bool) -> None:
    gateway = town.discord.gateway
    await until(lambda: gateway.connected)
    await gateway.drop(resume=True, politely=politely)
    during = [await town.discord.slash("prompt", {"prompt": f"cat {n}"}, wait=False) for n in range(5)]
    await until(lambda: all(interaction.answered for interaction in during))
    assert gateway.resumed == 1 and gateway.identified == 1
    assert len(town.desk.invocations) == 5


async def test_a_session_that_cannot_be_resumed_is_begun_anew(town: Town) -> None:
    gateway = town.discord.gateway
    await until(lambda: gateway.connected)
    await gateway.drop(resume=False)
    await until(lambda: gateway.identified == 2)
    answer = await town.discord.slash("prompt", {"prompt": "a cat"})
    assert "Got it" in answer.message.text


async def test_a_token_that_is_withdrawn_ends_the_service(closed_town: Town) -> None:
    closed_town.discord.gateway.close_next_with(4004)
    with pytest.raises(TokenRefused):
        await closed_town.platform.serve(closed_town.desk)


async def test_refused_intents_are_said_with_their_mend(closed_town: Town) -> None:
    closed_town.discord.gateway.close_next_with(4014)
    with pytest.raises(SetupError, match="Privileged Gateway Intents"):
        await closed_town.platform.serve(closed_town.desk)


async def test_an_answer_under_way_is_finished_before_the_connection_closes(closed_town: Town) -> None:
    closed_town.desk.gate.clear()
    async with closed_town.open():
        interaction = await closed_town.discord.slash("prompt", {"prompt": "a cat"}, wait=False)
        await until(lambda: closed_town.desk.invocations)
        asyncio.get_running_loop().call_soon(closed_town.desk.gate.set)
    assert interaction.answered and closed_town.desk.answers
