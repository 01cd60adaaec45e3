"""What prompts become: the golden prompts, many more in both languages, and bad input."""

import pytest

from walkon.scene.parser import EmptyPrompt, PromptTooLong, parse
from walkon.scene.storyboard import Note
from walkon.types.people import Locale
from walkon.types.scene import MAX_PROMPT, Aspect, Camera, Kind, Mood, Relation, Scene, Shot, TimeOfDay, Weather


def nouns(shot: Shot) -> list[str]:
    return [subject.noun for subject in shot.subjects]


def deeds(shot: Shot) -> list[str]:
    return [" ".join(part for part in (action.subject, action.verb, action.object or action.mount) if part) for action in shot.actions]


def lines(scene: Scene) -> list[tuple[str | None, str]]:
    return [(line.speaker, line.text) for shot in scene.shots for line in shot.lines]


def test_a_stunt_on_a_skateboard_is_announced_by_its_cat():
    scene = parse('a cat does a backflip on a skateboard, "watch this!" says the cat')
    (shot,) = scene.shots
    assert nouns(shot) == ["cat", "skateboard"]
    assert deeds(shot) == ["cat backflip skateboard"]
    assert shot.actions[0].mount == "skateboard"
    assert lines(scene) == [("cat", "watch this!")]
    assert scene.seconds == 6


def test_one_of_two_dogs_misses_and_there_is_only_one_ball():
    (shot,) = parse("at sunset two dogs play basketball on the beach, one misses and the ball bounces off the rim").shots
    assert nouns(shot) == ["dog", "dog", "basketball", "hoop"]
    assert [subject.count for subject in shot.subjects] == [1, 1, 1, 1]
    assert deeds(shot) == ["dog play basketball", "dog-2 play basketball", "dog miss basketball", "basketball bounce hoop"]
    assert (shot.place, shot.place_said, shot.time, shot.time_said) == ("beach", True, TimeOfDay.SUNSET, True)


def test_a_rocket_launches_from_a_snowy_forest_at_night():
    (shot,) = parse("a rocket launches from a snowy forest at night").shots
    assert (nouns(shot), deeds(shot)) == (["rocket"], ["rocket launch"])
    assert (shot.place, shot.time, shot.weather, shot.camera) == ("forest", TimeOfDay.NIGHT, Weather.SNOW, Camera.TILT)


def test_a_grandmother_dances_the_tango_on_the_moon_under_falling_stars_in_french():
    scene = parse("une grand-mère danse le tango sur la lune, il neige des étoiles")
    (shot,) = scene.shots
    assert (nouns(shot), deeds(shot)) == (["grandmother"], ["grandmother tango"])
    assert (shot.place, shot.particles, shot.mood, shot.weather) == ("moon", ("stars",), Mood.TANGO, Weather.CLEAR)
    assert shot.subjects[0].label == "grand-mère"
    assert scene.language == "fr"


def test_a_dialogue_gives_each_line_its_own_speaker_and_shot():
    scene = parse('a fox and a bear meet in the forest. "Have you seen my honey?" asks the bear. The fox laughs and says "I ate it all!"')
    master, bear, fox = scene.shots
    assert deeds(master) == ["fox meet bear", "bear meet fox"]
    assert lines(scene) == [("bear", "Have you seen my honey?"), ("fox", "I ate it all!")]
    assert nouns(bear) == ["bear"]
    assert (nouns(fox), deeds(fox)) == (["fox"], ["fox laugh"])
    assert {shot.place for shot in scene.shots} == {"forest"}
    assert scene.seconds > 6


@pytest.mark.parametrize("prompt", ["loneliness in a big city", "la solitude dans une grande ville"])
def test_loneliness_is_a_small_figure_walking_in_the_rain_at_dusk(prompt):
    scene = parse(prompt)
    (shot,) = scene.shots
    assert deeds(shot) == ["person walk"]
    assert (shot.subjects[0].size, shot.subjects[0].emoji) == (0.7, "🙍")
    assert (shot.place, shot.time, shot.weather, shot.mood, shot.camera) == (
        "city",
        TimeOfDay.DUSK,
        Weather.RAIN,
        Mood.SAD,
        Camera.PULL,
    )
    assert not shot.time_said
    assert Note.NO_SUBJECT in scene.notes


