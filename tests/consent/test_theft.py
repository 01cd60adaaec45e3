"""A copy of the data directory without the key file: nothing of what somebody lent can be read from it, however one looks."""

import shutil
from pathlib import Path

from tests.consent.theft import LEA, enrolled, lent, readable
from tests.town import Town
from walkon.store.ledger import Ledger

WORDS = "CANARY-these-words-Lea-said-about-her-own-clip"


async def test_a_thief_without_the_key_reads_no_face_no_voice_no_film_and_no_words_of_a_decision(town: Town, tmp_path: Path) -> None:
    film = await enrolled(town)
    house = town.house
    kept = await lent(house.database, house.keys, LEA)
    assert sorted(name.split()[0] for name in kept) == ["still", "still", "still", "voice"]
    key, told = house.keys.person_key(LEA), {"words": WORDS}
    await house.database.write(lambda tx: Ledger(house.keys).append(tx, "consent.canary", key, payload=told, at=town.clock.now()))
    stolen = tmp_path / "stolen"
    shutil.copytree(tmp_path, stolen, ignore=shutil.ignore_patterns("stolen"))
    assert readable(stolen, {**kept, "film": film, "words": WORDS.encode()}) == set()


async def test_the_thief_would_find_anything_that_lay_open(town: Town, tmp_path: Path) -> None:
    await enrolled(town)
    kept = await lent(town.house.database, town.house.keys, LEA)
    (tmp_path / "forgotten.tmp").write_bytes(b"head" + kept["still 0"])
    await town.say("Ana", "prompt", prompt=WORDS)
    found = readable(tmp_path, {**kept, "words": WORDS.encode()})
    assert {"still 0", "words"} <= found
    assert "voice 0" not in found
