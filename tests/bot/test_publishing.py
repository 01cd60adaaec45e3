"""The ledger's head reaches every operator in private, in both languages, once for each publication."""

from pathlib import Path

from tests.town import Town
from walkon.bot.cards import Card
from walkon.bot.clip_card import Speaker
from walkon.bot.notices import notice_of
from walkon.bot.publishing import Publishing
from walkon.store import outbox
from walkon.store.ledger import Head, Ledger
from walkon.store.witness import Witness
from walkon.store.witnessing import Watch
from walkon.types.people import Locale


async def published(town: Town, folder: Path) -> Head:
    house = town.house
    owe = Publishing({"web:Olga", "discord:7"}).owe
    return await Watch(house.database, house.keys, Witness(folder / "keys", house.keys), town.clock, owe=owe).publish()


async def rows(town: Town, head: Head) -> list[outbox.Row]:
    key = f"ledger:{head.size}:{round(town.clock.now().timestamp() * 1000)}:"
    found = [await town.house.database.read(lambda tx, id=id: outbox.row(tx, key + id)) for id in ("web:Olga", "discord:7")]
    return [row for row in found if row]


def said(card: Card, speaker: Speaker) -> str:
    return " ".join(str(part) for text in (card.head, *card.body) for part in text)


async def test_every_operator_is_told_size_and_root_of_what_was_published(town: Town, tmp_path: Path) -> None:
    await town.house.database.write(lambda tx: Ledger(town.house.keys).append(tx, "grant.given", None, payload={}, at=town.clock.now()))
    head = await published(town, tmp_path)
    owed = await rows(town, head)
    assert [row.platform for row in owed] == ["web", "discord"]
    notice = await notice_of(town.house, owed[0])
    assert notice
    assert notice.final
    assert head.root.hex() in said(notice.card, Speaker(town.house.words, Locale.EN))


async def test_an_empty_ledger_is_no_news(town: Town, tmp_path: Path) -> None:
    assert await rows(town, await published(town, tmp_path)) == []
