"""Whom the bot remembers, and for how long."""

from telegram import User

from walkon.bot.platforms.telegram.acquaintances import Acquaintances


def user(number: int, handle: str | None = None, *, is_bot: bool = False) -> User:
    return User(id=number, first_name=f"Person {number}", is_bot=is_bot, username=handle)


def test_who_was_not_seen_for_longest_is_forgotten_first() -> None:
    people = Acquaintances(limit=2)
    for number in (1, 2, 1, 3):
        people.meet(user(number, f"p{number}"))
    assert [people.called(f"@p{number}") is not None for number in (1, 2, 3)] == [True, False, True]


def test_a_number_alone_or_as_an_account_is_found_too() -> None:
    people = Acquaintances()
    people.meet(user(42))
    named = {person.name if (person := people.called(text)) else None for text in ("42", "@42", "telegram:42")}
    assert named == {"Person 42"}


def test_bots_and_nobody_are_not_remembered() -> None:
    people = Acquaintances()
    people.meet(user(7, "robot", is_bot=True))
    people.meet(None)
    assert people.called("@robot") is None and people.called("7") is None


def test_a_username_taken_over_is_not_lost_when_its_first_owner_is_seen_again() -> None:
    people = Acquaintances()
    people.meet(user(1, "star"))
    people.meet(user(2, "star"))
    people.meet(user(1, "other"))
    person = people.called("@star")
    assert person and person.account == "2"
