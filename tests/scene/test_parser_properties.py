"""What holds for every prompt: no crash, the same scene twice, bounded shots and actors, no quote lost, bytes and back."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from walkon.scene.alt_text import MOST, alt_text
from walkon.scene.codec import decode, encode
from walkon.scene.effects import Particle, Sound
from walkon.scene.parser import EmptyPrompt, parse
from walkon.scene.places import Place
from walkon.scene.plan import plan_json
from walkon.scene.storyboard import MAX_ACTORS, MAX_DEEDS, MAX_THINGS, MAX_TIMED_SHOTS
from walkon.scene.verbs import Verb
from walkon.scene.words import lexicon
from walkon.types.people import Locale
from walkon.types.scene import MAX_SECONDS, MIN_SECONDS, Scene

known = st.sampled_from(sorted({phrase for table in lexicon().meanings.values() for phrase in table}))
marks = st.sampled_from(
    [*list(".,;:!?\"“”«»'’()[]-–…\n"), "0:03", "[0:00-0:02]", "Shot 1:", "Plan 2 :", "9:16", "6s", "🐱", "👩\u200d🚀", "@ann", "Zorblax"]
)
sentences = st.lists(st.one_of(known, known, marks), max_size=40).map(" ".join)
prompts = st.one_of(sentences, st.text(max_size=400), st.lists(st.one_of(sentences, st.text(max_size=30)), max_size=4).map(" ".join))


def parsed(prompt: str, **options: object) -> Scene | None:
    try:
        return parse(prompt, **options)
    except EmptyPrompt:
        return None


@settings(max_examples=300, deadline=None)
@given(prompts, st.sampled_from([None, 2.0, 4.0, 20.0]), st.sampled_from(list(Locale)))
def test_any_text_becomes_a_bounded_scene(prompt, seconds, locale):
    scene = parsed(prompt, seconds=seconds, locale=locale)
    if scene is None:
        assert not any(letter.isalnum() for letter in prompt)
        return
    assert 1 <= len(scene.shots) <= MAX_TIMED_SHOTS
    assert MIN_SECONDS <= scene.seconds <= MAX_SECONDS
    for shot in scene.shots:
        ids = {subject.id for subject in shot.subjects}
        acting = {action.subject for action in shot.actions}
        assert len(ids) == len(shot.subjects) <= MAX_ACTORS + MAX_THINGS
        assert len(acting) <= MAX_ACTORS
        assert all(1 <= subject.count <= 6 and subject.emoji for subject in shot.subjects)
        assert all([action.subject for action in shot.actions].count(id) <= MAX_DEEDS for id in acting)
        assert all(action.verb in set(Verb) for action in shot.actions)
        assert {id for action in shot.actions for id in (action.subject, action.object, action.mount) if id} <= ids
        assert {id for relation in shot.relations for id in (relation.subject, relation.object)} <= ids
        assert {line.speaker for line in shot.lines if line.speaker} <= ids
        assert shot.place in set(Place)
        assert set(shot.sounds) <= set(Sound)
        assert set(shot.particles) <= set(Particle)


@settings(max_examples=100, deadline=None)
@given(prompts)
def test_the_same_prompt_gives_the_same_scene(prompt):
    assert parsed(prompt) == parsed(prompt)


@settings(max_examples=100, deadline=None)
@given(prompts)
def test_a_cleaned_prompt_reads_like_the_prompt(prompt):
    scene = parsed(prompt)
    if scene is not None:
        assert parsed(scene.prompt) == scene


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.one_of(known, st.just("a cat says")), st.lists(known, min_size=1, max_size=12).map(" ".join)), min_size=1, max_size=12
    )
)
def test_every_quote_is_a_line_or_is_owned_up_to(parts):
    scene = parsed(" ".join(f'{before} "{quote}"' for before, quote in parts))
    assert scene is not None
    spoken = {line.text for shot in scene.shots for line in shot.lines}
    for _, quote in parts:
        if any(letter.isalnum() for letter in quote):
            quote = " ".join(quote.split())
            assert quote in spoken or f"“{quote}”" in scene.not_staged


@settings(max_examples=150, deadline=None)
@given(prompts)
def test_a_scene_survives_its_bytes(prompt):
    scene = parsed(prompt)
    if scene is not None:
        assert decode(encode(scene)) == scene
        assert encode(decode(encode(scene))) == encode(scene)


@settings(max_examples=150, deadline=None)
@given(prompts, st.sampled_from(list(Locale)), st.booleans())
def test_any_scene_can_be_told_and_planned(prompt, locale, draft):
    scene = parsed(prompt)
    if scene is not None:
        told = alt_text(scene, scene.seconds, locale, draft=draft)
        assert 0 < len(told) <= MOST
        assert json.loads(json.dumps(plan_json(scene))) == plan_json(scene)


@pytest.mark.parametrize(
    "prompt",
    [
        '"' * 10_000,
        '"a" ' * 2_500,
        "a cat " * 1_666,
        "x" * 10_000,
        "🐱" * 10_000,
        "[0:00-0:03] a " * 700,
        "says 'a " * 1_200,
        "CAT: a\n" * 1_400,
        "a: " * 3_333,
        "Shot 1: " * 1_250,
        "( [ { « " * 1_250,
        unicodedata.lookup("COMBINING ACUTE ACCENT") * 9_999 + "a",
        "9:16 6s " * 1_250,
        " ".join(["le", "chat", "et"] * 900),
        "A b " * 2_500,
    ],
)
@pytest.mark.timeout(60)
def test_long_and_hostile_prompts_are_read_like_any_other(prompt):
    scene = parse(prompt)
    assert scene.shots