def test_a_ride_has_a_mount_and_its_shout_a_speaker():
    scene = parse('a girl rides a horse through a field at sunset, "faster!" shouts the girl', aspect=Aspect.TALL)
    (shot,) = scene.shots
    assert shot.actions[0].mount == "horse"
    assert deeds(shot) == ["girl ride horse"]
    assert lines(scene) == [("girl", "faster!")]
    assert (shot.place, shot.place_said, shot.camera) == ("field", True, Camera.FOLLOW)
    assert scene.size == (480, 854)


def test_adverbs_alone_become_a_title_card_that_owns_up():
    scene = parse("quickly, beautifully, forever", seconds=4)
    (shot,) = scene.shots
    assert shot.title == "quickly, beautifully, forever"
    assert not shot.subjects
    assert Note.NO_SUBJECT in scene.notes
    assert scene.seconds == 4


def test_the_pizza_flees_and_the_boy_is_behind():
    (shot,) = parse("a slice of pizza runs away from a hungry boy", seconds=5).shots
    assert nouns(shot) == ["pizza", "boy"]
    assert deeds(shot) == ["pizza flee boy"]


def test_plans_cut_in_french_and_a_pronoun_remembers_the_rocket():
    scene = parse("Plan 1 : une fusée décolle. Plan 2 : elle atterrit sur Mars. Plan 3 : un extraterrestre dit « bonjour »")
    assert [deeds(shot) for shot in scene.shots] == [["rocket launch"], ["rocket land"], []]
    assert [nouns(shot) for shot in scene.shots] == [["rocket"], ["rocket"], ["alien"]]
    assert scene.shots[1].place == "mars"
    assert lines(scene) == [("alien", "bonjour")]
    assert scene.shots[2].lines[0].language == "fr"


def test_time_codes_cut_to_the_second_and_count_no_cats():
    scene = parse("[0:00-0:03] a city street at night [0:03-0:06] a black cat jumps over a dog")
    street, jump = scene.shots
    assert (street.place, street.time, street.subjects) == ("street", TimeOfDay.NIGHT, ())
    assert deeds(jump) == ["cat jump dog"]
    assert [subject.count for subject in jump.subjects] == [1, 1]
    assert jump.subjects[0].colour == "#22232A"
    assert [(shot.start_s, shot.end_s) for shot in scene.shots] == [(0, 3), (3, 6)]
    assert scene.seconds == 6


def test_emoji_are_staged_as_themselves():
    (shot,) = parse("🐱🏀🛸🛸").shots
    assert [(subject.emoji, subject.count) for subject in shot.subjects] == [("🐱", 1), ("🏀", 1), ("🛸", 2)]
    assert shot.subjects[0].noun == "cat"


def test_an_emoji_after_its_own_noun_is_not_another_one():
    (shot,) = parse("a rocket 🚀 launches").shots
    assert (nouns(shot), shot.subjects[0].count) == (["rocket"], 1)


@pytest.mark.parametrize("prompt", ["مرحبا بالعالم", "你好世界", "привет мир"])
def test_a_script_without_a_known_word_is_shown_as_a_title(prompt):
    scene = parse(prompt)
    assert scene.shots[0].title == prompt
    assert scene.unknown


@pytest.mark.parametrize("prompt", ["", "   \n", "\u200b\u202e\u2066", "\u3164\u2800", "\x00\x07"])
def test_a_prompt_with_nothing_visible_is_refused(prompt):
    with pytest.raises(EmptyPrompt):
        parse(prompt)


def test_a_prompt_may_have_ten_thousand_characters_and_no_more():
    scene = parse("a cat jumps. " * 769)
    assert len(scene.shots) <= 8
    assert Note.PROMPT_CUT in scene.notes
    with pytest.raises(PromptTooLong) as refused:
        parse("x" * (MAX_PROMPT + 1))
    assert (refused.value.length, refused.value.limit) == (MAX_PROMPT + 1, MAX_PROMPT)


