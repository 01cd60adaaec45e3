import numpy as np
import pytest

from walkon.engine.performance import SAMPLE_RATE, Speech
from walkon.engine.sound.espeak import Espeak
from walkon.engine.sound.spelling import cardinal, ordinal, spoken
from walkon.engine.sound.voice import Voices, written_words
from walkon.types.scene import FPS, Kind, Line, Subject


def subject(noun: str, kind: Kind = Kind.ANIMAL) -> Subject:
    return Subject(id=noun, noun=noun, label=noun, kind=kind, emoji="🐱")


def line(text: str, language: str = "en") -> Line:
    return Line(speaker=None, text=text, language=language)


def centroid_hz(speech: Speech) -> float:
    power = np.abs(np.fft.rfft(speech.pcm)) ** 2
    return float((np.fft.rfftfreq(len(speech.pcm), 1 / SAMPLE_RATE) * power).sum() / power.sum())


def lowest_hz(speech: Speech) -> float:
    """The lowest strong tone: the fundamental of the voice."""
    power = np.convolve(np.abs(np.fft.rfft(speech.pcm, 1 << 18)) ** 2, np.ones(40) / 40, "same")
    hz = np.fft.rfftfreq(1 << 18, 1 / SAMPLE_RATE)
    return float(hz[(hz > 40) & (power > 0.08 * power.max())][0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Watch this!", 2),
        ("Have you seen my honey? I can't find it — really.", 10),
        ("I paid $1,250 for a well-known cat at 7:30.", 9),
        ("Hello Dr. Smith & friends", 5),
    ],
)
def test_word_times_rise_inside_the_sound_and_every_written_word_has_one(voices: Voices, text: str, words: int) -> None:
    speech = voices.say(line(text), subject("cat"))
    marks = [mark for word in speech.words for mark in (word.start_s, word.end_s)]
    assert speech.voice == "neural"
    assert marks == sorted(marks)
    assert marks[0] >= 0
    assert marks[-1] <= speech.seconds
    assert all(word.end_s > word.start_s for word in speech.words)
    assert [word.text for word in speech.words] == list(written_words(text))
    assert abs(len(speech.words) - words) <= 1


def test_word_times_follow_the_sound_and_not_the_letters(voices: Voices) -> None:
    speech = voices.say(line("No, a hippopotamus."), None)
    pause = speech.pcm[round(speech.words[0].end_s * SAMPLE_RATE) : round(speech.words[1].start_s * SAMPLE_RATE)]
    assert len(pause) > 0.08 * SAMPLE_RATE
    middle = pause[len(pause) // 4 : -len(pause) // 4]
    assert np.sqrt(np.square(middle).mean()) < 0.1 * np.sqrt(np.square(speech.pcm).mean())


def test_a_number_is_one_written_word_with_the_time_of_all_its_spoken_ones(voices: Voices) -> None:
    speech = voices.say(line("Take 1,250 now"), None)
    take, number, now = speech.words
    assert number.end_s - number.start_s > 3 * max(take.end_s - take.start_s, now.end_s - now.start_s)


def test_a_line_begins_and_ends_without_dead_air(voices: Voices) -> None:
    speech = voices.say(line("Watch this!"), subject("cat"))
    loud = np.flatnonzero(np.abs(speech.pcm) > 0.03)
    assert loud[0] < 0.12 * SAMPLE_RATE
    assert len(speech.pcm) - loud[-1] < 0.2 * SAMPLE_RATE


def test_the_mouth_is_open_on_sound_and_shut_in_silence(voices: Voices) -> None:
    speech = voices.say(line("No. Yes."), None)
    assert len(speech.mouth) == -(-len(speech.pcm) * FPS // SAMPLE_RATE)
    assert max(speech.mouth) == 1
    assert speech.mouth[0] < 0.1
    gap = round((speech.words[0].end_s + speech.words[1].start_s) / 2 * FPS)
    assert min(speech.mouth[gap - 1 : gap + 2]) < 0.1


def test_characters_sound_apart(voices: Voices) -> None:
    text = "I will be home before the rain begins."
    said = {noun: voices.say(line(text), subject(noun)) for noun in ("mouse", "dog", "bear")}
    assert lowest_hz(said["mouse"]) > 1.3 * lowest_hz(said["dog"]) > 1.3 * 1.3 * lowest_hz(said["bear"])


def test_a_robot_buzzes(voices: Voices) -> None:
    robot = voices.say(line("Hello there"), subject("robot", Kind.CREATURE))
    man = voices.say(line("Hello there"), subject("man", Kind.PERSON))
    assert centroid_hz(robot) > centroid_hz(man)


def test_the_same_noun_has_the_same_voice_and_another_noun_another(voices: Voices) -> None:
    first, again, other = (voices.say(line("Good evening"), subject(noun)) for noun in ("fox", "fox", "wolf"))
    assert np.array_equal(first.pcm, again.pcm)
    assert len(first.pcm) != len(other.pcm) or not np.array_equal(first.pcm, other.pcm)


@pytest.mark.skipif(Espeak.found() is None, reason="espeak-ng is not installed")
def test_french_is_spoken_by_espeak_and_says_so(voices: Voices) -> None:
    speech = voices.say(line("bonjour tout le monde", "fr"), subject("alien", Kind.CREATURE))
    assert speech.voice == "espeak"
    assert 0.7 < speech.seconds < 3
    assert [word.text for word in speech.words] == ["bonjour", "tout", "le", "monde"]
    assert speech.words[-1].end_s <= speech.seconds


@pytest.mark.skipif(Espeak.found() is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize("language", ["zz", "../../etc/passwd", "-w/tmp/x", "", "fr;id"])
def test_a_strange_language_never_reaches_the_program_as_an_option(voices: Voices, language: str) -> None:
    assert voices.say(line("bonjour", language), None).voice in ("tones", "espeak")


@pytest.mark.skipif(Espeak.found() is None, reason="espeak-ng is not installed")
def test_text_that_looks_like_an_option_is_spoken(voices: Voices) -> None:
    assert voices.say(line("-w /dev/full [[h@'loU]]", "fr"), None).seconds > 0.3


def test_a_machine_without_voices_answers_with_tones_and_says_so() -> None:
    speech = Voices(neural=False, espeak=False).say(line("Have you seen my honey?"), subject("bear"))
    assert speech.voice == "tones"
    assert len(speech.words) == 5
    assert max(speech.mouth) == 1


@pytest.mark.parametrize("text", ["", "   ", "🎉", "...", "[x](/y/)", "\x00\x07", "a" * 10_000, "١٢٣", "x²"])
def test_no_text_is_too_odd_to_say(voices: Voices, text: str) -> None:
    speech = voices.say(line(text), None)
    assert speech.pcm.dtype == np.float32
    assert np.isfinite(speech.pcm).all()
    assert len(speech.words) == len(written_words(text[:400]))


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "zero"), (17, "seventeen"), (42, "forty two"), (1250, "one thousand two hundred and fifty"), (1_000_001, "one million and one")],
)
def test_numbers_are_spelt_out(number: int, words: str) -> None:
    assert cardinal(number) == words


def test_ranks_clocks_coins_and_years_are_spelt_out() -> None:
    assert ordinal(22) == "twenty second"
    assert spoken("3rd,") == "third,"
    assert spoken("7:05") == "seven oh five"
    assert spoken("$9.50!") == "nine point five zero dollars!"
    assert spoken("1984") == "nineteen eighty four"
    assert spoken("50%") == "fifty percent"
