"""The sound of a clip that came without: lines in their shots, places under them, nothing after the last picture."""

from itertools import pairwise

import numpy as np
import pytest

from walkon.engine.performance import SAMPLE_RATE, ShotTime, Speech
from walkon.engine.sound.mix import mix
from walkon.engine.soundtrack import scored, spread
from walkon.scene.places import Place
from walkon.types.scene import Kind, Line, Mood, Scene, Shot, Subject, Weather

CAT = Subject(id="cat", noun="cat", label="le chat", kind=Kind.ANIMAL, emoji="🐈")


def speech(text: str, seconds: float = 1.0, speaker: str | None = "cat") -> Speech:
    pcm = (0.3 * np.sin(np.arange(round(seconds * SAMPLE_RATE)) / 40)).astype(np.float32)
    return Speech(line=Line(speaker=speaker, text=text), pcm=pcm, words=(), mouth=(), voice="tones")


def two_shots(**second: object) -> tuple[Scene, tuple[ShotTime, ...]]:
    shots = (Shot(subjects=(CAT,), place=Place.BEACH, mood=Mood.SAD), Shot(subjects=(CAT,), **second))
    return Scene(prompt="", seconds=6, shots=shots), tuple(
        ShotTime(shot=shot, start_s=3.0 * at, end_s=3.0 * at + 3) for at, shot in enumerate(shots)
    )


def test_each_line_begins_in_its_own_shot_and_none_speaks_over_another() -> None:
    scene, times = two_shots()
    score = scored(scene, times, [[speech("one"), speech("two")], [speech("three")]])
    starts = [cue.at_s for cue in score.track.speeches]
    assert starts[0] < starts[1] < 3 <= starts[2]
    assert all(later - earlier >= 1 for earlier, later in pairwise(starts))
    assert [caption.text for caption in score.captions if caption.speaker == "le chat"] == ["one", "two", "three"]


def test_a_line_that_finds_no_room_is_named_and_not_cut() -> None:
    scene, times = two_shots()
    score = scored(scene, times, [[speech("one")], [speech("far too long", 4)]])
    assert score.dropped == ("far too long",)
    assert [cue.speech.line.text for cue in score.track.speeches] == ["one"]


def test_a_place_is_heard_as_long_as_its_shot_and_a_storm_thunders() -> None:
    scene, times = two_shots(place=Place.FOREST, weather=Weather.STORM, sounds=("bark",))
    effects = {(cue.name, cue.at_s, cue.seconds) for cue in scored(scene, times, [[], []]).track.effects}
    assert ("waves", 0.0, 3.0) in effects
    assert ("rain", 3.0, 3.0) in effects
    assert any(name == "thunder" and at_s > 3 for name, at_s, _ in effects)
    assert any(name == "bark" and 3 < at_s < 6 for name, at_s, _ in effects)


def test_the_mood_decides_the_music_and_the_sound_ends_with_the_picture() -> None:
    scene, times = two_shots()
    track = scored(scene, times, [[speech("one")], []]).track
    assert track.mood is Mood.SAD
    assert len(mix(track)) == 6 * SAMPLE_RATE


@pytest.mark.parametrize("lines", [(), ("short", "a line four times as long")])
def test_lines_of_a_model_that_speaks_by_itself_share_their_shot(lines: tuple[str, ...]) -> None:
    shot = Shot(subjects=(CAT,), lines=tuple(Line(speaker="cat", text=text) for text in lines))
    captions = spread([ShotTime(shot=shot, start_s=1, end_s=7)])
    assert [caption.text for caption in captions] == list(lines)
    if lines:
        assert (captions[0].start_s, captions[0].end_s, captions[1].end_s) == (1, pytest.approx(2), pytest.approx(7))
