"""`/sora settings`: what is left."""

from tests.bot.test_limits import limited, refitted, said
from tests.town import Town
from walkon.config import LimitsSection, PersonQuotas, Quotas


async def test_what_is_used_of_each_limit_is_told_in_private(town: Town) -> None:
    town = limited(town, person=PersonQuotas(per_day=10, seconds_per_day=90), place=Quotas(per_hour=60), all=Quotas(energy_wh_per_day=5))
    await town.say("Ana", "prompt", prompt="a cat runs", seconds=4)
    await town.say("Tom", "prompt", prompt="a dog runs", seconds=4)
    reply = await town.say("Ana", "settings")
    assert reply.private
    assert said(reply).splitlines() == [
        "Your limits here, and what is used of them",
        "You: 1 of 3 clips going",
        "You: 1 of 10 clips in the last 24 h",
        "You: 4 of 90 s of video in the last 24 h",
        "This place: 2 of 60 clips in the last hour",
        "This host: 0 of 5 Wh in the last 24 h",
    ]


async def test_where_nothing_is_limited_it_says_so(town: Town) -> None:
    assert said(await town.say("Ana", "settings")) == "There are no limits here."


async def test_quiet_hours_are_told(town: Town) -> None:
    town = refitted(town, limits=LimitsSection(quiet_hours="23:00-07:00"))
    assert "Quiet hours: 23:00-07:00" in said(await town.say("Ana", "settings"))
