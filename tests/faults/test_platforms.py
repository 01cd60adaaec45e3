"""The whole of walkon in its own process, real discord.py and python-telegram-bot, and platforms that have a bad day."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.doubles.discord.double import TOKEN as DISCORD_TOKEN
from tests.doubles.discord.double import DiscordDouble
from tests.doubles.discord.faults import How
from tests.doubles.telegram.double import TOKEN as TELEGRAM_TOKEN
from tests.doubles.telegram.double import TelegramDouble, telegram_double
from tests.faults.conftest import Host, Visitor, Walkon
from tests.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

WORDS = "a dog runs 1:1 2s"
MP4 = b"ftyp"


@dataclass
class City:
    """Both platforms and a host whose walkon is pointed at them."""

    host: Host
    discord: DiscordDouble
    telegram: TelegramDouble

    async def start(self, *verb: str, page: bool = True, **settings: str) -> Walkon:
        usual = {
            "WALKON_DISCORD__TOKEN": DISCORD_TOKEN,
            "WALKON_DISCORD__API_URL": self.discord.api_url,
            "WALKON_TELEGRAM__TOKEN": TELEGRAM_TOKEN,
            "WALKON_TELEGRAM__API_URL": self.telegram.url,
        }
        return await self.host.start(*verb, page=page, **{**usual, **settings})

    async def connected(self) -> None:
        await until(lambda: self.discord.gateway.connected and self.telegram.polling, 60)

    def telegram_clips(self, chat: object) -> list[bytes]:
        return [message.video for message in self.telegram.messages(chat) if message.video]  # type: ignore[arg-type]


@pytest.fixture
async def city(host: Host) -> AsyncIterator[City]:
    async with DiscordDouble() as discord, telegram_double() as telegram:
        made = City(host, discord, telegram)
        yield made
        await host.close()
    assert discord.violations == []
    assert telegram.violations == []


async def test_one_walkon_serves_all_three_and_each_clip_comes_back_where_it_was_asked_for(city: City) -> None:
    walkon = await city.start()
    await city.connected()
    tom = city.telegram.user("Tom")
    chat = city.telegram.private(tom)
    async with Visitor(walkon.address, "Léa") as page:
        await city.discord.slash("prompt", {"prompt": WORDS})
        await city.telegram.message(chat, tom, f"/prompt {WORDS}")
        await page.say(f"/sora prompt {WORDS}")
        await page.until(lambda page: page.clips())
        await until(lambda: city.discord.clips() and city.telegram_clips(chat), 60)
    assert [clip[4:8] for clip in city.discord.clips() + city.telegram_clips(chat)] == [MP4, MP4]
    assert len(city.discord.messages()) == 1
    assert await walkon.stop() == 0


async def test_every_kind_of_fault_on_the_way_and_each_clip_is_seen_once(city: City) -> None:
    walkon = await city.start()
    await city.connected()
    tom = city.telegram.user("Tom")
    chat = city.telegram.private(tom)
    for how in (How.THROTTLE, How.REFUSE, How.ACCEPT_THEN_500, How.RESET_MID_UPLOAD):
        city.discord.fail_next("*", how, retry_after_s=0.2)
        await city.discord.slash("prompt", {"prompt": WORDS}, wait=False)
    for fault in ("429", "500", "accept_then_500", "reset_mid_upload"):
        city.telegram.fail_next("editMessageMedia", fault)
        await city.telegram.message(chat, tom, f"/prompt {WORDS}")
    await until(lambda: len(city.discord.clips()) == 4 and len(city.telegram_clips(chat)) == 4, 180)
    assert await walkon.stop() == 0
    assert len(city.discord.clips()) == 4 and len(city.telegram_clips(chat)) == 4


async def test_killed_while_clips_are_owed_on_both_platforms_each_arrives_once(city: City) -> None:
    walkon = await city.start()
    await city.connected()
    tom = city.telegram.user("Tom")
    chat = city.telegram.private(tom)
    for _ in range(4):
        await city.discord.slash("prompt", {"prompt": WORDS})
        await city.telegram.message(chat, tom, f"/prompt {WORDS}")
    await walkon.kill_tree()
    again = await city.start()
    await until(lambda: len(city.discord.clips()) == 4 and len(city.telegram_clips(chat)) == 4, 180)
    assert await again.stop() == 0
    assert len(city.discord.messages()) == 4
    # Telegram knows no idempotency key: a first answer sent in the very moment of the kill may stay behind as words, never as a clip.
    assert len(city.telegram_clips(chat)) == 4


async def test_one_platforms_outage_leaves_the_others_working_and_is_made_good(city: City) -> None:
    walkon = await city.start()
    await city.connected()
    tom = city.telegram.user("Tom")
    chat = city.telegram.private(tom)
    await city.telegram.message(chat, tom, f"/prompt {WORDS}")
    city.telegram.outage(True)
    await city.discord.slash("prompt", {"prompt": WORDS})
    await until(city.discord.clips, 60)
    assert city.telegram_clips(chat) == []
    city.telegram.outage(False)
    await until(lambda: city.telegram_clips(chat), 120)
    assert await walkon.stop() == 0


async def test_a_gateway_that_refuses_at_first_and_drops_later_loses_no_command(city: City) -> None:
    city.discord.gateway.refuse(2)
    walkon = await city.start()
    await city.connected()
    await city.discord.gateway.drop(resume=True)
    await city.connected()
    await city.discord.slash("prompt", {"prompt": WORDS})
    await until(city.discord.clips, 60)
    assert await walkon.stop() == 0


async def test_two_hundred_people_at_once_on_discord_are_all_answered_and_nobody_is_pinged(city: City) -> None:
    walkon = await city.start("bot", page=False)
    await city.connected()
    people = [city.discord.user(f"person {number}") for number in range(200)]
    asked = [await city.discord.slash("prompt", {"prompt": f"@everyone {WORDS}"}, user=one, wait=False) for one in people]
    await until(lambda: all(one.whole for one in asked), 200)
    assert len(city.discord.messages()) == 200
    assert not any(message.notified for message in city.discord.messages())
    assert await walkon.stop() == 0


@pytest.mark.parametrize("platform", ["discord", "telegram"])
async def test_a_wrong_token_is_one_line_with_the_platforms_name_and_never_the_token(city: City, platform: str) -> None:
    wrong = "123456789:AAwrong-wrong-wrong-wrong-wrong-wrong" if platform == "telegram" else "wrong.wrong.wrongwrongwrongwrong"
    walkon = await city.start(page=False, **{f"WALKON_{platform.upper()}__TOKEN": wrong})
    assert await walkon.process.wait() == 2
    said = walkon.log.read_text()
    assert said.count("\n") == 1 and platform in said and wrong not in said
