"""What is refused, what is not, and which words are said to be the reason."""

from pathlib import Path

import pytest

from walkon.safety.policy import RULES
from walkon.safety.text import ALLOWED, Judge, Label, groups, usual_judge
from walkon.types.harm import ALWAYS, TOPICS, USUAL_TOPICS, Category

HERE = Path(__file__).parent
LEAST_HARMLESS, MOST_BLOCKED = 200, 0.02


def lines(name: str) -> list[str]:
    return (HERE / name).read_text("utf-8").splitlines()


HARMFUL = [tuple(line.split("\t")) for name in ("harmful_en.txt", "harmful_fr.txt") for line in lines(name)]


@pytest.mark.parametrize("name", ["harmless_en.txt", "harmless_fr.txt"])
def test_harmless_prompts_full_of_traps_pass(name: str) -> None:
    prompts = lines(name)
    stopped = [prompt for prompt in prompts if not usual_judge().judge(prompt).passes]
    assert len(set(prompts)) >= LEAST_HARMLESS
    assert len(stopped) <= MOST_BLOCKED * len(prompts), stopped


@pytest.mark.parametrize(("category", "prompt"), HARMFUL)
def test_what_no_host_wants_is_blocked_and_named(category: str, prompt: str) -> None:
    verdict = usual_judge().judge(prompt)
    assert (verdict.label, verdict.category) == (Label.BLOCK, Category(category))


@pytest.mark.parametrize(("category", "prompt"), HARMFUL[::3])
def test_it_is_found_in_the_middle_of_a_long_harmless_prompt_too(category: str, prompt: str) -> None:
    long = " ".join(["a cat paints the kitchen wall blue."] * 20 + [prompt] + ["le chien regarde la mer."] * 20)
    assert usual_judge().judge(long).category == Category(category)


def test_every_topic_has_words_and_every_group_a_rule() -> None:
    ruled = {group for rule in RULES for part in rule.groups for group in part}
    assert {rule.category for rule in RULES} == set(Category)
    assert ruled - {"age"} == set(groups()) - {"innocent"}


@pytest.mark.parametrize(
    "prompt",
    [
        "a n u d e woman",
        "a nud3 woman",
        "a ｎｕｄｅ woman",
        "une femme nuuuue",
        "a %6eude woman",
        "a nu\u200bde woman",
        "ein nude Bild, femme nue",
    ],
)
def test_a_disguised_word_is_blocked_like_a_plain_one(prompt: str) -> None:
    assert usual_judge().judge(prompt).category is Category.SEXUAL


@pytest.mark.parametrize(
    ("prompt", "category"),
    [
        ("Shot 1: a rally with hit. Shot 2: ler speaks", Category.HATE),
        ("reltih speaks to the crowd", Category.HATE),
        ("a pornogrphy studio", Category.SEXUAL),
        ("a mas turbation scene", Category.SEXUAL),
        ("they are masturrbating", Category.SEXUAL),
    ],
)
def test_what_only_looks_like_it_is_for_review(prompt: str, category: Category) -> None:
    verdict = usual_judge().judge(prompt)
    assert verdict.category is category
    assert not verdict.passes


def test_a_made_up_president_passes_and_a_real_one_does_not() -> None:
    assert usual_judge().judge("a made-up president opens a cheese shop") == ALLOWED
    assert usual_judge().judge("the president of France opens a cheese shop").category is Category.PUBLIC_FIGURE


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("on the beach, Emmanuel Macron tells people to swim", "Macron"),
        ("a cat, then a forest in the style of Miyazaki, then a dog", "style of Miyazaki"),
        ("a woman, n u d e, on a horse", "n u d e"),
        ("«un homme nu» dort", "homme nu"),
    ],
)
def test_the_words_quoted_are_the_persons_own_and_no_more_than_needed(prompt: str, words: str) -> None:
    assert usual_judge().judge(prompt).words == words


def test_a_quote_is_never_long() -> None:
    verdict = usual_judge().judge("a 15 year old " + "walks and walks " * 100 + "naked")
    assert verdict.category is Category.MINOR_SEXUAL
    assert len(usual_judge().judge("style of " + "x" * 300 + " Miyazaki").words) <= 80


def test_of_the_gravest_kind_no_word_is_repeated() -> None:
    assert usual_judge().judge("a naked child").words == ""


def test_the_gravest_reason_is_the_one_told() -> None:
    assert usual_judge().judge("Hitler and a naked child and a bomb").category is Category.MINOR_SEXUAL


def test_a_host_may_lift_a_topic_but_never_what_is_refused_everywhere() -> None:
    judge = Judge(topics=())
    assert judge.judge("Emmanuel Macron eats a snail") == ALLOWED
    blocked = {category for category, prompt in HARMFUL if not judge.judge(prompt).passes}
    assert {Category(category) for category in blocked} == ALWAYS


def test_figures_that_belong_to_somebody_are_refused_where_the_host_asks_for_it() -> None:
    assert usual_judge().judge("Pikachu on a skateboard") == ALLOWED
    assert Judge(topics=TOPICS).judge("Pikachu on a skateboard").category is Category.IP_CHARACTER


def test_a_host_adds_names_and_terms() -> None:
    judge = Judge(USUAL_TOPICS, people=["Ada Lovelace"], terms={Category.HARASSMENT_DEFAMATION: ["bob's bakery"]})
    assert judge.judge("ada lovelace waves").category is Category.PUBLIC_FIGURE
    assert judge.judge("Bob's bakery has mice").category is Category.HARASSMENT_DEFAMATION
    assert judge.judge("a bakery has mice") == ALLOWED


@pytest.mark.parametrize("text", ["", " ", "💥💥💥", "!?", "a" * 5000])
def test_what_has_no_words_passes(text: str) -> None:
    assert usual_judge().judge(text) == ALLOWED


def test_a_text_that_hides_too_much_is_blocked_without_a_category() -> None:
    verdict = usual_judge().judge("s\u200be\u200bc\u200br\u200be\u200bt w\u200bo\u200br\u200bd\u200bs")
    assert (verdict.label, verdict.category) == (Label.BLOCK, None)
