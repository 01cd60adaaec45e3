"""Delivery: a placeholder first, then progress, then the clip edited into it, seen exactly once whatever the platform does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.doubles.chat import Chat
from tests.town import Town
from tests.waiting import until
from walkon.bot.cards import plain
from walkon.bot.delivery import Delivery
from walkon.bot.port import NotAllowed, PlatformDown, Throttled, TooLarge
from walkon.queue.port import Progress
from walkon.store import outbox
from walkon.telemetry import build_metrics
from walkon.types.people import Platform


@asynccontextmanager
async def delivering(town: Town, chat: Chat) -> AsyncIterator[None]:
    running = asyncio.create_task(Delivery(chat, town.house, build_metrics()).run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def asked_and_answered(town: Town, chat: Chat, name: str = "Ana") -> str:
    """A prompt whose first answer stands; returns the outbox key."""
    reply = await town.say(name, "prompt", prompt="a dog runs")
    ref = await chat.show_first(str(reply.post), reply.card)
    await town.router.answered(str(reply.post), reply.revision, ref)
    return str(reply.post)


async def settled(town: Town) -> bool:
    async with town.house.database.reading() as tx:
        return await outbox.owed(tx, Platform.WEB) == 0


async def test_the_clip_is_edited_into_the_placeholder(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await asked_and_answered(town, chat)
        await town.finish(await town.claim())
        await until(chat.clips)
    assert len(chat.messages) == 1
    assert plain(chat.clips()[0].head) == "For Ana, your drawn clip"


async def test_progress_is_edited_into_a_placeholder_that_the_platform_itself_has_sent(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await until(lambda: settled(town))
        await asked_and_answered(town, chat)
        lease = await town.claim()
        await town.house.queue.heartbeat(lease, Progress(phase="painting", step=3, steps=9, fraction=0.3))
        await until(lambda: any(card.bar and card.bar.fraction == 0.3 for _, card in chat.history))
    assert len(chat.messages) == 1


async def test_no_progress_edit_comes_after_the_clip(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await asked_and_answered(town, chat)
        lease = await town.claim()
        for step in range(1, 9):
            await town.house.queue.heartbeat(lease, Progress(phase="painting", step=step, steps=9, fraction=step / 9))
        await town.finish(lease)
        await until(chat.clips)
        await until(lambda: settled(town))
    assert chat.history[-1][1].video


@pytest.mark.parametrize(
    "fault", [Throttled(0.01), PlatformDown(Platform.WEB, "500"), PlatformDown(Platform.WEB, "reset in the middle of the upload")]
)
async def test_a_fault_before_the_effect_is_retried_and_the_clip_is_seen_once(town: Town, fault: Exception) -> None:
    chat = Chat()
    await asked_and_answered(town, chat)
    await town.finish(await town.claim())
    chat.faults.extend([fault, fault])
    async with delivering(town, chat):
        await until(lambda: _clock_on(town) and chat.clips())
    assert len(chat.messages) == 1 and len(chat.clips()) == 1


async def test_accepted_and_then_an_error_leaves_one_message(town: Town) -> None:
    chat = Chat()
    await town.say("Ana", "prompt", prompt="a dog runs")
    await town.finish(await town.claim())
    town.clock.pass_s(60)
    chat.faults_after_effect.append(PlatformDown(Platform.WEB, "500"))
    async with delivering(town, chat):
        await until(lambda: _clock_on(town) and settled(town))
    assert len(chat.messages) == 1 and len(chat.clips()) == 1


async def test_a_first_answer_that_was_never_sent_is_sent_by_delivery(town: Town) -> None:
    chat = Chat()
    await town.say("Ana", "prompt", prompt="a dog runs")
    async with delivering(town, chat):
        await until(lambda: chat.messages)


async def test_a_clip_whose_placeholder_was_deleted_is_posted_anew(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await asked_and_answered(town, chat)
        chat.delete(1)
        await town.finish(await town.claim())
        await until(chat.clips)
    assert len(chat.messages) == 1


async def test_a_chat_that_walkon_may_not_write_to_is_given_up_and_others_go_on(town: Town) -> None:
    chat = Chat()
    shut = await town.say("Ana", "prompt", prompt="a dog runs", place=town.place("shut"))
    chat.refuses = lambda post, card: NotAllowed("kicked") if post.place.id == "web:shut" else None
    await asked_and_answered(town, chat, "Tom")
    async with delivering(town, chat):
        await town.finish(await town.claim())
        await town.finish(await town.claim())
        await until(lambda: chat.clips() and settled(town))
    async with town.house.database.reading() as tx:
        assert (await outbox.row(tx, str(shut.post))) is not None
    assert len(chat.clips()) == 1


async def test_a_clip_too_large_for_the_chat_is_said_in_words(town: Town) -> None:
    chat = Chat()
    chat.refuses = lambda post, card: TooLarge() if card.video else None
    async with delivering(town, chat):
        await asked_and_answered(town, chat)
        await town.finish(await town.claim())
        await until(lambda: any("larger than" in plain(line) for _, card in chat.history for line in card.body))


async def test_after_a_long_wait_one_reply_notifies_the_asker(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await asked_and_answered(town, chat)
        town.clock.pass_s(120)
        await town.finish(await town.claim())
        await until(lambda: len(chat.messages) == 2)
        await until(lambda: settled(town))
    note = chat.messages[2]
    assert note.pings == {"web:Ana"} and "is ready" in plain(note.head)
    assert chat.posts[2].follows


async def test_after_a_short_wait_nobody_is_notified_twice(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await asked_and_answered(town, chat)
        await town.finish(await town.claim())
        await until(lambda: chat.clips() and settled(town))
    assert len(chat.messages) == 1


async def test_progress_goes_on_after_a_restart(town: Town) -> None:
    chat = Chat()
    await asked_and_answered(town, chat)
    lease = await town.claim()
    async with delivering(town, chat):
        await until(lambda: any(card.bar for _, card in chat.history))
    await town.house.queue.heartbeat(lease, Progress(phase="painting", step=3, steps=9, fraction=0.5))
    async with delivering(town, chat):
        await until(lambda: any(card.bar and card.bar.fraction == 0.5 for _, card in chat.history))
    assert len(chat.messages) == 1


async def test_a_stopped_clip_says_so_in_its_message(town: Town) -> None:
    chat = Chat()
    async with delivering(town, chat):
        await asked_and_answered(town, chat)
        await town.say("Ana", "cancel")
        await until(lambda: plain(chat.messages[1].head) == "Stopped")


def _clock_on(town: Town) -> bool:
    town.clock.pass_s(1)
    return True


async def test_a_defect_in_one_delivery_is_tried_again_later_and_holds_up_nobody(town: Town) -> None:
    chat = Chat()
    chat.refuses = lambda post, card: RuntimeError("a defect") if post.place.id == "web:odd" else None
    odd = await town.say("Ana", "prompt", prompt="a dog runs", place=town.place("odd"))
    await asked_and_answered(town, chat, "Tom")
    await town.finish(await town.claim())
    await town.finish(await town.claim())
    town.clock.pass_s(60)
    async with delivering(town, chat):
        await until(chat.clips)

        async def waits() -> bool:
            row = await town.house.database.read(lambda tx: outbox.row(tx, str(odd.post)))
            return bool(row and row.attempts)

        await until(waits)