@pytest.mark.parametrize(
    ("prompt", "seconds", "aspect"),
    [
        ("a cat jumps, 9:16", 6, Aspect.TALL),
        ("a cat jumps 1:1 for 8 seconds", 8, Aspect.SQUARE),
        ("un chat saute, vertical, pendant 4 secondes", 4, Aspect.TALL),
        ("a cat jumps 45s", 20, Aspect.WIDE),
        ("a 5-second clip of a cat that jumps", 5, Aspect.WIDE),
        ("a cat jumps, 1 s", 2, Aspect.WIDE),
    ],
)
def test_length_and_shape_may_stand_in_the_prompt(prompt, seconds, aspect):
    scene = parse(prompt)
    assert (scene.seconds, scene.aspect) == (seconds, aspect)
    assert deeds(scene.shots[0]) == ["cat jump"]
    assert scene.unknown == ()


def test_options_given_apart_win_over_the_prompt():
    scene = parse("a cat jumps 9:16 8 seconds", seconds=3, aspect=Aspect.SQUARE, seed=7, style="paper")
    assert (scene.seconds, scene.aspect, scene.seed, scene.style) == (3, Aspect.SQUARE, 7, "paper")


@pytest.mark.parametrize(
    ("prompt", "wanted_nouns", "wanted_deeds", "place"),
    [
        ("a robot cooks pancakes in a kitchen in the morning", ["robot", "pancake"], ["robot cook pancake"], "kitchen"),
        ("Two children build a sandcastle on the beach.", ["child", "sandcastle"], ["child build sandcastle"], "beach"),
        (
            "a dragon and a knight fight in front of a castle",
            ["dragon", "knight", "castle"],
            ["dragon fight knight", "knight fight dragon"],
            "castle",
        ),
        ("An astronaut floats in space with a cat", ["astronaut", "cat"], ["astronaut float", "cat float"], "space"),
        ("a penguin slides down a snowy mountain", ["penguin"], ["penguin slide"], "mountain"),
        ("a tiny mouse scares a huge elephant", ["mouse", "elephant"], ["mouse scare elephant"], "field"),
        ("a wizard turns into a frog", ["wizard", "frog"], ["wizard transform frog"], "field"),
        ("three red balloons fly over the city", ["balloon"], ["balloon fly"], "city"),
        ("a policeman chases a thief through the city", ["policeman", "thief"], ["policeman chase thief"], "city"),
        ("a thief is chased by a policeman", ["thief", "policeman"], ["policeman chase thief"], "field"),
        ("the alien waves at a cow", ["alien", "cow"], ["alien wave cow"], "field"),
        ("a cat wearing sunglasses rides a bike", ["cat", "sunglasses", "bicycle"], ["cat hold sunglasses", "cat ride bicycle"], "field"),
        ("a mermaid sings under the sea", ["mermaid"], ["mermaid sing"], "underwater"),
        ("Alice and Bob dance at a party", ["alice", "bob"], ["alice dance", "bob dance"], "field"),
        ("a flying pig", ["pig"], ["pig fly"], "field"),
        ("a bird steals a sandwich from a tourist", ["bird", "sandwich", "tourist"], ["bird steal sandwich"], "field"),
        ("the cat eats a fish and the dog sleeps", ["cat", "fish", "dog"], ["cat eat fish", "dog sleep"], "field"),
        ("a knight rides a dragon over a volcano", ["knight", "dragon", "volcano"], ["knight ride dragon"], "volcano"),
        ("a man plays the guitar on stage, the crowd applauds", ["man", "guitar", "crowd"], ["man play guitar", "crowd clap"], "stage"),
        ("a cat sits. a pizza delivery man runs", ["postman"], ["postman run"], "field"),
        ("a boy looks at the moon", ["boy", "moon"], ["boy look moon"], "field"),
        ("a teacher teaches in a classroom", ["teacher"], ["teacher work"], "classroom"),
        ("un chat fait un salto sur un skateboard", ["cat", "skateboard"], ["cat backflip skateboard"], "field"),
        ("un robot fait des crêpes dans la cuisine", ["robot"], ["robot cook"], "kitchen"),
        ("une fille fait du vélo dans la forêt", ["girl", "bicycle"], ["girl ride bicycle"], "forest"),
        ("un pingouin rouge glisse sur la banquise", ["penguin", "iceberg"], ["penguin slide"], "field"),
        ("le loup vole une pizza et s'enfuit", ["wolf", "pizza"], ["wolf steal pizza", "wolf flee"], "field"),
        ("un oiseau vole dans le ciel", ["bird"], ["bird fly"], "sky"),
        ("dans la forêt, un renard rencontre un ours", ["fox", "bear"], ["fox meet bear"], "forest"),
        ("un petit garçon pleure sous la pluie", ["boy"], ["boy cry"], "field"),
        ("une sorcière chevauche un balai devant la lune", ["wizard", "broom", "moon"], ["wizard ride broom"], "field"),
        ("un chevalier combat un dragon devant le château", ["knight", "dragon", "castle"], ["knight fight dragon"], "castle"),
        ("une voiture roule dans la ville la nuit", ["car"], ["car drive"], "city"),
        ("un chien court après un chat", ["dog", "cat"], ["dog chase cat"], "field"),
        ("Un extraterrestre vert mange une glace à la plage", ["alien", "ice cream"], ["alien eat ice cream"], "beach"),
        ("une grand mere danse dans la foret", ["grandmother"], ["grandmother dance"], "forest"),
        ("un facteur poursuivi par un chien", ["postman", "dog"], ["dog chase postman"], "field"),
        ("des enfants jouent dans le parc", ["child"], ["child play"], "park"),
        ("la lune sourit", ["moon"], ["moon cheer"], "field"),
        (
            "Une princesse embrasse une grenouille qui devient un prince",
            ["queen", "frog", "king"],
            ["queen kiss frog", "frog transform king"],
            "field",
        ),
        ("a penguin slides down a hill and bumps into a wolf", ["penguin", "wolf"], ["penguin slide", "penguin bump wolf"], "field"),
        ("un pingouin percute un loup", ["penguin", "wolf"], ["penguin bump wolf"], "field"),
        ("a fox detective walks under a street lamp", ["fox", "magnifying glass"], ["fox walk"], "street"),
        ("un renard détective marche sous un lampadaire", ["fox", "magnifying glass"], ["fox walk"], "street"),
        ("two pirates fight with swords on a ship", ["pirate", "sword"], ["pirate fight"], "deck"),
        ("battle between a robot and a dinosaur", ["robot", "dinosaur"], ["robot fight dinosaur", "dinosaur fight robot"], "field"),
        ("my cat is a famous chef and dances", ["cat", "fried egg"], ["cat dance"], "field"),
        ("a man walks his dog", ["man", "dog"], ["man walk", "dog walk"], "field"),
        ("a dog catches a ball in the park", ["dog", "ball"], ["dog catch ball"], "park"),
        ("a penguin falls on the ice", ["penguin"], ["penguin fall"], "snow"),
        ("a soccer player scores a goal", ["player", "goal"], ["player kick goal"], "field"),
        ("a boy runs because a dog chases him", ["boy", "dog"], ["boy run", "dog chase boy"], "field"),
        ("une souris court et un chat la poursuit", ["mouse", "cat"], ["mouse run", "cat chase mouse"], "field"),
        (
            "un dinosaure sort d'un gâteau, des ballons rebondissent",
            ["dinosaur", "cake", "balloon"],
            ["dinosaur appear cake", "ball bounce"],
            "field",
        ),
    ],
)
def test_a_prompt_becomes_subjects_deeds_and_a_place(prompt, wanted_nouns, wanted_deeds, place):
    shot = parse(prompt).shots[-1]
    assert (nouns(shot), deeds(shot), shot.place) == (wanted_nouns, wanted_deeds, place)


