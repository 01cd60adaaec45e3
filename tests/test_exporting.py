"""`walkon export PLACE DIR`: what a place has, as files, and nothing of anybody who does not agree."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bot.test_takedown import made
from tests.town import Town
from walkon.exporting import Exporting, FolderInUse
from walkon.library import tables
from walkon.scene.codec import encode
from walkon.scene.parser import parse
from walkon.types.ids import PersonId, PlaceId

HERE = PlaceId("web:local")


def exporting(town: Town) -> Exporting:
    return Exporting(database=town.house.database, media=town.house.media, clock=town.clock)


async def test_it_has_the_places_clips_with_their_words_and_the_moderators_log(town: Town, tmp_path: Path) -> None:
    first = await made(town, tmp_path, "a dog runs")
    remix = await made(town, tmp_path, "a cat runs", parent=first)
    await made(town, tmp_path, "a fox runs", place="away")
    gone = await made(town, tmp_path, "a bird flies")
    await town.say("Olga", "mod", deed="takedown", clip=gone.id, reason="no birds")
    done = await exporting(town).write(HERE, tmp_path / "out")
    assert (done.clips, done.withheld, done.missing, done.lines) == (2, 0, 0, 1)
    told = sorted((json.loads(line) for line in (tmp_path / "out" / "clips.jsonl").read_text().splitlines()), key=lambda one: one["clip"])
    expected = {(first.id, "a dog runs", None), (remix.id, "a cat runs", first.id)}
    assert {(one["clip"], one["words"], one["made_from"]) for one in told} == expected
    assert all((tmp_path / "out" / name).stat().st_size for one in told for name in one["files"]) and len(told[0]["files"]) == 3
    [line] = (tmp_path / "out" / "moderation.jsonl").read_text().splitlines()
    assert (json.loads(line)["deed"], json.loads(line)["reason"]) == ("takedown", "no birds")
    assert (tmp_path / "out" / "moderation.csv").read_text().startswith("line,at,deed,place")
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0


async def test_a_clip_whose_people_do_not_agree_any_more_is_left_out(town: Town, tmp_path: Path) -> None:
    clip = await made(town, tmp_path, "a dog runs")
    with_sam = replace(parse("@sam runs", people={"@sam": PersonId("web:Sam")}), prompt=clip.prompt)
    await town.house.database.write(lambda tx: tables.save(tx, replace(clip, scene=encode(with_sam))))
    done = await exporting(town).write(HERE, tmp_path / "out")
    assert (done.clips, done.withheld) == (0, 1)
    assert list((tmp_path / "out" / "clips").iterdir()) == []


async def test_a_folder_that_holds_something_is_left_alone(town: Town, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(FolderInUse):
        await exporting(town).write(HERE, tmp_path)
    assert (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize(
    ("place", "code", "said"), [("web:local", 2, "there is no store here yet"), ("somewhere", 2, "a place is discord:ID")]
)
def test_the_verb_says_what_is_missing(tmp_path: Path, place: str, code: int, said: str) -> None:
    own = {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": os.getcwd(), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "walkon", "export", place, str(tmp_path / "out")]
    done = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code and said in done.stderr
    assert not (tmp_path / "out").exists()
