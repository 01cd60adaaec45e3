"""The documents cannot lag: every command, setting, verb and metric is in them, and every link leads somewhere."""

import re
from pathlib import Path

import pytest
from msgspec.structs import fields

from walkon.bot import commands
from walkon.cli import VERBS
from walkon.config import Config
from walkon.telemetry import build_metrics, exposition

ROOT = Path(__file__).parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
ALL = "\n".join(path.read_text() for path in DOCS)


def test_every_command_is_explained() -> None:
    for command in commands.load():
        assert f"/sora {command.name}" in ALL


def test_every_verb_of_the_command_line_is_explained() -> None:
    for verb in VERBS:
        assert f"walkon {verb}" in ALL, verb


def test_every_section_of_the_configuration_is_explained() -> None:
    for section in fields(Config):
        assert f"`[{section.name}]`" in ALL, section.name


def test_every_metric_is_explained() -> None:
    names = set(re.findall(r"^# HELP (\w+)", exposition(build_metrics(lambda: {"queued": 1})).decode(), re.MULTILINE))
    assert names and all(f"`{name}`" in ALL for name in names), names


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(path: Path) -> None:
    for target in re.findall(r"`((?:walkon|tests|bench|deploy|docs|scripts)/[\w/.-]+\.\w+)`", path.read_text()):
        assert (ROOT / target).exists() or "NAME" in target or "vary" in target, target


@pytest.mark.parametrize("page", ["queue.md", "attacks.md"])
def test_every_test_that_a_manual_names_is_in_the_suite(page: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / page).read_text()))
    written = set(
        re.findall(r"^(?:async )?def (test_\w+)", "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py")), re.MULTILINE)
    )
    assert len(named) > 30 and named <= written, named - written


def test_every_attack_on_consent_and_on_moderation_has_a_line_and_a_test() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \|.*$", (ROOT / "docs/attacks.md").read_text(), re.MULTILINE)
    assert sorted(int(number) for row in rows for number in row.split(",")) == list(range(1, 43))
    lines = re.findall(r"^\| [\d, ]+ \|.*$", (ROOT / "docs/attacks.md").read_text(), re.MULTILINE)
    assert all("`test_" in line for line in lines)
