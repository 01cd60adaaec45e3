"""The doctor: what it finds on a machine, and how it says so."""

import fcntl
import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from walkon.config import load
from walkon.doctor import Finding, Level, as_record, as_words, examine, settings
from walkon.provenance.certificates import now, own_credentials
from walkon.store.lock import RoleLock

CANARY = "never-print-this-x9Qk"


@pytest.fixture
def config(tmp_path):
    """Settings with the data directory below the test's own and any free port; more by variables."""

    def made(**variables: str):
        return load(None, {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "WALKON_WEB__PORT": "0"} | variables)

    return made


@pytest.fixture
def walkon(tmp_path):
    """Runs `walkon doctor` in an empty directory."""

    def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WALKON_")}
        own = {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "WALKON_WEB__PORT": "0", "PYTHONPATH": os.getcwd()}
        command = [sys.executable, "-m", "walkon", "doctor", *words]
        return subprocess.run(
            command, cwd=tmp_path, env=inherited | own | variables, capture_output=True, text=True, timeout=90, check=False
        )

    return run


@pytest.fixture
def platform():
    """A server that answers every request with the status it is told, and keeps what it was asked."""

    class Double(BaseHTTPRequestHandler):
        status, asked, says = 200, [], b"{}"

        def do_GET(self):
            Double.asked.append((self.path, self.headers.get("Authorization")))
            self.send_response(Double.status)
            self.end_headers()
            self.wfile.write(Double.says)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Double)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Double.url = f"http://127.0.0.1:{server.server_port}"
    yield Double
    server.shutdown()
    thread.join()
    server.server_close()


def found(config, check: str) -> Finding:
    """The first finding of that check; what comes after it is not run."""
    return next(finding for finding in examine(config) if finding.check == check)


def test_a_line_begins_with_its_level_and_the_mend_stands_on_the_next():
    findings = [
        Finding(check="a", level=Level.OK, what="this is fine"),
        Finding(check="b", level=Level.LOOK, what="this is odd", mend="Turn it."),
    ]
    assert as_words(findings).splitlines() == ["ok    this is fine", "look  this is odd", "      Turn it.", "A clip would arrive."]


def test_stops_are_counted_in_the_last_line():
    stop = Finding(check="a", level=Level.STOP, what="broken", mend="Mend it.")
    assert as_words([stop]).splitlines()[-1] == "A clip would not arrive: 1 stop."
    assert as_words([stop, stop]).splitlines()[-1] == "A clip would not arrive: 2 stops."
    assert as_record([stop])["arrives"] is False


def test_it_creates_nothing_where_walkon_never_ran(config, tmp_path):
    assert found(config(), "data_dir").level is not Level.STOP
    assert found(config(), "queue").level is Level.OK
    assert list(tmp_path.iterdir()) == []


def test_a_data_directory_that_cannot_be_written_is_a_stop(config):
    finding = found(config(WALKON_WALKON__DATA_DIR="/proc/walkon"), "data_dir")
    assert finding.level is Level.STOP
    assert "[walkon] data_dir" in finding.mend


def test_a_data_directory_that_is_a_file_is_a_stop(config, tmp_path):
    (tmp_path / "data").write_text("")
    assert found(config(), "data_dir").level is Level.STOP


def test_a_walkon_that_runs_here_is_named_and_not_disturbed(config, tmp_path):
    lock = RoleLock.hold(tmp_path / "data", "worker")
    try:
        finding = found(config(), "running")
        assert (finding.level, finding.what) == (Level.OK, f"walkon runs here: worker (process {os.getpid()})")
        with (tmp_path / "data/worker.lock").open() as again, pytest.raises(BlockingIOError):
            fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        lock.release()
    assert "running" not in [finding.check for finding in _until(config(), "queue")]


def test_a_port_that_another_program_has_is_a_stop(config):
    with socket.create_server(("127.0.0.1", 0)) as other:
        finding = found(config(WALKON_WEB__PORT=str(other.getsockname()[1])), "page")
    assert finding.level is Level.STOP
    assert "[web] port" in finding.mend


