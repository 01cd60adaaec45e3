"""The doctor on a host whose store and clips are on servers."""

import psycopg
import pytest

from tests.store.postgres_server import new_database, shared_server
from tests.store.s3_server import new_bucket
from tests.store.s3_server import shared_server as shared_s3
from walkon.config import load
from walkon.doctor import Finding, Level, examine

CANARY = "never-print-this-x9Qk"


@pytest.fixture
def found(tmp_path, monkeypatch):
    """The first finding of a check with these servers."""
    for name, value in shared_s3().environment.items():
        monkeypatch.setenv(name, value)

    def find(check: str, **servers: str) -> Finding:
        urls = {f"WALKON_{section.upper()}__URL": url for section, url in servers.items()}
        config = load(None, {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "WALKON_WEB__PORT": "0", **urls})
        return next(finding for finding in examine(config) if finding.check == check)

    return find


def test_servers_that_answer_are_well_and_what_is_not_safe_there_is_told(found):
    url, media = new_database(), new_bucket()
    seen = found("store", store=url, media=media)
    assert (seen.level, "fsync is off" in seen.what) == (Level.LOOK, True)  # as the tests' own server is set
    assert found("media", store=url, media=media).level is Level.OK


def test_a_store_of_a_newer_release_and_one_that_is_not_there_are_stops(found):
    url = new_database()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer walkon" in found("store", store=url).what
    away = found("store", store=f"postgresql://walkon:{CANARY}@127.0.0.1:1/walkon")
    assert away.level is Level.STOP and "Start the server" in away.what and CANARY not in away.what
    assert "createdb" in found("store", store=shared_server().url("nobody_made_this")).what


def test_a_bucket_that_is_not_there_is_a_stop(found):
    media = found("media", media="s3://nobody-made-this/clips")
    assert media.level is Level.STOP and "bucket" in media.what


def test_a_host_that_lacks_the_key_file_of_its_shared_store_is_told(found):
    url = new_database()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("INSERT INTO key_file (id, since_ms) VALUES ('0123abcd', 0)")
    assert found("keys", store=url).level is Level.STOP
