"""`/sora prompt`: what is accepted is on disk and in line before anybody is told so."""

from dataclasses import replace

import pytest

from tests.town import Town
from walkon.bot.cards import plain
from walkon.bot.files import Attachment
from walkon.queue.port import JobState
from walkon.scene.codec import decode
from walkon.store import outbox
from walkon.types.ids import WorkerId, render_job
from walkon.types.people import Locale
from walkon.types.scene import MAX_PROMPT, Aspect

CAT = 'a cat does a backflip on a skateboard, "watch this!" says the cat'


async def test_the_answer_shows_the_words_and_a_place_in_line(town: Town) -> None:
    reply = await town.say("Ana", "prompt", prompt=CAT)
    assert not reply.private
    assert reply.card.words == CAT
    assert plain(reply.card.head).startswith("Got it. Next")


async def test_the_clip_the_message_and_the_job_exist_when_the_answer_is_given(town: Town) -> None:
    reply = await town.say("Ana", "prompt", prompt=CAT)
    clip = await town.clip(reply)
    view = await town.house.queue.view(render_job(clip.id))
    async with town.house.database.reading() as tx:
        row = await outbox.row(tx, str(reply.post))
    assert view and view.state is JobState.QUEUED
    assert row and row.subject == clip.id


async def test_options_reach_the_scene(town: Town) -> None:
    reply = await town.say("Ana", "prompt", prompt=CAT, seconds=8, aspect="9:16", seed=42)
    scene = decode((await town.clip(reply)).scene)
    assert (scene.seconds, scene.aspect, scene.seed) == (8, Aspect.TALL, 42)


async def test_the_same_event_twice_is_one_clip(town: Town) -> None:
    first = await town.say("Ana", "prompt", event="web:same", prompt=CAT)
    again = await town.say("Ana", "prompt", event="web:same", prompt=CAT)
    assert first.card.clip == again.card.clip
    assert (await town.house.queue.stats()).queued == 1


async def test_an_event_that_comes_again_after_its_answer_stands_says_where(town: Town) -> None:
    first = await town.say("Ana", "prompt", event="web:same", prompt=CAT)
    await town.router.answered(str(first.post), first.revision, '{"message": 7}')
    assert first.ref is None
    assert (await town.say("Ana", "prompt", event="web:same", prompt=CAT)).ref == '{"message": 7}'


async def test_without_a_seed_every_clip_has_its_own(town: Town) -> None:
    seeds = {decode((await town.clip(await town.say("Ana", "prompt", prompt=CAT))).scene).seed for _ in range(3)}
    assert len(seeds) == 3


@pytest.mark.parametrize("words", ["", "   ", "\u200b\u202e"])
async def test_no_words_are_refused_in_private_with_an_example(town: Town, words: str) -> None:
    reply = await town.say("Ana", "prompt", prompt=words)
    assert reply.private and "backflip" in plain(reply.card.head)
    assert (await town.house.queue.stats()).queued == 0


async def test_too_many_words_are_refused_with_both_numbers(town: Town) -> None:
    reply = await town.say("Ana", "prompt", prompt="x" * 10_001)
    assert reply.private and "10001" in plain(reply.card.head) and "10000" in plain(reply.card.head)


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [("seconds", "sixty", "2-20"), ("seconds", 900, "2-20"), ("aspect", "sixteen by nine", "16:9"), ("seed", -1, "0-4294967295")],
)
async def test_an_absurd_option_is_refused_with_what_would_pass(town: Town, option: str, value: object, allowed: str) -> None:
    reply = await town.say("Ana", "prompt", prompt=CAT, **{option: value})
    assert reply.private and allowed in plain(reply.card.head)


async def test_a_full_line_is_refused_with_a_time_and_promises_nothing(town: Town) -> None:
    for number in range(50):
        await town.say(f"Ana {number % 5}", "prompt", prompt=CAT)
    reply = await town.say("Tom", "prompt", prompt=CAT)
    assert reply.private and "The line is full" in plain(reply.card.head)
    queue = await town.say("Tom", "queue")
    assert "Nothing of yours" in plain(queue.card.head)


