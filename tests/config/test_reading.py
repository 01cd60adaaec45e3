"""What the configuration says, as typed settings: defaults, values of every kind, places, secrets that do not show."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.config.asking import CANARY
from walkon.config import Backend, Config, Secret, load
from walkon.telemetry import LogFormat
from walkon.types.people import Locale


def test_without_a_file_and_variables_every_setting_is_its_default():
    config = load(None, {"PATH": "/usr/bin", "HOME": "/root"})
    assert config == Config()
    assert config.web.host == "127.0.0.1"
    assert config.discord is None
    assert config.telegram is None


def test_files_of_the_embedded_queue_store_and_media_lie_in_the_data_directory(write, tmp_path):
    config = load(write('[walkon]\ndata_dir = "data"\n'), {})
    assert config.walkon.data_dir == tmp_path / "data"
    assert (config.queue_path, config.store_path, config.media_path) == (
        tmp_path / "data/queue.db",
        tmp_path / "data/store.db",
        tmp_path / "data/media",
    )


def test_a_tilde_in_the_data_directory_is_the_home_directory(write):
    assert load(write('[walkon]\ndata_dir = "~/clips"\n'), {}).walkon.data_dir == Path.home() / "clips"


def test_a_relative_data_directory_in_the_file_counts_from_the_files_folder(tmp_path):
    (tmp_path / "etc").mkdir()
    path = tmp_path / "etc/config.toml"
    path.write_text('[walkon]\ndata_dir = "../data"\n')
    assert os.path.normpath(load(path, {}).walkon.data_dir) == str(tmp_path / "data")


@pytest.mark.parametrize("url", ["sqlite:///srv/my%20queue.db", "sqlite:////srv/my%20queue.db"])
def test_a_file_is_named_by_its_full_path_with_three_slashes_or_four(url, write):
    assert load(write(f'[queue]\nurl = "{url}"\n'), {}).queue_path == Path("/srv/my queue.db")


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379/0",
        "rediss://me:secret@queue.example.org/2?ssl_ca_certs=/etc/ca.pem",
        "redis+sentinel://a:26379,b,c:1/main/2",
        "rediss+sentinel://:secret@a/main?sentinel_password=other",
        "redis+cluster://a:6379,[::1]:6380",
    ],
)
def test_a_queue_may_be_on_a_server_behind_sentinels_or_in_a_cluster(url, write):
    assert load(write(f'[queue]\nurl = "{url}"\n'), {}).queue_on_redis


def test_every_kind_of_value_arrives_typed(write):
    text = f"""
[walkon]
language = "fr"
log_format = "json"
operators = ["discord:42", "telegram:7"]
[discord]
token = "{CANARY}"
dev_guild = 123456789012345678
[telegram]
token = "123456:{CANARY}"
api_url = "http://127.0.0.1:8081/"
[web]
host = "0.0.0.0"
public_url = "https://clips.example.org/"
login = "correct horse battery"
"""
    config = load(write(text), {})
    assert config.walkon.language is Locale.FR
    assert config.walkon.log_format is LogFormat.JSON
    assert config.walkon.operators == ("discord:42", "telegram:7")
    assert config.discord is not None and config.discord.token.reveal() == CANARY and config.discord.dev_guild == 123456789012345678
    assert config.telegram is not None and config.telegram.api_url == "http://127.0.0.1:8081"
    assert config.web.public_url == "https://clips.example.org"
    assert config.engine.backend is Backend.ANIMATIC


@given(st.text(min_size=1, max_size=40))
def test_a_secret_shows_four_characters_at_most_and_only_of_a_long_one(value):
    shown = str(Secret(value))
    assert shown == ("…" + value[-4:] if len(value) >= 12 else "…")
    assert repr(Secret(value)) == f"Secret('{shown}')"


def test_no_way_of_printing_the_settings_shows_a_secret():
    config = load(None, {"WALKON_DISCORD__TOKEN": CANARY, "WALKON_TELEGRAM__TOKEN": f"1:{CANARY}", "WALKON_WEB__LOGIN": f"pass {CANARY}"})
    assert [secret.reveal() for secret in config.secrets] == [CANARY, f"1:{CANARY}", f"pass {CANARY}"]
    for text in (repr(config), str(config), f"{config.web}", repr(msgspec.structs.asdict(config)), repr([config.secrets])):
        assert CANARY not in text
        assert "x9Qk" in text