PAIRS = [
    ("a cat jumps over a dog on the beach", "un chat saute par-dessus un chien sur la plage"),
    ("two dogs run in the forest at night", "deux chiens courent dans la forêt la nuit"),
    ("a robot reads a book in a kitchen", "un robot lit un livre dans une cuisine"),
    ("a girl eats an apple under a tree", "une fille mange une pomme sous un arbre"),
    ("a rocket lands on Mars", "une fusée atterrit sur Mars"),
    ("a black horse gallops in the desert at sunset", "un cheval noir galope dans le désert au coucher du soleil"),
    ('the fox says "ok"', "le renard dit « ok »"),
    ("a witch dances with a ghost, close-up", "une sorcière danse avec un fantôme, gros plan"),
    ("it rains on a small house", "il pleut sur une petite maison"),
    ("a wolf chases three sheep through the snowy mountains", "un loup poursuit trois moutons à travers les montagnes enneigées"),
]


@pytest.mark.parametrize(("english", "french"), PAIRS)
def test_both_languages_give_the_same_keys(english, french):
    def keys(scene: Scene) -> list[object]:
        return [
            (
                [(s.noun, s.kind, s.count, s.size, s.colour) for s in shot.subjects],
                shot.actions,
                shot.relations,
                [(line.speaker, line.text) for line in shot.lines],
                (shot.place, shot.time, shot.weather, shot.mood, shot.camera),
            )
            for shot in scene.shots
        ]

    one, other = parse(english), parse(french)
    assert keys(one) == keys(other)
    assert (one.language, other.language) == ("en", "fr")
    assert (one.unknown, other.unknown) == ((), ())


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ('a chef: "Dinner is ready!"', [("chef", "Dinner is ready!")]),
        ("CAT: I am hungry\nDOG: me too", [("cat", "I am hungry"), ("dog", "me too")]),
        ('he says "hello" to the queen', [("man", "hello")]),
        ('"Look!" the cat says', [("cat", "Look!")]),
        ("« Bonjour ! » dit le pingouin", [("penguin", "Bonjour !")]),
        ("le roi dit : « Je suis fatigué » et s'endort", [("king", "Je suis fatigué")]),
        ("a robot says hello", [("robot", "hello")]),
        ("a cat meows and says 'feed me now'", [("cat", "feed me now")]),
        ('a dog barks. "Stop. Now! Please." The owl flies away', [("dog", "Stop. Now! Please.")]),
        ('a baker shouts "bread" and a fox whispers "cheese"', [("chef", "bread"), ("fox", "cheese")]),
        ('"nobody here"', [("person", "nobody here")]),
        ('a man meets a woman, she says "yes"', [("woman", "yes")]),
        ("un homme rencontre une femme, il dit « oui »", [("man", "oui")]),
    ],
)
def test_words_are_spoken_by_whoever_says_them(prompt, wanted):
    assert lines(parse(prompt)) == wanted


