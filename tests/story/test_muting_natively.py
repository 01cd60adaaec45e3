"""A mute with the platform's own means, typed and seen by people on the real adapters, and taken back by its button."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.doubles.telegram.world import BOT
from tests.story.stages import OnDiscord, OnTelegram, on_discord, on_telegram
from tests.town import Town
from tests.waiting import until
from walkon.bot.router import Router
from walkon.telemetry import build_metrics

MODERATE = 1 << 40


def begin(town: Town) -> None:
    """What a platform says is waited for, however busy the machine is; and platforms have no other clock than the machine's."""
    town.house = replace(town.house, native_wait_s=60)
    town.router = Router(town.house, town.router._commands, build_metrics())
    town.clock.pass_s((datetime.now(UTC) - town.clock.now()).total_seconds())


async def test_on_discord_a_moderator_mutes_and_times_out_and_undo_takes_back_both(town: Town, tmp_path: Path) -> None:
    begin(town)
    async with on_discord(town, tmp_path) as stage:
        assert isinstance(stage, OnDiscord)
        discord, guild = stage.discord, stage.discord.guild
        mo, lea = discord.user("Mo", permissions=MODERATE), stage.people["Lea"]
        guild.give(mo, MODERATE, position=3)
        guild.give(discord.world.me, MODERATE, position=5)
        options = {"deed": "mute", "person": lea, "duration": "2h", "reason": "spam", "native": True}
        answer = await discord.slash("mod", options, user=mo)
        await until(lambda: lea.id in guild.timeouts and answer.message.text)
        assert answer.message.ephemeral and "Lea is muted here for 2 h" in answer.message.text
        assert guild.audit == ["Lea timeout: walkon mute 2h by @Mo: spam (#1)"]
        refused = await discord.slash("prompt", {"prompt": "a cat"}, user=lea)
        assert "You're muted here until" in refused.message.text and "Ask for a second look" in refused.message.buttons
        await discord.press(answer.message, answer.message.buttons["Undo"], user=mo)
        await until(lambda: lea.id not in guild.timeouts)
        heard = await discord.slash("help", user=lea)
        assert "muted" not in heard.message.text


async def test_on_telegram_an_administrator_mutes_by_reply_and_restricts_and_unmute_takes_back_both(town: Town, tmp_path: Path) -> None:
    begin(town)
    async with on_telegram(town, tmp_path) as stage:
        assert isinstance(stage, OnTelegram)
        double, club, lea = stage.double, stage.club, stage.people["Lea"]
        mo = double.user("Mo")
        club.may_restrict = {BOT.id: True, mo.id: True}
        written = await double.say(club, lea, "spam spam")
        answers = {"reply_to_message": written.json()}
        alone = double.private(mo)
        await double.say(club, mo, "/sora mod mute 2h native:yes too much", **answers)
        await until(lambda: any("Telegram restriction" in one.text for one in alone.from_bot))
        assert "Lea is muted here for 2 h" in alone.from_bot[-1].text and lea.id in club.restricted
        await double.say(club, mo, "/sora mod unmute", **answers)
        await until(lambda: lea.id not in club.restricted)
        await until(lambda: any("is heard here again" in one.text for one in alone.from_bot))
