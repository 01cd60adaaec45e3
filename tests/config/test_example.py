"""`config.example.toml` shows every setting, and as it stands it is the defaults."""

import re
import tomllib
from pathlib import Path

import msgspec

from walkon.config import Config, load
from walkon.config.shape import flattened, keys, sections

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def _all_on(text: str) -> dict[str, dict[str, object]]:
    """The example with its `#key = …` settings switched on."""
    return flattened(tomllib.loads(re.sub(r"(?m)^#(?=\[|[a-z_]+ = )", "", text)))


def test_the_example_holds_exactly_the_settings_there_are():
    found = _all_on(EXAMPLE.read_text("utf-8"))
    known = [*sections(), "limits.role.moderator"]
    assert {section: set(content) for section, content in found.items()} == {section: set(keys(section)) for section in known}


def test_the_example_as_it_stands_is_the_defaults():
    assert load(EXAMPLE, {}) == Config()


def test_every_default_the_example_shows_switched_off_is_right_too():
    found = _all_on(EXAMPLE.read_text("utf-8"))
    for section in ("discord", "telegram"):
        defaults = {key: field.default for key, field in keys(section).items() if field.default not in (msgspec.NODEFAULT, None)}
        assert {key: found[section][key] for key in defaults} == defaults


def test_every_setting_of_the_example_has_one_line_of_comment_above_it():
    lines = EXAMPLE.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if re.match(r"#?[a-z_]+ = ", line):
            assert re.match(r"# [A-Z0-9]", lines[number - 1]), line
