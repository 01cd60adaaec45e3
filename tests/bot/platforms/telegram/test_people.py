"""People on Telegram: named in words, reacting, sending films, following links, leaving."""

import pytest

from tests.bot.platforms.telegram.conftest import Rig, card
from tests.reading import whole
from tests.waiting import until
from walkon.bot.files import FileGone, FileTooLarge
from walkon.bot.port import NotAllowed, Post, message_name
from walkon.types.ids import PersonId, PlaceId
from walkon.types.people import Person, Place


async def test_somebody_without_a_username_is_known_by_the_mention_itself(rig: Rig) -> None:
    ana, lea, club = rig.double.user("Ana"), rig.double.user("Léa Martin"), rig.double.group()
    text = "/prompt 🏄 Léa Martin surfs, and Léa Martin laughs"
    marks = [{"type": "text_mention", "offset": at, "length": 10, "user": lea.json()} for at in (11, 33)]
    await rig.double.message(club, ana, text, entities=marks)
    [asked] = rig.desk.asked
    assert asked.options["prompt"] == "🏄 Léa Martin surfs, and Léa Martin laughs"
    assert {written: person.id for written, person in asked.mentions.items()} == {"Léa Martin": f"telegram:{lea.id}"}


async def test_two_people_who_are_written_alike_are_told_apart(rig: Rig) -> None:
    ana, club = rig.double.user("Ana"), rig.double.group()
    first, second = rig.double.user("Sam"), rig.double.user("Sam")
    marks = [{"type": "text_mention", "offset": at, "length": 3, "user": sam.json()} for at, sam in ((8, first), (18, second))]
    await rig.double.message(club, ana, "/prompt Sam races Sam", entities=marks)
    [asked] = rig.desk.asked
    assert asked.options["prompt"] == "@Sam races Sam"
    assert {written: person.id for written, person in asked.mentions.items()} == {
        "@Sam": f"telegram:{first.id}",
        "Sam": f"telegram:{second.id}",
    }


async def test_a_username_that_was_seen_is_a_person_and_any_other_only_a_word(rig: Rig) -> None:
    ana, lea, club = rig.double.user("Ana"), rig.double.user("Léa", username="lea_b"), rig.double.group()
    await rig.double.message(club, lea, "/queue")
    marks = [{"type": "mention", "offset": 8, "length": 6}, {"type": "mention", "offset": 19, "length": 7}]
    await rig.double.message(club, ana, "/prompt @lea_b and @nobody dance", entities=marks)
    asked = rig.desk.asked[-1]
    assert asked.options["prompt"] == "@lea_b and @nobody dance"
    assert {token: person.id for token, person in asked.mentions.items()} == {"@lea_b": f"telegram:{lea.id}"}


async def test_a_reaction_that_is_changed_is_one_taken_away_and_one_added(rig: Rig) -> None:
    ana, club = rig.double.user("Ana"), rig.double.group()
    [message] = await rig.double.message(club, ana, "/queue")
    rig.double.react(message, "👍", user=ana)
    rig.double.react(message, "👎", user=ana)
    await until(lambda: len(rig.desk.reactions) == 3)
    assert [(one.emoji, one.added) for one in rig.desk.reactions] == [("👍", True), ("👍", False), ("👎", True)]
    ref = f'{{"chat_id":{club.id},"message_id":{message.id}}}'
    assert {one.message for one in rig.desk.reactions} == {message_name(ref)}


async def test_a_bots_reaction_is_never_heard(rig: Rig) -> None:
    ana, robot, club = rig.double.user("Ana"), rig.double.user("Robot"), rig.double.group()
    robot.is_bot = True
    [message] = await rig.double.message(club, ana, "/queue")
    rig.double.react(message, "👍", user=robot)
    rig.double.react(message, "🔥", user=ana)
    await until(lambda: rig.desk.reactions)
    assert [one.emoji for one in rig.desk.reactions] == ["🔥"]


@pytest.mark.parametrize(
    ("payload", "meant"),
    [
        ("cameo-enrol", ("cameo", {"deed": "enrol"})),
        ("cameo-requests-7KQ2M9", ("cameo", {"deed": "requests", "clip": "7KQ2M9"})),
        ("why", ("settings", {})),
        ("cancel", ("help", {})),
        ("nonsense-of-any-kind", ("help", {})),
    ],
)
async def test_a_link_to_the_bot_opens_what_it_was_made_for_and_nothing_else(
    rig: Rig, payload: str, meant: tuple[str, dict[str, object]]
) -> None:
    ana = rig.double.user("Ana")
    await rig.double.message(rig.double.private(ana), ana, f"/start {payload}")
    assert rig.desk.typed == [meant]


async def test_a_film_sent_to_the_bot_alone_is_for_the_enrolment_and_can_be_fetched(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    await rig.double.film(rig.double.private(ana), ana, b"round" * 1000)
    await until(lambda: rig.desk.asked)
    [asked] = rig.desk.asked
    assert (asked.command, asked.options["deed"]) == ("cameo", "enrol")
    assert await whole(rig.platform.read(asked.options["file"], limit=10_000)) == b"round" * 1000
    with pytest.raises(FileTooLarge):
        await whole(rig.platform.read(asked.options["file"], limit=100))


async def test_a_film_in_a_group_is_no_command(rig: Rig) -> None:
    ana, club = rig.double.user("Ana"), rig.double.group()
    await rig.double.film(club, ana, b"round")
    await rig.double.message(club, ana, "/queue")
    assert [name for name, _ in rig.desk.typed] == ["queue"]


async def test_a_file_that_telegram_no_longer_hands_out_is_said_so(rig: Rig) -> None:
    ana = rig.double.user("Ana")
    await rig.double.film(rig.double.private(ana), ana, b"round")
    await until(lambda: rig.desk.asked)
    rig.double.world.files.clear()
    with pytest.raises(FileGone):
        await whole(rig.platform.read(rig.desk.asked[0].options["file"], limit=10_000))


async def test_who_leaves_a_group_is_told(rig: Rig) -> None:
    lea, club = rig.double.user("Léa"), rig.double.group()
    await rig.double.leave(club, lea)
    await until(lambda: rig.desk.gone)
    assert (rig.desk.gone[0].person.id, rig.desk.gone[0].place.id) == (f"telegram:{lea.id}", f"telegram:{club.id}")
    person, place = rig.desk.gone[0].person, Place(id=PlaceId(f"telegram:{club.id}"), channel=str(club.id))
    assert not await rig.platform.is_member(person, place)


async def test_a_message_to_one_person_alone_arrives_where_they_wrote_to_us_and_nowhere_else(rig: Rig) -> None:
    ana, lea = rig.double.user("Ana"), rig.double.user("Léa")
    await rig.double.message(rig.double.private(ana), ana, "/queue")
    for user, arrives in ((ana, True), (lea, False)):
        person = Person(id=PersonId(f"telegram:{user.id}"), name=user.first_name)
        post = Post(key=f"ask:{user.id}", place=Place.alone_with(person), reply="{}", ref=None)
        if arrives:
            await rig.platform.show(post, card("A question"))
            assert rig.double.private(ana).from_bot[-1].text == "A question"
        else:
            with pytest.raises(NotAllowed):
                await rig.platform.show(post, card("A question"))
