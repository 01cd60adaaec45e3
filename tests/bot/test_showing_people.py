"""What stands in a chat of a clip with people: first by their yes, then for as long as nobody takes it back."""

from dataclasses import replace

import pytest

from tests.town import FINISHED
from tests.troupe import LEA, YES, Troupe
from walkon.agreement import record_draft
from walkon.bot import agreeing
from walkon.bot.cards import plain
from walkon.consent.asking import AskClosed
from walkon.consent.likeness import Audience, Topic
from walkon.library.clips import Clip, ClipState, RemovedBy
from walkon.store import outbox
from walkon.types.clock import to_ms


async def touched(troupe: Troupe, clip_id: str) -> None:
    """Something else about the clip changes, so its card is made anew."""
    await troupe.house.database.write(lambda tx: outbox.touch(tx, clip_id, to_ms(troupe.house.clock.now()), urgent=True))


async def stricter(troupe: Troupe) -> None:
    """New rules, as another process would have written them just now."""
    rules = replace(await troupe.likeness(LEA), audience=Audience.ONLY_ME, refused=frozenset(Topic))
    await troupe.house.database.write(lambda tx: troupe.house.decider.change_rules(tx, rules, troupe.house.clock.now()))


async def test_a_clip_everybody_agreed_to_is_shown(troupe: Troupe) -> None:
    await troupe.finished()
    assert await troupe.films_shown() == 1


async def test_rules_that_are_stricter_before_the_first_showing_win(troupe: Troupe) -> None:
    clip = await troupe.finished()
    await stricter(troupe)
    assert await troupe.films_shown() == 0
    assert ((await troupe.now(clip)).state, (await troupe.now(clip)).removed_by) == (ClipState.TAKEN_DOWN, RemovedBy.PERSON)


async def test_rules_that_are_stricter_after_it_leave_what_stands(troupe: Troupe) -> None:
    clip = await troupe.finished()
    assert await troupe.films_shown() == 1
    await stricter(troupe)
    await touched(troupe, clip.id)
    assert await troupe.films_shown() == 1


async def test_a_yes_taken_back_edits_every_post_and_says_nothing_of_the_clip(troupe: Troupe) -> None:
    clip = await troupe.finished("@lea surfs a wave")
    await troupe.town.say("Tom", "show", clip=clip.id)
    assert await troupe.films_shown() == 2
    await agreeing.take_back(troupe.house, LEA, [clip.id])
    assert await troupe.films_shown() == 0
    cards = [card for card in troupe.chat.messages.values() if card.clip == clip.id]
    assert cards
    assert all("surfs" not in "".join(plain(line) for line in (card.head, *card.body)) and not card.words for card in cards)


async def test_a_message_that_may_not_show_the_clip_says_so_without_it(troupe: Troupe) -> None:
    clip = await troupe.finished()
    await troupe.town.say("Ana", "show", clip=clip.id, place=troupe.town.place("other"))
    assert await troupe.films_shown() == 1


async def test_a_reaction_taken_away_once_the_clip_stands_changes_nothing(troupe: Troupe) -> None:
    clip = await troupe.finished()
    (ask,) = await troupe.asks(clip)
    assert await troupe.films_shown() == 1
    with pytest.raises(AskClosed):
        await agreeing.unreact(troupe.house, ask.id, LEA)
    assert await troupe.films_shown() == 1


async def test_the_engine_names_only_those_whose_yes_holds(troupe: Troupe) -> None:
    await troupe.agreed("@lea and @tom dance", YES)
    lease = await troupe.claim()
    assert lease
    orders = []
    troupe.backend.script.append(lambda order: orders.append(order))  # type: ignore[func-returns-value]
    assert await troupe.render(lease)
    assert [subject.label for subject in orders[0].scene.shots[0].subjects] == ["Lea", "Tom"]


async def drafted(troupe: Troupe, clip: Clip) -> None:
    """A draft of the clip is there, and its card is to show it."""
    names = {"video": f"{clip.id}-draft.mp4", "poster": f"{clip.id}-draft.jpg", "captions": f"{clip.id}-draft.vtt"}
    draft = replace(FINISHED, **names)
    await troupe.house.database.write(lambda tx: record_draft(tx, clip.id, draft, troupe.house.clock.now()))


async def test_a_draft_is_shown_under_the_same_condition(troupe: Troupe) -> None:
    clip, other = await troupe.agreed(), await troupe.agreed()
    await drafted(troupe, clip)
    assert await troupe.films_shown() == 1
    await drafted(troupe, other)
    await stricter(troupe)
    await touched(troupe, other.id)
    assert await troupe.films_shown() <= 1
    assert (await troupe.now(other)).state is ClipState.DECLINED


async def shown_again(troupe: Troupe, clip: Clip) -> str:
    """What somebody reads who brings the clip back."""
    reply = await troupe.town.say("Tom", "show", clip=clip.id)
    if reply.post is None:
        return "\n".join(map(plain, (reply.card.head, *reply.card.body)))
    await troupe.deliver()
    card = next(troupe.chat.messages[number] for number, post in troupe.chat.posts.items() if post.key == reply.post)
    return "\n".join(map(plain, (card.head, *card.body)))


async def test_a_clip_that_is_brought_back_says_who_agreed_and_that_it_holds(troupe: Troupe) -> None:
    clip = await troupe.finished()
    troupe.town.clock.pass_s(48 * 3600)
    said = await shown_again(troupe, clip)
    assert "✓ Lea agreed to this clip" in said
    assert "Their yes holds now; the last was given at 2026-" in said


async def test_a_clip_whose_yes_was_taken_back_says_when_and_not_by_whom(troupe: Troupe) -> None:
    clip = await troupe.finished("@lea and @tom dance")
    await agreeing.take_back(troupe.house, LEA, [clip.id])
    said = await shown_again(troupe, clip)
    assert "A yes to this clip was taken back at " in said
    assert "Lea" not in said
    assert "Tom" not in said


async def test_a_clip_without_people_says_nothing_of_a_yes(troupe: Troupe) -> None:
    clip = await troupe.finished("a dog runs")
    assert "yes" not in await shown_again(troupe, clip)