async def test_somebody_with_many_clips_in_work_is_told_so_and_others_are_not(town: Town) -> None:
    for _ in range(20):
        await town.say("Ana", "prompt", prompt=CAT)
    reply = await town.say("Ana", "prompt", prompt=CAT)
    assert reply.private and "You have 20 clips in work" in plain(reply.card.head)
    assert not (await town.say("Tom", "prompt", prompt=CAT)).private


async def test_a_prompt_never_pings_anybody_but_its_asker(town: Town) -> None:
    reply = await town.say("Ana", "prompt", prompt="@everyone <@123> look at <@&9>")
    assert reply.card.pings <= {"web:Ana"}


async def test_people_take_turns(town: Town) -> None:
    for _ in range(5):
        await town.say("Ana", "prompt", prompt=CAT)
    await town.say("Tom", "prompt", prompt=CAT)
    claimed = [(await town.claim()).job.person for _ in range(3)]
    assert town.house.keys.person_key(town.person("Tom").id) in claimed[:2]


async def test_clips_of_several_people_may_be_given_to_a_worker_with_room_in_one_claim(town: Town) -> None:
    for name in ("Ana", "Tom", "Eve"):
        await town.say(name, "prompt", prompt=CAT)
    leases = await town.house.queue.claim_batch(WorkerId("w"), claim_id="c", lanes=[town.house.lane], most=3)
    assert len({lease.job.person for lease in leases}) == 3


async def test_a_file_is_not_looked_into_and_its_sender_is_told(town: Town) -> None:
    holiday = Attachment(name="holiday.mp4", content_type="image/png", size=61_000_000, url="telegram:AgAD")
    reply = await town.say("Ana", "prompt", prompt=CAT, file=holiday)
    assert reply.private and "without the file" in plain(reply.card.head)
    assert (await town.house.queue.stats()).queued == 0


@pytest.mark.parametrize(
    "words", ["a" * 1_000_000, "e" + "\u0301" * 10_000, "\u202e\u2066" * 500, "\0" * 2_000, "\ud800 a cat \udfff", "\ufdfa" * 5_000]
)
async def test_attack_59_words_without_measure_or_sense_are_bounded_and_break_nothing(town: Town, words: str) -> None:
    reply = await town.say("Ana", "prompt", prompt=words)
    assert "broke" not in plain(reply.card.head)
    if reply.post:
        assert len((await town.clip(reply)).prompt.encode()) <= 4 * MAX_PROMPT
    else:
        assert reply.private and sum(len(plain(line)) for line in (reply.card.head, *reply.card.body)) < 1_000


async def test_options_may_stand_in_the_words_and_a_slip_among_them_is_refused_with_what_would_pass(town: Town) -> None:
    scene = decode((await town.clip(await town.say("Ana", "prompt", prompt="a cat runs 9:16 8s seed 42"))).scene)
    assert (scene.seconds, scene.aspect, scene.seed, scene.unknown) == (8, Aspect.TALL, 42, ())
    refused = await town.say("Ana", "prompt", prompt="a cat runs 4:3 8s")
    assert plain(refused.card.head) == "‹4:3› – for aspect I know: 16:9, 9:16, 1:1."


async def test_where_walkon_may_not_post_a_clip_nothing_is_started_and_the_right_is_named(town: Town) -> None:
    clip = await town.finished("Ana", "a cat runs")
    asked = replace(town.said("Ana", "prompt", prompt="a dog runs"), lacks=("attach_files",))
    for locale, words in ((Locale.EN, "Attach Files"), (Locale.FR, "Joindre des fichiers")):
        reply = await town.router.command(replace(asked, person=town.person("Ana", locale)))
        assert words in plain(reply.card.head) and reply.private and reply.post is None
    assert "Attach Files" in plain(
        (await town.router.command(replace(town.said("Tom", "vary", clip=clip.id), lacks=asked.lacks))).card.head
    )
    assert (await town.house.queue.stats()).queued == 0
