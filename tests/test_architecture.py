"""What a linter cannot count: sizes, one word one file, where SQL may live, and how personal data is erased."""

import ast
import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import BigInteger, Integer

from walkon.bot import commands
from walkon.bot.words import Words
from walkon.store.schema import METADATA
from walkon.types.people import Locale

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "walkon").rglob("*.py"))
MAX_FILE, MAX_FUNCTION = 500, 50
PERSON_COLUMN = re.compile(r"(^|_)(person|author|asker|owner|requester|account|handle|prompt|text|name|reply)(_|$)")
SQL = re.compile(r"\b(SELECT .+ FROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE TABLE)\b")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_file_is_longer_than_the_stop(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_FILE


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_function_is_longer_than_the_stop(path: Path) -> None:
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION}
    if "migrations" not in path.parts:
        assert not long


def test_every_command_is_the_file_of_its_name_with_words_and_a_test_beside_it() -> None:
    words = Words.load()
    for command in commands.load():
        file = ROOT / "walkon/bot/commands" / command.name.replace("-", "_")
        assert file.with_suffix(".py").exists() or (file / "__init__.py").exists(), command.name
        assert (ROOT / f"tests/bot/commands/test_{command.name.replace('-', '_')}.py").exists(), command.name
        assert words.has(f"command.{command.name}")
        assert all(words.has(f"option.{option.name}") for option in command.options)


def test_both_languages_have_the_same_sentences_with_the_same_places_to_fill() -> None:
    catalogues = Words.load().catalogues
    assert catalogues[Locale.EN].keys() == catalogues[Locale.FR].keys()
    for key, english in catalogues[Locale.EN].items():
        places = [set(re.findall(r"{(\w+)}", text)) for text in (english, catalogues[Locale.FR][key])]
        assert places[0] == places[1], key


def test_french_sentences_keep_their_spaces_unbreakable() -> None:
    for key, sentence in Words.load().catalogues[Locale.FR].items():
        assert not re.search(r" [?!;:»]|« ", sentence), key


def test_bare_sql_lives_in_the_queue_only() -> None:
    homes = {path for path in SOURCES if SQL.search(path.read_text())}
    assert {name_of(path) for path in homes if "queue" not in path.parts} <= {"walkon/doctor/stores.py"}


@pytest.fixture(scope="module")
def tables() -> list[ModuleType]:
    """Every module that declares some; importing them fills METADATA."""
    paths = [path for path in SOURCES if "METADATA" in path.read_text() and path.name != "env.py" and "versions" not in path.parts]
    return [import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in paths]


def test_every_column_about_a_person_says_how_it_is_erased(tables: list[ModuleType]) -> None:
    declared: dict[str, dict[str, str]] = {}
    for module in tables:
        declared |= getattr(module, "PERSONAL", {})
    for table in METADATA.sorted_tables:
        personal = {column.name for column in table.columns if PERSON_COLUMN.search(column.name)}
        assert personal <= declared.get(table.name, {}).keys(), table.name


def test_migrations_stand_in_one_line_and_are_called_by_their_number() -> None:
    files = sorted((ROOT / "walkon" / "store" / "migrations" / "versions").glob("m*.py"))
    steps = [import_module(f"walkon.store.migrations.versions.{path.stem}") for path in files]
    numbers = [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert [path.stem[1:5] for path in files] == [step.revision for step in steps] == numbers
    assert [step.down_revision for step in steps] == [None, *numbers[:-1]]


def test_statements_and_numbers_are_those_of_every_database(tables: list[ModuleType]) -> None:
    foreign = {name_of(path) for path in SOURCES if "sqlalchemy.dialects" in path.read_text()} - {"walkon/store/schema.py"}
    assert foreign == set(), "import insert from walkon/store/schema.py"
    columns = [(f"{table}.{column.name}", column.type) for table in METADATA.sorted_tables for column in table.columns]
    narrow = [name for name, type_ in columns if isinstance(type_, Integer) and not isinstance(type_, BigInteger)]
    assert narrow == [], "write INT64 (walkon/store/schema.py) instead of Integer: a moment in milliseconds has 41 bits"
