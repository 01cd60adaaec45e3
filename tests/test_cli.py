"""The command line, in real processes: what is printed where, and the exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from walkon.provenance.certificates import now, own_credentials

CANARY = "never-print-this-x9Qk"
# "MTIzNDU2Nzg5MDEyMzQ1Njc4" is 123456789012345678 in base 64, as Discord's tokens begin.
DISCORD_TOKEN = f"MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.{CANARY}"
VERBS = (
    "up",
    "bot",
    "worker",
    "web",
    "render",
    "verify",
    "doctor",
    "queue",
    "invite",
    "ledger",
    "keys",
    "backup",
    "restore",
    "forget",
    "export",
    "config",
)
HEAVY = {
    "aiohttp", "aiosqlite", "alembic", "av", "babel", "cryptography",
    "discord", "emoji", "hibari", "msgspec", "numpy", "obstore", "onnxruntime", "PIL",
    "prometheus_client", "skia", "sqlalchemy", "structlog", "telegram", "torch",
}  # fmt: skip


@pytest.fixture
def walkon(tmp_path):
    """Runs `walkon` in an empty directory, with data below it and no settings but those given."""

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WALKON_")}
        own = {"WALKON_WALKON__DATA_DIR": str(tmp_path / "data"), "WALKON_CONSENT__KEY_FILE": str(tmp_path / "keys")}
        environ = inherited | own | {"PYTHONPATH": os.getcwd()} | settings
        command = [sys.executable, "-m", "walkon", *words]
        return subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)

    return run


def test_help_names_every_verb_and_ends_with_0(walkon):
    done = walkon("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    listed = [line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert listed == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_the_options_they_share(verb, walkon):
    done = walkon(verb, "--help")
    assert done.returncode == 0
    assert "--config FILE" in done.stdout
    assert "--debug" in done.stdout


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom walkon.cli import walkon\n"
        "for words in (['--help'], ['render', '--help'], ['queue', 'stats', '--help'], ['--version']):\n"
        "    try: walkon.main(words, prog_name='walkon')\n"
        "    except SystemExit: pass\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert HEAVY & {name.partition(".")[0] for name in done.stderr.split()} == set()


def test_the_version_is_printed(walkon):
    assert walkon("--version").stdout.startswith("walkon ")


def test_a_misspelt_verb_is_answered_with_the_one_meant_and_2(walkon):
    done = walkon("rendr", "a cat")
    assert done.returncode == 2
    assert "Did you mean 'render'?" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words",
    [
        ("render",),
        ("render", "a cat"),
        ("render", "a cat", "-o", "clip.gif"),
        ("render", "a cat", "-o", "nowhere/clip.mp4"),
        ("render", "a cat", "-o", "clip.mp4", "--seconds", "900"),
        ("render", "a cat", "-o", "clip.mp4", "--seconds", "nan"),
        ("render", "a cat", "-o", "clip.mp4", "--aspect", "4:3"),
        ("render", "a cat", "-o", "clip.mp4", "--seed", "-1"),
        ("render", "a cat", "-o", "clip.mp4", "--engine", "crystal-ball"),
        ("render", "a cat", "-o", "clip.mp4", "--sed", "1"),
        ("render", "", "-o", "clip.mp4"),
        ("render", "x" * 20_000, "--plan"),
        ("queue", "dead", "--limit", "none"),
        ("queue", "pause", "friends"),
        ("config", "list"),
        ("queue",),
    ],
    ids=" ".join,
)
def test_a_wrong_use_is_explained_on_stderr_and_ends_with_2(words, walkon):
    done = walkon(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("Usage: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [(verb,) for verb in ("up", "bot", "worker", "web", "invite")] + [("queue", "stats"), ("config", "show")])
def test_every_verb_tells_all_faults_of_the_settings_and_ends_with_2(words, walkon, tmp_path):
    (tmp_path / "config.toml").write_text(f'[discord]\ntoken = "Bot {CANARY}"\n[web]\nprot = 1\n')
    done = walkon(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "config.toml:2: [discord] token holds spaces or letters that no token has (ends …x9Qk). Paste the token alone.",
        "config.toml:4: [web] prot is not a setting. Did you mean port?",
        "2 problems, nothing was started.",
    ]


def test_a_bot_without_a_chat_says_what_to_configure(walkon):
    done = walkon("bot")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Neither [discord] nor [telegram] is configured") and done.stderr.count("\n") == 1


def test_a_file_that_is_no_backup_is_named_with_the_mend(walkon, tmp_path):
    (tmp_path / "notes.txt").write_text("no tar")
    done = walkon("restore", "notes.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("notes.txt: it cannot be read") and "`walkon backup`" in done.stderr


@pytest.mark.parametrize("words", [("backup", "/sys/nowhere/b"), ("export", "web:local", "/sys/nowhere")], ids=" ".join)
def test_a_place_that_cannot_be_written_is_named_with_the_mend(words, walkon):
    walkon("forget", "web:nobody")
    done = walkon(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("/sys/nowhere") and "Name a place that can be written" in done.stderr


def test_a_damaged_store_is_told_in_one_line(walkon, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "store.db").write_bytes(b"no database" * 100)
    done = walkon("ledger", "verify", WALKON_WALKON__DATA_DIR=str(tmp_path / "broken"))
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1 and "not a database" in done.stderr


def test_one_fault_is_one_line(walkon):
    done = walkon("up", WALKON_WEB__HOST="0.0.0.0")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("before", [True, False])
def test_the_configuration_file_may_be_named_before_the_verb_or_after(before, walkon, tmp_path):
    (tmp_path / "other.toml").write_text("[web]\nport = 4321\n")
    option = ("--config", "other.toml")
    done = walkon(*option, "config", "show", "--json") if before else walkon("config", "show", "--json", *option)
    assert json.loads(done.stdout)["web"]["port"] == 4321


def test_a_file_named_after_the_verb_wins(walkon, tmp_path):
    (tmp_path / "a.toml").write_text("[web]\nport = 1\n")
    (tmp_path / "b.toml").write_text("[web]\nport = 2\n")
    done = walkon("--config", "a.toml", "config", "show", "--json", "--config", "b.toml")
    assert json.loads(done.stdout)["web"]["port"] == 2


def test_a_config_file_in_the_current_directory_is_used_unnamed(walkon, tmp_path):
    (tmp_path / "config.toml").write_text("[web]\nport = 4321\n")
    assert json.loads(walkon("config", "show", "--json").stdout)["web"]["port"] == 4321


def test_a_named_file_that_is_missing_ends_with_2(walkon):
    done = walkon("up", "--config", "no.toml")
    assert done.returncode == 2
    assert done.stderr == "no.toml: there is no such file. Copy config.example.toml there, or leave --config out.\n"


def test_checking_sound_settings_says_so_and_ends_with_0(walkon):
    done = walkon("config", "check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "no configuration file: no problems.\n", "")


def test_checking_faulty_settings_as_json_has_the_lines_on_both_streams(walkon, tmp_path):
    (tmp_path / "config.toml").write_text("[web]\nprot = 1\n")
    done = walkon("config", "check", "--json")
    line = "config.toml:2: [web] prot is not a setting. Did you mean port?"
    assert done.returncode == 2
    assert json.loads(done.stdout) == {"ok": False, "file": "config.toml", "problems": [line]}
    assert done.stderr == f"{line}\n"


def test_settings_shown_can_be_read_back_but_for_their_secrets(walkon, tmp_path):
    done = walkon("config", "show", WALKON_WALKON__OPERATORS="web:Léa", WALKON_DISCORD__TOKEN=DISCORD_TOKEN)
    assert done.returncode == 0
    assert 'operators = ["web:Léa"]' in done.stdout
    assert 'token = "…x9Qk"' in done.stdout
    (tmp_path / "again.toml").write_text(done.stdout.replace("…x9Qk", DISCORD_TOKEN))
    assert walkon("config", "check", "--config", "again.toml").returncode == 0


def test_no_verb_prints_a_secret(walkon):
    settings = {"WALKON_DISCORD__TOKEN": DISCORD_TOKEN, "WALKON_TELEGRAM__TOKEN": f"1:{CANARY}", "WALKON_WEB__LOGIN": f"pass {CANARY}"}
    for words in (("config", "show"), ("config", "show", "--json"), ("config", "check"), ("invite",), ("queue", "stats", "--debug")):
        done = walkon(*words, **settings)
        assert done.returncode == 0, done.stderr
        assert CANARY not in done.stdout + done.stderr


def test_the_discord_invitation_asks_for_the_least_rights(walkon):
    done = walkon("invite", "--json", WALKON_DISCORD__TOKEN=DISCORD_TOKEN)
    found = json.loads(done.stdout)
    query = parse_qs(urlsplit(found["discord"]["link"]).query)
    assert query == {"client_id": ["123456789012345678"], "permissions": ["274878024768"], "scope": ["bot applications.commands"]}
    view, send, threads, embed, attach, history, react = 1 << 10, 1 << 11, 1 << 38, 1 << 14, 1 << 15, 1 << 16, 1 << 6
    assert int(query["permissions"][0]) == view | send | threads | embed | attach | history | react
    assert found["telegram"] is None


def test_the_telegram_invitation_lists_every_command_in_the_hosts_language(walkon):
    done = walkon("invite", WALKON_TELEGRAM__TOKEN=f"1:{CANARY}", WALKON_WALKON__LANGUAGE="fr")
    assert done.returncode == 0
    for command in Path("walkon/bot/commands").glob("[a-z]*.py"):
        assert f"\n{command.stem} - " in done.stdout
    assert "https://t.me/BOTNAME?startgroup=true" in done.stdout


def test_an_invitation_to_nothing_ends_with_2(walkon):
    done = walkon("invite")
    assert done.returncode == 2
    assert done.stderr == "Neither [discord] nor [telegram] is configured. Add one with its token, as in config.example.toml.\n"


def test_a_token_that_names_no_application_ends_with_2(walkon):
    done = walkon("invite", WALKON_DISCORD__TOKEN=f"not-a-number.{CANARY}")
    assert done.returncode == 2
    assert done.stderr.startswith("[discord] token (ends …x9Qk) does not begin with an application's number. ")
    assert CANARY not in done.stderr


def test_the_queue_is_counted_by_state(walkon):
    found = json.loads(walkon("queue", "stats", "--json").stdout)
    assert {state: found[state] for state in ("queued", "running", "waiting", "dead")} == dict.fromkeys(
        ("queued", "running", "waiting", "dead"), 0
    )


def test_holding_a_place_and_draining_are_seen_in_the_counts_until_taken_back(walkon):
    assert walkon("queue", "pause", "discord:42").returncode == 0
    assert walkon("queue", "drain").returncode == 0
    found = json.loads(walkon("queue", "stats", "--json").stdout)
    assert (found["paused"], found["draining"]) == (["discord:42"], True)
    walkon("queue", "pause", "discord:42", "--off")
    walkon("queue", "drain", "--off")
    found = json.loads(walkon("queue", "stats", "--json").stdout)
    assert (found["paused"], found["draining"]) == ([], False)


def test_requeueing_a_job_that_is_not_dead_ends_with_1(walkon):
    done = walkon("queue", "requeue", "render:7KQ2M9")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "render:7KQ2M9: is not among the jobs set aside. See: walkon queue dead\n"


def test_a_damaged_queue_file_is_one_line_without_a_traceback(walkon, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/queue.db").write_bytes(b"this is no database, and it is longer than a header. " * 40)
    done = walkon("queue", "stats")
    assert done.returncode == 2
    assert done.stderr.startswith(f"the queue {tmp_path}/data/queue.db ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_a_traceback_is_shown_only_when_debugging(debug, walkon, tmp_path):
    done = walkon("up", "--config", str(tmp_path), *debug)
    assert done.returncode == 2
    assert ("Traceback" in done.stderr) == bool(debug)


def test_a_plan_is_one_json_object_that_says_what_would_be_staged(walkon):
    prompt = 'a cat does a backflip on a skateboard, "watch this!" says the cat'
    done = walkon("render", prompt, "--plan", "--json", "--seed", "7", "--seconds", "5", "--aspect", "9:16")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["path"], found["seconds"], found["seed"], found["engine"]) == (None, 5, 7, "animatic")
    assert found["height"] > found["width"]
    assert len(found["shots"]) == 1
    assert "cat" in json.dumps(found["shots"][0]["subjects"])
    assert found["shots"][0]["lines"][0]["text"] == "watch this!"
    assert "not_staged" in found


def test_a_plan_in_words_names_the_shots(walkon):
    done = walkon("render", "a cat jumps", "--plan")
    assert done.returncode == 0
    assert done.stdout.splitlines()[1] == "Shot 1: field, day, clear, camera hold; cat; cat jump"


def test_a_worker_whose_signing_key_others_can_read_does_not_start(walkon, tmp_path):
    own_credentials(tmp_path / "signing", now()).key.chmod(0o644)
    done = walkon("worker")
    assert done.returncode == 2
    assert "chmod 600" in done.stderr and len(done.stderr.strip().splitlines()) == 1
