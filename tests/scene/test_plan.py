"""The plan of a clip as JSON, and scenes as bytes."""

import json

import msgspec
import pytest

from walkon.scene.codec import decode, encode
from walkon.scene.parser import parse
from walkon.scene.plan import plan_json

PROMPT = "« Bonjour ! » dit le pingouin rouge. Il court sur la plage la nuit avec un flibbet"


def test_a_plan_is_english_but_for_the_spoken_words():
    plan = plan_json(parse(PROMPT, seed=4, seconds=5))
    assert (plan["seconds"], plan["width"], plan["height"], plan["fps"], plan["seed"]) == (5, 854, 480, 24, 4)
    first, second = plan["shots"]
    assert first["lines"] == [{"speaker": "penguin", "text": "Bonjour !", "language": "fr"}]
    assert second["actions"][0] == {"verb": "run", "subject": "penguin", "object": None, "mount": None, "style": None}
    assert (second["place"], second["time"], second["camera"]) == ("beach", "night", "follow")
    assert plan["unknown"] == ["flibbet"]
    assert json.loads(json.dumps(plan)) == plan


def test_a_scene_is_the_same_after_its_bytes():
    scene = parse(PROMPT)
    assert decode(encode(scene)) == scene


@pytest.mark.parametrize("data", [b"", b"[]", b'{"prompt": 3, "shots": []}'])
def test_other_bytes_are_no_scene(data):
    with pytest.raises(msgspec.DecodeError):
        decode(data)
