"""Settings by environment variables: they win over the file, and their faults are told by their own names."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.config.asking import CANARY, problems
from walkon.config import Config, Secret, load
from walkon.config.shape import keys, sections
from walkon.config.source import variable_of
from walkon.types.errors import SetupError


def test_faults_of_the_variables_are_told_beside_an_unreadable_file(tmp_path):
    found = problems(tmp_path / "no.toml", {"WALKON_WEB__PORT": "x"})
    assert len(found) == 2
    assert found[1] == 'WALKON_WEB__PORT: "x" is not a whole number from 0 to 65535. Write 8080.'


BAD_VARIABLES = {
    "WALKON_WBE__PORT": ("1", "WALKON_WBE__PORT: is not a setting. Did you mean WALKON_WEB__PORT?"),
    "WALKON_web__port": ("1", "WALKON_web__port: is not a setting. Did you mean WALKON_WEB__PORT?"),
    "WALKON_TOKEN": ("1", "WALKON_TOKEN: is not a setting. Variables are called WALKON_SECTION__KEY, as in WALKON_WEB__PORT."),
    "WALKON_QUEUE__LEASE_S": ("soon", 'WALKON_QUEUE__LEASE_S: "soon" is not a whole number of seconds from 5 to 3600. Write 30.'),
    "WALKON_QUEUE__URL": (
        "redis//cache",
        'WALKON_QUEUE__URL: "redis//cache" has no scheme. '
        'Write redis://HOST:6379/0 or "sqlite:///FULL/PATH", or leave url out to keep the queue in a file of data_dir.',
    ),
    "WALKON_DISCORD__COMMAND": (
        "sora",
        "WALKON_DISCORD__COMMAND: is set, but [discord] token is missing. Set WALKON_DISCORD__TOKEN as well.",
    ),
    "WALKON_WALKON__OPERATORS": (
        "web:a,bob",
        'WALKON_WALKON__OPERATORS: "web:a,bob" is not a list of "discord:ID", "telegram:ID" or "web:NAME". '
        "Write discord:123456789012345678.",
    ),
    "WALKON_WEB__LOGIN": ("hunter2", "WALKON_WEB__LOGIN: has 7 characters. Write a passphrase of at least 12."),
    "WALKON_WEB__HOST": (
        "0.0.0.0",
        'WALKON_WEB__HOST: "0.0.0.0" opens the page to the network without login. '
        'Set [web] login and put TLS in front (public_url = "https://…"), or host = "127.0.0.1".',
    ),
}


@pytest.mark.parametrize(("name", "value", "line"), [(name, *rest) for name, rest in BAD_VARIABLES.items()])
def test_a_fault_of_a_variable_is_one_line_with_its_name_and_mend(name, value, line):
    assert problems(None, {name: value}) == [line]


def test_a_variable_wins_over_the_file_and_completes_it(write):
    config = load(write("[discord]\n[web]\nport = 1\n"), {"WALKON_WEB__PORT": "2", "WALKON_DISCORD__TOKEN": CANARY})
    assert config.web.port == 2
    assert config.discord is not None and config.discord.token == Secret(CANARY)


def test_an_empty_variable_counts_as_not_set(write):
    config = load(write("[web]\nport = 1\n"), {"WALKON_WEB__PORT": "", "WALKON_DISCORD__TOKEN": ""})
    assert config.web.port == 1
    assert config.discord is None


@pytest.mark.parametrize("value", ["web:Ana, discord:42", '["web:Ana", "discord:42"]', " web:Ana,discord:42 "])
def test_a_list_in_a_variable_is_separated_by_commas_or_written_as_in_the_file(value):
    assert load(None, {"WALKON_WALKON__OPERATORS": value}).walkon.operators == ("web:Ana", "discord:42")


@given(st.integers())
@example(0)
@example(65535)
@example(65536)
@example(10**400)
def test_any_number_in_a_variable_is_the_port_or_a_line(number):
    if 0 <= number <= 65535:
        assert load(None, {"WALKON_WEB__PORT": str(number)}).web.port == number
    else:
        assert len(problems(None, {"WALKON_WEB__PORT": str(number)})) == 1


@given(
    st.sampled_from([variable_of(section, key) for section in sections() for key in keys(section)]),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80),
)
@example("WALKON_QUEUE__URL", "sqlite://[")
@example("WALKON_WALKON__OPERATORS", "[[")
@example("WALKON_WALKON__DATA_DIR", "~\x01/x")
def test_any_text_in_any_variable_is_settings_or_printable_lines(name, value):
    try:
        assert isinstance(load(None, {name: value}), Config)
    except SetupError as refused:
        assert all(line.startswith(f"{name}: ") and "\n" not in line for line in refused.problems)