def test_a_port_that_walkon_itself_has_is_no_stop(config, tmp_path):
    lock = RoleLock.hold(tmp_path / "data", "web")
    try:
        with socket.create_server(("127.0.0.1", 0)) as own:
            assert "page" not in [finding.check for finding in _until(config(WALKON_WEB__PORT=str(own.getsockname()[1])), "queue")]
    finally:
        lock.release()


def test_a_sound_database_is_ok_also_while_somebody_writes_to_it(config, tmp_path):
    (tmp_path / "data").mkdir()
    writer = sqlite3.connect(tmp_path / "data/queue.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE job (id TEXT)")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO job VALUES ('a')")
    assert found(config(), "queue").what.endswith("is sound")
    writer.execute("COMMIT")
    writer.close()


def test_a_damaged_database_is_a_stop(config, tmp_path):
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/store.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE clip (words TEXT)")
        made.executemany("INSERT INTO clip VALUES (?)", [("x" * 500,)] * 200)
    made.close()
    content = bytearray(path.read_bytes())
    content[4096:8192] = os.urandom(4096)
    path.write_bytes(content)
    finding = found(config(), "store")
    assert finding.level is Level.STOP
    assert "is damaged" in finding.what


def test_a_file_that_is_no_database_is_a_stop(config, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/queue.db").write_text("this is no database. " * 100)
    assert found(config(), "queue").level is Level.STOP


def test_sqlite_is_looked_at_where_it_has_the_fault_of_two_writers(config):
    expected = Level.LOOK if sqlite3.sqlite_version_info < (3, 51, 3) else Level.OK
    assert found(config(), "sqlite").level is expected


def test_each_platform_is_asked_with_its_token(config, platform):
    settings_ = config(
        WALKON_DISCORD__TOKEN=f"d.{CANARY}",
        WALKON_DISCORD__API_URL=f"{platform.url}/api/v10",
        WALKON_TELEGRAM__TOKEN=f"1:{CANARY}",
        WALKON_TELEGRAM__API_URL=platform.url,
    )
    platform.asked.clear()
    assert found(settings_, "discord") == Finding(check="discord", level=Level.OK, what="Discord takes the token (ends …x9Qk)")
    assert sorted(platform.asked, key=str) == sorted([("/api/v10/users/@me", f"Bot d.{CANARY}"), (f"/bot1:{CANARY}/getMe", None)], key=str)


@pytest.mark.parametrize("status", [401, 404])
def test_a_refused_token_is_a_stop_with_its_mend_and_its_end(status, config, platform):
    platform.status = status
    finding = found(config(WALKON_TELEGRAM__TOKEN=f"1:{CANARY}", WALKON_TELEGRAM__API_URL=platform.url), "telegram")
    assert finding == Finding(
        check="telegram",
        level=Level.STOP,
        what="[telegram] token was refused by Telegram (ends …x9Qk)",
        mend="Ask @BotFather for a fresh one: /token.",
    )


@pytest.mark.parametrize(
    ("told", "level", "what"),
    [
        ({"url": ""}, Level.OK, "the webhook is set when the bot starts"),
        ({"url": "https://a.example.org/t"}, Level.OK, "Telegram posts to the webhook"),
        (
            {"url": "https://a.example.org/t", "last_error_message": "Connection refused", "pending_update_count": 3},
            Level.LOOK,
            "Telegram last could not post: Connection refused (3 updates wait)",
        ),
    ],
)
def test_what_telegram_says_of_the_webhook_is_told(told, level, what, config, platform):
    platform.says = json.dumps({"ok": True, "result": told}).encode()
    settings = {
        "TOKEN": f"1:{CANARY}",
        "API_URL": platform.url,
        "WEBHOOK_URL": "https://a.example.org/t",
        "WEBHOOK_SECRET": CANARY,
    }
    finding = found(config(**{f"WALKON_TELEGRAM__{key}": value for key, value in settings.items()}), "telegram webhook")
    assert (finding.level, finding.what) == (level, what)
    assert CANARY not in str(finding)


def test_a_platform_in_trouble_is_a_stop_that_does_not_blame_the_token(config, platform):
    platform.status = 503
    finding = found(config(WALKON_DISCORD__TOKEN=f"d.{CANARY}", WALKON_DISCORD__API_URL=platform.url), "discord")
    assert (finding.level, finding.what) == (Level.STOP, "Discord answered 503")


def test_a_platform_that_cannot_be_reached_is_a_stop(config):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    finding = found(config(WALKON_DISCORD__TOKEN=f"d.{CANARY}", WALKON_DISCORD__API_URL=url), "discord")
    assert finding.level is Level.STOP
    assert CANARY not in str(finding)


def test_tokens_in_a_file_that_others_may_read_are_looked_at(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[telegram]\ntoken = "1:abc"\n')
    path.chmod(0o644)
    assert [finding.level for finding in settings(path, ())] == [Level.OK, Level.LOOK]
    path.chmod(0o600)
    assert [finding.level for finding in settings(path, ())] == [Level.OK]


def test_the_whole_examination_ends_with_the_verdict(walkon):
    done = walkon(PATH=os.environ["PATH"])
    lines = done.stdout.splitlines()
    assert all(line.startswith(("ok    ", "look  ", "stop  ", "      ")) for line in lines[:-1])
    stops = [line for line in lines if line.startswith("stop")]
    assert lines[-1] == ("A clip would arrive." if not stops else f"A clip would not arrive: {len(stops)} stop{'s' * (len(stops) > 1)}.")
    assert done.returncode == bool(stops)
    assert done.stderr == ""


def test_json_carries_every_check_on_stdout(walkon):
    found_ = json.loads(walkon("--json").stdout)
    assert {check["check"] for check in found_["checks"]} >= {
        "settings",
        "python",
        "sqlite",
        "data_dir",
        "page",
        "queue",
        "store",
        "speech",
    }
    assert found_["arrives"] is not any(check["level"] == "stop" for check in found_["checks"])


def test_a_machine_that_lacks_drawing_speech_and_a_page_is_told_all_mends(walkon, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/skia.py").write_text("raise ImportError('libGL.so.1: cannot open shared object file')")
    path = f"{tmp_path}/broken{os.pathsep}{os.getcwd()}"
    done = walkon("--json", PYTHONPATH=path, PATH=str(tmp_path), WALKON_WALKON__DATA_DIR="/proc/walkon")
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    assert "libGL.so.1" in checks["drawing"]["what"]
    assert checks["drawing"]["mend"] == "As root: apt-get install libegl1 libgl1 libfontconfig1"
    assert checks["speech"]["level"] == "look"
    assert checks["data_dir"]["level"] == "stop"


def test_an_encoder_that_is_missing_is_a_stop(walkon, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/av.py").write_text("codecs_available = {'aac'}")
    done = walkon("--json", PYTHONPATH=f"{tmp_path}/broken{os.pathsep}{os.getcwd()}")
    checks = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["drawing"]["what"] == "drawing and encoding: without libx264"


def test_a_module_lying_in_the_current_directory_is_not_run(walkon, tmp_path):
    (tmp_path / "skia.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w')")
    walkon()
    assert not (tmp_path / "was-run").exists()


def test_faulty_settings_are_stops_among_the_other_findings_and_end_with_2(walkon, tmp_path):
    (tmp_path / "config.toml").write_text(f'[telegram]\ntoken = "{CANARY} x"\n[web]\nprot = 1\n')
    done = walkon()
    lines = done.stdout.splitlines()
    assert done.returncode == 2
    assert lines[0].startswith("stop  config.toml:2: [telegram] token ")
    assert lines[1] == "stop  config.toml:4: [web] prot is not a setting. Did you mean port?"
    assert any(line.startswith("ok    Python ") for line in lines)
    assert CANARY not in done.stdout + done.stderr


def _until(config, check: str) -> list[Finding]:
    findings = []
    for finding in examine(config):
        findings.append(finding)
        if finding.check == check:
            break
    return findings


def keys_finding(config) -> Finding:
    return next(finding for finding in examine(config) if finding.check == "keys")


def test_a_key_file_that_others_can_read_is_a_stop_with_the_mend(config, tmp_path):
    from walkon.store.keys import Keys

    found = config(WALKON_CONSENT__KEY_FILE=str(tmp_path / "keys"))
    assert keys_finding(found).level is Level.OK
    Keys.new().write(tmp_path / "keys")
    assert keys_finding(found).level is Level.OK
    (tmp_path / "keys").chmod(0o644)
    finding = keys_finding(found)
    assert finding.level is Level.STOP
    assert finding.mend == f"As its owner: chmod 600 {tmp_path / 'keys'}"


def signature(config) -> Finding:
    return next(finding for finding in examine(config) if finding.check == "signature")


@pytest.fixture
def signing(config, tmp_path):
    """Settings whose keys lie below the test's directory; more by variables."""
    return lambda **variables: config(WALKON_CONSENT__KEY_FILE=str(tmp_path / "home" / "keys"), **variables)


def test_a_certificate_that_is_none_yet_is_made_at_the_first_start(signing, tmp_path):
    assert signature(signing()).what == "signature: none yet, made at the first start"
    assert not (tmp_path / "home").exists()


def test_a_certificate_of_walkons_own_says_until_when(signing):
    made = own_credentials(signing().signing_dir, now())
    found = signature(signing())
    assert (found.level, found.what[-10:]) == (Level.OK, f"{made.ends:%Y-%m-%d}")


def test_a_signing_key_that_others_may_read_is_a_stop(signing):
    own_credentials(signing().signing_dir, now()).key.chmod(0o644)
    assert signature(signing()).level is Level.STOP
    assert "chmod 600" in signature(signing()).what


@pytest.mark.parametrize(("age", "level"), [(300, Level.OK), (345, Level.LOOK), (370, Level.STOP)])
def test_a_hosts_own_certificate_is_watched_from_30_days_before_it_ends(signing, tmp_path, age, level):
    made = own_credentials(tmp_path / "elsewhere", now() - timedelta(days=age))
    (tmp_path / "chain.pem").write_text(made.chain)
    pair = {"WALKON_PROVENANCE__CERTIFICATE": str(tmp_path / "chain.pem"), "WALKON_PROVENANCE__PRIVATE_KEY": str(made.key)}
    assert signature(signing(**pair)).level is level


def words(config) -> Finding:
    return next(finding for finding in examine(config) if finding.check == "words")


def test_words_read_by_the_lists_alone_are_said_to_be(config):
    assert words(config()).what == "words: read by walkon's lists alone, no classifier is set"


def test_a_classifier_that_is_away_is_worth_a_look(config, unused_tcp_port):
    found = words(config(WALKON_MODERATION__CLASSIFIER=f"http://127.0.0.1:{unused_tcp_port}/v1"))
    assert found.level is Level.LOOK
    assert "clips with people in them wait" in found.what


def test_a_guard_model_whose_weights_are_not_here_is_a_stop(config, tmp_path):
    assert words(config(WALKON_MODERATION__CLASSIFIER=str(tmp_path / "nowhere"))).level is Level.STOP
    assert words(config(WALKON_MODERATION__CLASSIFIER=str(tmp_path))).level is Level.OK


@pytest.mark.parametrize(("backend", "said"), [("animatic", "drawn from walkon's own shapes"), ("diffusers", "looked at before anybody")])
def test_whether_pictures_are_looked_at_is_said(config, backend, said):
    found = next(finding for finding in examine(config(WALKON_ENGINE__BACKEND=backend)) if finding.check == "pictures")
    assert found.level is Level.OK
    assert said in found.what