@pytest.mark.parametrize(
    "prompt", ['two robots, "toast" says one, "mind" says the other', "deux robots, « toast » dit l'un, « mind » dit l'autre"]
)
def test_the_one_and_the_other_speak_in_turn(prompt):
    (shot,) = parse(prompt).shots
    assert [line.speaker for line in shot.lines] == [subject.id for subject in shot.subjects]
    assert len({line.speaker for line in shot.lines}) == 2


def test_a_camera_that_shakes_shakes_nobody():
    (shot,) = parse("a rocket takes off, the camera shakes").shots
    assert (deeds(shot), shot.camera) == (["rocket launch"], Camera.SHAKE)


def test_words_on_a_sign_are_not_spoken_but_owned_up_to():
    scene = parse('a sign "no swimming" on the beach and a shark swims')
    assert lines(scene) == []
    assert scene.not_staged == ("“no swimming”",)


def test_unknown_nouns_stand_in_with_their_label_and_unknown_verbs_are_reported():
    scene = parse("a grumbly flibbet snorgles a wug")
    actor, thing = scene.shots[0].subjects
    assert (actor.label, actor.known, actor.kind, actor.emoji) == ("flibbet", False, Kind.PERSON, "🧑")
    assert (thing.label, thing.known, thing.kind, thing.emoji) == ("wug", False, Kind.PROP, "📦")
    assert deeds(scene.shots[0]) == ["flibbet idle wug"]
    assert scene.not_staged == ("snorgles",)
    assert scene.unknown == ("grumbly", "flibbet", "snorgles", "wug")


@pytest.mark.parametrize(
    ("prompt", "word"), [("a bear, no honey", "honey"), ("a boy doesn't jump", "jump"), ("un homme ne dort pas", "dort pas")]
)
def test_what_is_denied_is_not_staged(prompt, word):
    scene = parse(prompt)
    assert scene.shots[0].actions == ()
    assert scene.not_staged == (word,)


def test_then_begins_a_shot_and_it_means_the_car():
    first, second = parse("a dog drives a yellow car, then it explodes").shots
    assert deeds(first) == ["dog drive car"]
    assert deeds(second) == ["car explode"]


def test_place_hour_and_weather_carry_over_to_later_shots():
    scene = parse("It is night and it snows in the village. A wolf howls. A child opens a window.")
    assert {(shot.place, shot.time, shot.weather) for shot in scene.shots} == {("village", TimeOfDay.NIGHT, Weather.SNOW)}
    assert scene.shots[1].sounds == ("howl",)


