"""What moderators do is in the ledger too, sealed under the keys of whom it was done to."""

from tests.town import Town
from walkon.store.ledger import Ledger
from walkon.types.ids import PersonId


async def test_a_mute_and_its_end_are_entries_that_name_nobody_openly(town: Town) -> None:
    house = town.house
    for deed in ("mute", "unmute"):
        await town.say("Olga", "mod", deed=deed, person="web:Sam", duration="2h", reason="CANARY")
    about = await house.database.read(lambda tx: Ledger(house.keys).about(tx, house.keys.person_key(PersonId("web:Sam"))))
    assert [entry.kind for entry in about] == ["moderation.mute", "moderation.unmute"]
    assert about[0].payload
    assert about[0].payload["by"] == house.keys.person_key(PersonId("web:Olga"))
    assert about[0].payload["reason"] == "CANARY"
