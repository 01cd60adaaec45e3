"""What is deployed: files that parse, start verbs that exist, and configure what walkon takes."""

import configparser
import re
from pathlib import Path

import pytest
import yaml

from walkon.cli import VERBS
from walkon.config import load, scattered

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSED = sorted(DEPLOY.glob("compose*.yaml"))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_verb_with_a_data_directory_and_a_key_file_of_its_own(path: Path) -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read(path)
    service = unit["Service"]
    assert service["ExecStart"].split()[1] in VERBS
    state, environment = service["StateDirectory"], dict(part.split("=") for part in service["Environment"].split())
    assert environment["WALKON_WALKON__DATA_DIR"] == f"%S/{state}"
    assert environment["WALKON_CONSENT__KEY_FILE"].startswith(service["ReadWritePaths"])
    assert int(service["TimeoutStopSec"]) > 15


@pytest.mark.parametrize("path", COMPOSED, ids=lambda path: path.name)
def test_every_composed_role_is_a_verb_with_settings_that_walkon_takes(path: Path, tmp_path: Path) -> None:
    services = yaml.safe_load(path.read_text())["services"]
    ours = {name: service for name, service in services.items() if "build" in service}
    assert ours
    for name, service in ours.items():
        assert service["command"][0] in VERBS, name
        given = {variable: filled(str(value)) for variable, value in service["environment"].items()}
        config = load(
            None, {"WALKON_WALKON__DATA_DIR": str(tmp_path), **{key: value for key, value in given.items() if key[:7] == "WALKON_"}}
        )
        assert service["command"][0] == "up" or not list(scattered(config)), name


EXAMPLES = {
    "WALKON_WEB__PUBLIC_URL": "https://clips.example.org",
    "WALKON_MEDIA__URL": "s3://walkon-clips/host1",
    "WALKON_WEB__LOGIN": "correct horse battery",
}


def filled(value: str) -> str:
    """The value as compose would fill it in."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda found: EXAMPLES.get(found[1], "secret"), value)


def test_the_fleets_file_is_one_that_roles_apart_may_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEPLOY)
    config = load(Path("fleet.toml"), {})
    assert config.queue_on_redis and config.store_on_postgres and config.media_on_s3
    assert list(scattered(config)) == []
