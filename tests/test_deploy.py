"""What is deployed: files that parse, start verbs that exist, and configure what walkon takes."""

import configparser
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from walkon.cli import VERBS
from walkon.config import Backend, Config, load, scattered

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
VIDEOS = DEPLOY / "compose.videos.yaml"
"""Laid over compose.fleet.yaml."""
COMPOSED = sorted(set(DEPLOY.glob("compose*.yaml")) - {VIDEOS})


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
        config = configured(service["environment"], tmp_path)
        assert service["command"][0] == "up" or not list(scattered(config)), name


def configured(environment: Mapping[str, str], data_dir: Path) -> Config:
    """The settings of a role that is started so."""
    given = {variable: filled(str(value)) for variable, value in environment.items() if variable.startswith("WALKON_")}
    return load(None, {"WALKON_WALKON__DATA_DIR": str(data_dir), **given})


@pytest.fixture
def videos() -> Mapping[str, Any]:
    return yaml.safe_load(VIDEOS.read_text())["services"]


def test_every_role_of_a_fleet_with_video_servers_has_settings_that_walkon_takes(videos: Mapping[str, Any], tmp_path: Path) -> None:
    fleet = yaml.safe_load((DEPLOY / "compose.fleet.yaml").read_text())["services"]
    assert {name for name, service in fleet.items() if "build" in service} <= videos.keys()
    for name in ("bot", "web", "worker"):
        config = configured(fleet[name]["environment"] | videos[name]["environment"], tmp_path)
        assert config.engine.backend is Backend.OPENAI_VIDEOS
        assert config.live_model and not list(scattered(config)), name
        assert "checks" in videos[name]["build"]["args"]["EXTRAS"].split(",")


def test_the_workers_addresses_are_the_video_servers_and_nobody_else_reaches_them(videos: Mapping[str, Any], tmp_path: Path) -> None:
    servers = {name: service for name, service in videos.items() if "build" not in service}
    config = configured(videos["worker"]["environment"], tmp_path)
    assert [f"http://{name}:30000" for name in servers] == list(config.engine.servers)
    cards = [service["deploy"]["resources"]["reservations"]["devices"][0]["device_ids"] for service in servers.values()]
    assert len({card for ids in cards for card in ids}) == len(servers)
    for service in servers.values():
        assert "ports" not in service and service["networks"] == ["videos"]
    assert yaml.safe_load(VIDEOS.read_text())["networks"]["videos"]["internal"]
    assert [name for name in ("bot", "web", "worker") if "videos" in videos[name].get("networks", ())] == ["worker"]


def test_the_image_takes_the_extras_that_are_asked_for() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    [usual] = re.findall(r"^ARG EXTRAS=(\S+)$", dockerfile, re.MULTILINE)
    extras = set(tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    assert "${EXTRAS}" in dockerfile.split("ARG EXTRAS", 1)[1]
    assert {*usual.split(","), "checks"} <= extras


EXAMPLES = {
    "WALKON_WEB__PUBLIC_URL": "https://clips.example.org",
    "WALKON_MEDIA__URL": "s3://walkon-clips/host1",
    "WALKON_WEB__LOGIN": "correct horse battery",
    "CLASSIFIER": "http://classifier:8000/v1",
}


def filled(value: str) -> str:
    """The value as compose would fill it in."""
    return re.sub(r"\$\{(\w+)[^}]*\}", lambda found: EXAMPLES.get(found[1], "secret"), value)


def test_the_fleets_file_is_one_that_roles_apart_may_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DEPLOY)
    config = load(Path("fleet.toml"), {})
    assert config.queue_on_redis and config.store_on_postgres and config.media_on_s3
    assert list(scattered(config)) == []
