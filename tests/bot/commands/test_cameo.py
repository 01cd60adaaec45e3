"""`/sora cameo`: one's own likeness, from the film to the last clip."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.bot.asked import Asked, read
from tests.engine.filming import Film
from tests.town import FINISHED, Town
from walkon.bot import commands, enrolling
from walkon.bot.clip_card import Speaker
from walkon.bot.command import Reply
from walkon.bot.files import Attachment
from walkon.bot.router import Router
from walkon.consent.enrolling import Enrolments, Means
from walkon.consent.enrolment import Decoded, EnrolmentState
from walkon.consent.lending import lends
from walkon.consent.likeness import Audience, Part, Topic
from walkon.engine.uploads import UploadReader
from walkon.library.clips import ClipState
from walkon.telemetry import build_metrics
from walkon.types.people import Locale, Platform

FILM = Film().shot()
COMMANDS = {command.name: command for command in commands.load()}


class Page:
    """Where films of this platform come from."""

    def __init__(self) -> None:
        self.films: dict[str, bytes] = {}

    async def read(self, attachment: Attachment, *, limit: int) -> AsyncIterator[bytes]:
        yield self.films[attachment.url]


@pytest.fixture
async def people(town: Town) -> Asked:
    town.house.files.sources[Platform.WEB] = Page()
    return Asked(town)


async def cameo(people: Asked, name: str, deed: str, what: str = "", **options: object) -> Reply:
    return await people.town.say(name, "cameo", deed=deed, what=what, **options)  # type: ignore[arg-type]


def sent(people: Asked, film: bytes = FILM) -> Attachment:
    people.town.house.files.sources[Platform.WEB].films["page:1"] = film  # type: ignore[attr-defined]
    return Attachment(name="me.mp4", content_type="video/mp4", size=len(film), url="page:1")


async def enrolled(people: Asked, name: str) -> str:
    """Somebody enrols and Olga, the operator, accepts; their handle."""
    await cameo(people, name, "enrol")
    await cameo(people, name, "enrol", file=sent(people))
    [waiting] = await people.town.house.enrolments.waiting()
    await people.town.press("Olga", f"w1:rv-accept:{waiting.id}:")
    return (await cameo(people, name, "audience")).card.head and name.lower()


async def test_enrolling_gives_six_fresh_digits_and_turns_and_says_what_is_kept(people: Asked) -> None:
    told = read((await cameo(people, "Lea", "enrol")).card)
    digits = [part for part in told.replace(",", " ").split() if part.isdigit() and len(part) == 1]
    assert len(digits) >= 6
    for word in ("encrypted", "deleted", "to one side", "face swap"):
        assert word in told


async def test_every_answer_of_cameo_is_for_one_person_alone(people: Asked) -> None:
    for deed in ("enrol", "audience", "rules", "requests", "appearances", "receipts", "revoke", "delete"):
        reply = await cameo(people, "Lea", deed)
        assert reply.private and reply.confidential and reply.post is None


async def test_a_film_goes_to_the_operators_and_only_their_yes_makes_a_likeness(people: Asked) -> None:
    await cameo(people, "Lea", "enrol")
    got = await cameo(people, "Lea", "enrol", file=sent(people))
    assert "a person looks" in read(got.card)
    [waiting] = await people.town.house.enrolments.waiting()
    token = f"w1:rv-accept:{waiting.id}:"
    assert "Only this host's operators" in read((await people.town.press("Ana", token)).card)
    assert "You lend no face" in read((await cameo(people, "Lea", "rules")).card)
    assert "is enrolled" in read((await people.town.press("Olga", token)).card)
    assert "Lent: face, voice" in read((await cameo(people, "Lea", "rules")).card)
    assert "decided" in read((await people.town.press("Olga", token)).card)


@pytest.mark.parametrize(
    ("name", "told"),
    [("Elon Musk", "that of a public figure"), ("Léa", "web:Lea lends a likeness under such a name already"), ("Tom", None)],
)
async def test_attacks_23_and_24_the_operator_is_told_of_a_public_name_and_of_a_namesake_and_judges_the_face(
    people: Asked, name: str, told: str | None
) -> None:
    await people.lends("Lea")
    await cameo(people, name, "enrol")
    await cameo(people, name, "enrol", file=sent(people))
    [waiting] = await people.town.house.enrolments.waiting()
    found = await enrolling.review(people.town.house, Speaker(people.town.house.words, Locale.EN), waiting.id)
    assert found
    card = read(found[0])
    for question in ("a public figure: yours to judge", "already enrolled by another account: yours to judge"):
        assert question in card
    hints = {hint for hint in ("that of a public figure", "under such a name already") if hint in card}
    assert hints == {hint for hint in ("that of a public figure", "under such a name already") if told and hint in told}
    assert told is None or told in card


async def silent(upload: bytes) -> Decoded:
    """Reads every upload as a good video without sound."""
    return Decoded(stills=(b"still",) * 3, voice=None, review=b"review", seconds=5)


async def test_no_voice_is_lent_that_was_never_given(people: Asked) -> None:
    house = people.town.house
    means = Means(database=house.database, keys=house.keys, decode=silent, clock=people.town.clock, then=lends(house.decider))
    mute = replace(house, enrolments=Enrolments(means))
    people.town.house, people.town.router = mute, Router(mute, COMMANDS, build_metrics())
    await enrolled(people, "Lea")
    assert "There is no voice to lend" in read((await cameo(people, "Lea", "rules", "no politics voice on")).card)
    after = read((await cameo(people, "Lea", "rules")).card)
    assert "Lent: face\n" in after and "No subject is refused" in after


async def test_a_voice_that_was_given_may_be_kept_back_and_lent_again(people: Asked) -> None:
    await enrolled(people, "Lea")
    assert "Lent: face\n" in read((await cameo(people, "Lea", "rules", "voice off")).card)
    assert "Lent: face, voice" in read((await cameo(people, "Lea", "rules", "voice on")).card)


async def test_an_operator_may_not_decide_about_themselves(people: Asked) -> None:
    await cameo(people, "Olga", "enrol")
    await cameo(people, "Olga", "enrol", file=sent(people))
    [waiting] = await people.town.house.enrolments.waiting()
    assert "another operator decides" in read((await people.town.press("Olga", f"w1:rv-accept:{waiting.id}:")).card)
    assert (await people.town.house.enrolments.waiting())[0].state is EnrolmentState.IN_REVIEW


async def test_a_refusal_says_why_in_private_and_keeps_nothing(people: Asked) -> None:
    await cameo(people, "Lea", "enrol")
    await cameo(people, "Lea", "enrol", file=sent(people))
    [waiting] = await people.town.house.enrolments.waiting()
    await people.town.press("Olga", f"w1:rv-refuse:{waiting.id}:two_faces")
    told = await enrolling.outcome(people.town.house, Speaker(people.town.house.words, Locale.EN), waiting.id)
    assert told and "more than one face" in read(told[0])
    assert await people.town.house.enrolments.waiting() == []


@pytest.mark.parametrize(
    ("film", "told"),
    [(b"GIF89a" + bytes(4000), "not a video inside"), (Film(seconds=1).shot(), "too short"), (b"", "no film")],
)
async def test_a_film_that_is_none_is_refused_with_what_would_do_and_costs_a_try(people: Asked, film: bytes, told: str) -> None:
    house = people.town.house
    means = Means(database=house.database, keys=house.keys, decode=UploadReader(), clock=people.town.clock, then=lends(house.decider))
    read_for_real = replace(house, enrolments=Enrolments(means))
    people.town.house, people.town.router = read_for_real, Router(read_for_real, COMMANDS, build_metrics())
    await cameo(people, "Lea", "enrol")
    refused = await cameo(people, "Lea", "enrol", file=sent(people, film))
    assert told in read(refused.card) and "2 tries left" in read(refused.card)


async def test_three_tries_a_day_and_no_old_digits(people: Asked) -> None:
    for _ in range(3):
        await cameo(people, "Lea", "enrol")
        people.town.clock.pass_s(600)
    assert "Enough tries" in read((await cameo(people, "Lea", "enrol")).card)
    late = await cameo(people, "Lea", "enrol", file=sent(people))
    assert "Enough tries" in read(late.card)
    assert await people.town.house.enrolments.waiting() == []


async def test_somebody_elses_film_does_not_answer_my_digits(people: Asked) -> None:
    await cameo(people, "Lea", "enrol")
    told = await cameo(people, "Tom", "enrol", file=sent(people))
    assert "Film yourself once" in read(told.card)
    assert await people.town.house.enrolments.waiting() == []


async def test_rules_and_audience_are_changed_in_words_and_bind_what_waits(people: Asked) -> None:
    await people.lends("Lea")
    await cameo(people, "Lea", "rules", "no politics travel yes voice off ends 90d")
    await cameo(people, "Lea", "audience", "here free")
    likeness = (
        await people.question((await people.asks(await people.town.clip(await people.prompts("Ana", "@Tom sits", "Tom"))))[0])
    ).likeness
    assert likeness is None
    told = read((await cameo(people, "Lea", "rules")).card)
    for word in ("Refused: politics", "Lent: face", "may leave their chat"):
        assert word in told
    free = await people.town.clip(await people.prompts("Ana", "@Lea sits", "Lea"))
    assert free.state is ClipState.PROMISED
    refused = await people.prompts("Ana", "@Lea holds a campaign poster for the election", "Lea")
    assert "politics" in read(refused.card)
    await cameo(people, "Lea", "audience", "me")
    assert (await people.town.clip(await people.town.say("Ana", "show", clip=free.id))).state is ClipState.DECLINED


async def test_a_rule_that_means_nothing_is_answered_with_what_would(people: Asked) -> None:
    await people.lends("Lea")
    assert "no|ok politics" in read((await cameo(people, "Lea", "rules", "no broccoli")).card)
    assert "everyone" in read((await cameo(people, "Lea", "audience", "nobody")).card)


async def finished(people: Asked, words: str, *mentioned: str, by: str = "Ana"):
    """A clip that everybody agreed to, and that is done."""
    clip = await people.town.clip(await people.prompts(by, words, *mentioned))
    for ask in await people.asks(clip):
        await people.presses(ask.owner.partition(":")[2], "yes", ask)
    await people.town.finish(await people.town.claim(), replace(FINISHED, video=f"{clip.id}.mp4", poster=f"{clip.id}.jpg"))
    return clip


async def test_every_clip_one_is_in_is_listed_and_each_can_be_taken_down_after_its_cost_was_shown(people: Asked) -> None:
    await people.lends("Lea")
    first = await finished(people, "@Lea surfs", "Lea")
    await people.prompts("Tom", "@Lea sings", "Lea")
    listed = await cameo(people, "Lea", "appearances")
    assert "Clips you are in: 2" in read(listed.card) and "by Tom" in read(listed.card) and "waits for answers" in read(listed.card)
    button = next(one for one in listed.card.buttons if first.id in one.label)
    cost = await people.town.press("Lea", button.token)
    assert "1 finished and comes down, in 1 chats" in read(cost.card)
    assert [one.label for one in cost.card.buttons] == ["Keep", "Take back"]
    assert (await people.town.clip(await people.town.say("Ana", "show", clip=first.id))).state is ClipState.FINISHED
    done = await people.town.press("Lea", cost.card.buttons[1].token)
    assert "0 stopped, 1 taken down" in read(done.card)
    again = await people.town.press("Lea", cost.card.buttons[1].token)
    assert "nothing to take back" in read(again.card)


async def test_nobody_takes_back_for_somebody_else(people: Asked) -> None:
    await people.lends("Lea")
    clip = await finished(people, "@Lea surfs", "Lea")
    for token in (f"w1:own-take-back:clip:{clip.id}!", f"w1:own-take-back:asker:{clip.id}!", "w1:own-take-back:all:!"):
        assert "nothing to take back" in read((await people.town.press("Tom", token)).card)
    assert (await people.town.clip(await people.town.say("Ana", "show", clip=clip.id))).state is ClipState.FINISHED


async def test_taking_back_from_one_person_leaves_the_others(people: Asked) -> None:
    await people.lends("Lea")
    anas, toms = await finished(people, "@Lea surfs", "Lea"), await finished(people, "@Lea sings", "Lea", by="Tom")
    cost = await cameo(people, "Lea", "revoke", person=people.town.person("Ana"))
    assert "for Ana" in read(cost.card)
    await people.town.press("Lea", cost.card.buttons[1].token)
    states = [(await people.town.clip(await people.town.say("Lea", "show", clip=one.id))).state for one in (anas, toms)]
    assert states == [ClipState.TAKEN_DOWN, ClipState.FINISHED]


async def test_deleting_ends_everything_and_old_yeses_do_not_come_back_with_a_new_likeness(people: Asked) -> None:
    handle = await enrolled(people, "Lea")
    assert handle == "lea"
    clip = await finished(people, "@Lea surfs", "Lea")
    cost = await cameo(people, "Lea", "delete")
    done = await people.town.press("Lea", cost.card.buttons[1].token)
    assert "Your cameo is gone" in read(done.card)
    people.town.clock.pass_s(25 * 3600)
    await enrolled(people, "Lea")
    assert (await people.town.clip(await people.town.say("Lea", "show", clip=clip.id))).state is ClipState.TAKEN_DOWN


async def test_receipts_are_a_file_of_what_was_decided(people: Asked) -> None:
    assert "no receipts yet" in read((await cameo(people, "Lea", "receipts")).card)
    await people.lends("Lea")
    await finished(people, "@Lea surfs", "Lea")
    told = await cameo(people, "Lea", "receipts")
    assert told.card.handout and told.card.handout.name.endswith(".json")
    assert b"ed25519_public_keys" in told.card.handout.content
    assert "you approved" in read(told.card)
    assert b"web:" not in told.card.handout.content


async def test_ones_own_clip_needs_no_question_and_me_means_whoever_lends(people: Asked) -> None:
    assert (await people.town.clip(await people.prompts("Ana", "a dragon and me"))).state is ClipState.PROMISED
    await people.lends("Lea", refused=frozenset({Topic.VIOLENCE}), audience=Audience.ONLY_ME, parts=frozenset({Part.FACE}))
    clip = await people.town.clip(await people.prompts("Lea", "a dragon and me"))
    assert (clip.state, await people.asks(clip)) == (ClipState.PROMISED, [])
    listed = await cameo(people, "Lea", "appearances")
    assert clip.id in read(listed.card)


async def test_the_film_is_for_an_operator_alone_and_ends_with_the_decision(people: Asked) -> None:
    town = people.town
    await cameo(people, "Ana", "enrol")
    await cameo(people, "Ana", "enrol", file=sent(people))
    [waiting] = await town.house.enrolments.waiting()
    olga, ana = town.person("Olga").id, town.person("Ana").id
    assert await town.router.film(olga, waiting.id) == (await town.house.enrolments.material(waiting.id)).video is not None
    assert await town.router.film(ana, waiting.id) is None
    assert await town.router.film(olga, "unknown") is None
    await town.press("Olga", f"w1:rv-accept:{waiting.id}:")
    assert await town.router.film(olga, waiting.id) is None