def test_too_many_shots_for_the_length_share_shots_and_the_rest_is_named():
    sentences = " ".join(f"A {animal} jumps." for animal in ("cat", "dog", "fox", "bear", "owl", "pig", "cow", "hen"))
    scene = parse(sentences, seconds=4)
    assert len(scene.shots) == 2
    assert Note.SHOTS_CUT in scene.notes
    assert scene.not_staged == ("A owl jumps. A pig jumps", "A cow jumps. A hen jumps")


def test_more_than_six_actors_are_cut_and_named():
    scene = parse("a cat, a dog, a fox, a bear, an owl, a pig, a cow and a hen dance")
    assert sum(subject.count for subject in scene.shots[0].subjects) == 6
    assert scene.not_staged == ("cow", "hen")
    assert Note.ACTORS_CUT in scene.notes


def test_more_than_three_deeds_are_cut_and_named():
    scene = parse("a cat jumps, spins, dances, laughs and sleeps")
    assert [action.verb for action in scene.shots[0].actions] == ["jump", "spin", "dance"]
    assert scene.not_staged == ("laughs", "sleeps")


@pytest.mark.parametrize(
    ("prompt", "relation", "thing"),
    [
        ("a cat sleeps under a tree", Relation.UNDER, "tree"),
        ("a ghost appears behind a door", Relation.BEHIND, "door"),
        ("un lapin dans un chapeau", Relation.IN, "hat"),
        ("a dog with a bone", Relation.WITH, "bone"),
        ("un chien à côté d'une voiture", Relation.NEAR, "car"),
        ("a bird on a rock", Relation.ON, "rock"),
    ],
)
def test_prepositions_place_things(prompt, relation, thing):
    (shot,) = parse(prompt).shots
    assert [(found.relation, found.object) for found in shot.relations] == [(relation, thing)]


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("a cat", 1),
        ("cats", 3),
        ("six cats", 6),
        ("forty cats", 3),
        ("a herd of cows", 5),
        ("a couple of owls", 2),
        ("trois souris", 3),
        ("une foule", 6),
        ("a couple", 2),
    ],
)
def test_counts_are_between_one_and_six(prompt, count):
    assert parse(prompt).shots[0].subjects[0].count == count


@pytest.mark.parametrize(
    ("prompt", "camera"),
    [
        ("close-up of a cat", Camera.CLOSE),
        ("a cat, wide shot", Camera.PULL),
        ("un chat, gros plan", Camera.CLOSE),
        ("zoom in on a sleeping cat", Camera.PUSH),
        ("a car crashes, handheld", Camera.SHAKE),
        ("a dog runs", Camera.FOLLOW),
        ("a dog sits", Camera.HOLD),
    ],
)
def test_the_camera_does_what_is_said_or_what_suits(prompt, camera):
    assert parse(prompt).shots[0].camera is camera


def test_slow_motion_sounds_and_particles_are_heard_and_seen():
    (shot,) = parse("a dog barks in slow motion, thunder, falling leaves").shots
    assert (shot.slow_motion, shot.sounds, shot.particles) == (True, ("bark", "thunder"), ("leaves",))


def test_style_words_are_known_and_silent():
    scene = parse("cinematic 4k photorealistic video of a cute fluffy cat, highly detailed, depth of field")
    assert (scene.unknown, scene.not_staged, nouns(scene.shots[0])) == ((), (), ["cat"])


def test_the_reader_decides_the_language_of_a_word_both_know():
    assert parse("robot", locale=Locale.FR).language == "fr"
    assert parse("robot", locale=Locale.EN).language == "en"


def test_control_and_direction_marks_leave_the_prompt():
    assert parse("a \u202ecat\u0000 jumps\u200b").prompt == "a cat jumps"


def test_markup_is_only_text():
    scene = parse("<script>alert(1)</script> a **cat** [jumps](http://x)")
    assert "cat" in nouns(scene.shots[0])


def test_time_codes_without_text_give_a_title_card():
    assert parse("[0:00-0:03] [0:03-0:06]").shots[0].title is not None


def test_disordered_time_codes_do_not_count():
    assert [shot.start_s for shot in parse("[0:05-0:02] a cat jumps [0:01-0:03] a dog runs").shots] == [None, None]
