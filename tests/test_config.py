"""The configuration: what is read, and what is said about what cannot be."""

import os
import re
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from walkon.config import Backend, Config, Secret, load, scattered
from walkon.config.rules import is_loopback
from walkon.config.shape import flattened, keys, sections
from walkon.config.source import variable_of
from walkon.telemetry import LogFormat
from walkon.types.errors import SetupError
from walkon.types.people import Locale

EXAMPLE = Path(__file__).parent.parent / "config.example.toml"
CANARY = "canary-7f3b-never-print-this-x9Qk"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes config.toml into the current directory and returns its name as a host would type it."""
    monkeypatch.chdir(tmp_path)

    def written(content: str | bytes) -> Path:
        path = Path("config.toml")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def problems(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SetupError) as refused:
        load(path, environ or {})
    return list(refused.value.problems)


def test_without_a_file_and_variables_every_setting_is_its_default():
    config = load(None, {"PATH": "/usr/bin", "HOME": "/root"})
    assert config == Config()
    assert config.web.host == "127.0.0.1"
    assert config.discord is None
    assert config.telegram is None


@pytest.mark.parametrize(
    "servers",
    [
        {"QUEUE": "redis://127.0.0.1:6379/0"},
        {"STORE": "postgresql:///walkon?host=/run/postgresql"},
        {"STORE": "postgresql://walkon@localhost/walkon", "MEDIA": "s3://walkon-clips"},
        {"QUEUE": "rediss://cache.lan:6379/0", "STORE": "postgresql://db.lan/walkon", "MEDIA": "s3://walkon-clips/host1"},
        {"QUEUE": "redis://cache.lan:6379/0", "STORE": "postgres://db.lan/walkon", "MEDIA": "file:///mnt/clips"},
        {"QUEUE": "redis://cache.lan:6379/0", "STORE": "postgresql://walkon@db1.lan:5432,db2.lan/walkon", "MEDIA": "file:///mnt/clips"},
        {"QUEUE": "redis://cache.lan:6379/0", "STORE": "sqlite:////srv/store.db", "MEDIA": "file:///srv/clips"},
    ],
)
def test_servers_on_this_machine_go_with_files_and_servers_elsewhere_with_each_other(servers):
    assert list(scattered(load(None, {f"WALKON_{section}__URL": url for section, url in servers.items()}))) == []


@pytest.mark.parametrize(
    ("servers", "mend"),
    [
        (
            {"STORE": "postgresql://db.lan/walkon"},
            'Set [queue] url = "redis://…" and [media] url, a bucket or a folder that every machine has.',
        ),
        ({"QUEUE": "redis://cache.lan/0", "MEDIA": "s3://walkon-clips"}, 'Set [store] url = "postgresql://…".'),
        (
            {"QUEUE": "redis+sentinel://a,b/main", "STORE": "postgresql://a/b"},
            "Set [media] url, a bucket or a folder that every machine has.",
        ),
    ],
)
def test_servers_that_speak_of_what_other_machines_cannot_see_are_told_with_the_mend(servers, mend):
    (clash,) = scattered(load(None, {f"WALKON_{section}__URL": url for section, url in servers.items()}))
    assert clash.mend.startswith(mend)


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


BAD_FILES = {
    "a misspelt key": ("[queue]\n\nleese_s = 30\n", "config.toml:3: [queue] leese_s is not a setting. Did you mean lease_s?"),
    "a key of another section": ("[web]\nlease_s = 30\n", "config.toml:2: [web] lease_s is not a setting. It belongs to [queue]."),
    "a key of nobody": ("[store]\nspeed = 1\n", "config.toml:2: [store] speed is not a setting. [store] has url."),
    "a misspelt section": ("\n[wbe]\nport = 1\n", "config.toml:2: [wbe] is not a section. Did you mean [web]?"),
    "a section of nobody": (
        "[kitchen]\n",
        "config.toml:1: [kitchen] is not a section. Sections are walkon, allow, discord, telegram, web, ",
    ),
    "a key outside any section": ("port = 1\n", "config.toml:1: port stands outside any section. Put it under [web] or [health]."),
    "an unknown key outside any section": ("x = 1\n", "config.toml:1: x stands outside any section. Delete it."),
    "a key that would move the cursor": (
        '[web]\n"\\u001b[2J" = 1\n',
        'config.toml:2: [web] "\\u001b[2J" is not a setting. [web] has host, port, ',
    ),
    "a value in place of a section": ("web = 3\n", "config.toml:1: [web] is not a section here. Write [web] once, on a line of its own."),
    "a list of sections": ("[[web]]\nport = 1\n", "config.toml:1: [web] is not a section here. Write [web] once, on a line of its own."),
    "text for a number": (
        '[web]\nport = "many"\n',
        'config.toml:2: [web] port = "many" is not a whole number from 0 to 65535. Write port = 8080.',
    ),
    "digits in quotes for a number": ('[web]\nport = "80"\n', 'config.toml:2: [web] port = "80" is not a whole number from 0 to 65535. '),
    "a broken number": ("[web]\nport = 80.5\n", "config.toml:2: [web] port = 80.5 is not a whole number from 0 to 65535. "),
    "a truth for a number": ("[web]\nport = true\n", "config.toml:2: [web] port = true is not a whole number from 0 to 65535. "),
    "too large a number": ("[web]\nport = 65536\n", "config.toml:2: [web] port = 65536 is not a whole number from 0 to 65535. "),
    "a number for text": (
        "[web]\nhost = 1\n",
        'config.toml:2: [web] host = 1 is not a host name or address in quotes. Write host = "127.0.0.1".',
    ),
    "a date for text": ("[web]\nhost = 2026-11-24\n", 'config.toml:2: [web] host = "2026-11-24" is not a host name or address in quotes. '),
    "a language walkon lacks": (
        '[walkon]\nlanguage = "de"\n',
        'config.toml:2: [walkon] language = "de" is not "en" or "fr". Write language = "en".',
    ),
    "an engine this release lacks": (
        '[engine]\nbackend = "sora"\n',
        'config.toml:2: [engine] backend = "sora" is not "animatic", "diffusers" or "openai-videos". Write backend = "animatic".',
    ),
    "an operator without a platform": (
        '[walkon]\noperators = ["bob"]\n',
        'config.toml:2: [walkon] operators = ["bob"] is not a list of "discord:ID", "telegram:ID" or "web:NAME". '
        'Write operators = ["discord:123456789012345678"].',
    ),
    "a command Discord would refuse": (
        '[discord]\ntoken = "abc"\ncommand = "My Bot"\n',
        'config.toml:3: [discord] command = "My Bot" is not 1 to 32 lower-case letters, digits, - or _ in quotes. Write command = "sora".',
    ),
    "an empty data directory": (
        '[walkon]\ndata_dir = ""\n',
        'config.toml:2: [walkon] data_dir = "" is not a folder in quotes. Write data_dir = "~/.local/share/walkon".',
    ),
    "a home that nobody has": (
        '[walkon]\ndata_dir = "~nobody-of-that-name/x"\n',
        'config.toml:2: [walkon] data_dir = "~nobody-of-that-name/x" is not a folder in quotes. ',
    ),
    "a Discord section without a token": (
        '[discord]\ncommand = "sora"\n',
        "config.toml:1: [discord] token is missing, but [discord] is there. "
        "Copy one: Developer Portal → Bot → Reset Token, or delete the section.",
    ),
    "a Telegram section without a token": (
        "\n[telegram]\n",
        "config.toml:2: [telegram] token is missing, but [telegram] is there. Add the token from BotFather or delete the section.",
    ),
    "an empty token": (
        '[telegram]\ntoken = ""\n',
        "config.toml:2: [telegram] token is empty. Add the token from BotFather or delete the section.",
    ),
    "the example's token": ('[telegram]\ntoken = "PASTE-IT-HERE"\n', "config.toml:2: [telegram] token is still the example's. "),
    "a token with its prefix": (
        '[discord]\ntoken = "Bot abcdefghijkl"\n',
        "config.toml:2: [discord] token holds spaces or letters that no token has (ends …ijkl). Paste the token alone.",
    ),
    "a token that is a number": (
        "[telegram]\ntoken = 12345\n",
        "config.toml:2: [telegram] token is not a token in quotes. Put it in quotes.",
    ),
    "a short passphrase": ('[web]\nlogin = "hunter2"\n', "config.toml:2: [web] login has 7 characters. Write a passphrase of at least 12."),
    "an address without a scheme": (
        '[telegram]\ntoken = "a"\napi_url = "api.example.org"\n',
        'config.toml:3: [telegram] api_url = "api.example.org" is not an http:// or https:// address. Write it like "https://clips.example.org".',
    ),
    "a webhook without its secret": (
        '[telegram]\ntoken = "a"\nwebhook_url = "https://bot.example.org/t"\n',
        'config.toml:3: [telegram] webhook_url = "https://bot.example.org/t" has no webhook_secret beside it. ',
    ),
    "a secret without its webhook": (
        f'[telegram]\ntoken = "a"\nwebhook_secret = "{CANARY}"\n',
        "config.toml:3: [telegram] webhook_secret has no webhook_url beside it. ",
    ),
    "a webhook secret that a header cannot carry": (
        f'[telegram]\ntoken = "a"\nwebhook_url = "https://bot.example.org/t"\nwebhook_secret = "{CANARY} !"\n',
        "config.toml:4: [telegram] webhook_secret is not 16 to 256 letters, digits, - or _. ",
    ),
    "a webhook that Telegram will not post to": (
        f'[telegram]\ntoken = "a"\nwebhook_url = "https://bot.example.org:9000/t"\nwebhook_secret = "{CANARY}"\n',
        'config.toml:3: [telegram] webhook_url = "https://bot.example.org:9000/t" is not where Telegram posts to: ',
    ),
    "an address with a wild port": (
        '[telegram]\ntoken = "a"\napi_url = "http://x:99999"\n',
        'config.toml:3: [telegram] api_url = "http://x:99999" is not an address. ',
    ),
    "an address with a password": (
        f'[telegram]\ntoken = "a"\napi_url = "http://me:{CANARY}@example.org"\n',
        'config.toml:3: [telegram] api_url = "http://…@example.org" holds more than an address. ',
    ),
    "a Redis queue that names no server": (
        f'[queue]\nurl = "redis://:{CANARY}@/0"\n',
        'config.toml:2: [queue] url = "redis://…@/0" is not redis://HOST:PORT/NUMBER. '
        'Write redis://HOST:6379/0 or "sqlite:///FULL/PATH", or leave url out to keep the queue in a file of data_dir.',
    ),
    "Sentinels without the name of what they watch": (
        f'[queue]\nurl = "redis+sentinel://:{CANARY}@a:26379,b:26379"\n',
        'config.toml:2: [queue] url = "redis+sentinel://…@a:26379,b:26379" is no address of that kind. '
        "Write redis+sentinel://HOST:26379,HOST:26379/NAME/0 with the name by which the Sentinels know it.",
    ),
    "a cluster with a numbered database": (
        '[queue]\nurl = "redis+cluster://a,b/3"\n',
        'config.toml:2: [queue] url = "redis+cluster://a,b/3" is no address of that kind. '
        "Write redis+cluster://HOST:6379,HOST:6379 with some of its nodes.",
    ),
    "two hosts that nothing holds together": (
        '[queue]\nurl = "redis://a:6379,b:6379/0"\n',
        'config.toml:2: [queue] url = "redis://a:6379,b:6379/0" is not redis://HOST:PORT/NUMBER. ',
    ),
    "a PostgreSQL store without a database": (
        f'[store]\nurl = "postgresql://me:{CANARY}@127.0.0.1/"\n',
        'config.toml:2: [store] url = "postgresql://…@127.0.0.1/" is not postgresql://USER@HOST:PORT/NAME. '
        'Write postgresql://USER@HOST/NAME or "sqlite:///FULL/PATH", or leave url out to keep the database in a file of data_dir.',
    ),
    "a bucket with keys in its address": (
        f'[media]\nurl = "s3://me:{CANARY}@bucket/clips"\n',
        'config.toml:2: [media] url = "s3://…@bucket/clips" is not s3://BUCKET/PREFIX. Keys and endpoint come from the environment ',
    ),
    "an address without slashes": (
        '[queue]\nurl = "redis//cache"\n',
        'config.toml:2: [queue] url = "redis//cache" has no scheme. '
        'Write redis://HOST:6379/0 or "sqlite:///FULL/PATH", or leave url out to keep the queue in a file of data_dir.',
    ),
    "a file on another machine": (
        '[queue]\nurl = "sqlite://nas/queue.db"\n',
        'config.toml:2: [queue] url = "sqlite://nas/queue.db" is not sqlite:///FULL/PATH. ',
    ),
    "one file for queue and store": (
        '[queue]\nurl = "sqlite:///srv/one.db"\n[store]\nurl = "sqlite:////srv/one.db"\n',
        'config.toml:2: [queue] url = "sqlite:///srv/one.db" names the file that the queue and the store would share. '
        "Give each its own file.",
    ),
    "a page open to the network": (
        '[web]\nport = 80\nhost = "0.0.0.0"\n',
        'config.toml:3: [web] host = "0.0.0.0" opens the page to the network without login. '
        'Set [web] login and put TLS in front (public_url = "https://…"), or host = "127.0.0.1".',
    ),
    "a page open to the network with a login": (
        '[web]\nhost = "::"\nlogin = "correct horse battery"\n',
        'config.toml:2: [web] host = "::" opens the page to the network without TLS. Put TLS in front (public_url = "https://…"), '
        'or host = "127.0.0.1".',
    ),
    "a page open to the network with TLS": (
        '[web]\nhost = "clips.lan"\npublic_url = "https://clips.example.org"\n',
        'config.toml:2: [web] host = "clips.lan" opens the page to the network without login. Set [web] login, or host = "127.0.0.1".',
    ),
    "a public address without login": (
        '[web]\npublic_url = "https://clips.example.org"\n',
        'config.toml:2: [web] public_url = "https://clips.example.org" opens the page to the network without login. '
        "Set [web] login, or delete public_url.",
    ),
    "no value": (
        "[web]\nhost =\n",
        'config.toml:2: is not TOML: invalid value, column 7. Write text in quotes, key = "text"; sections as [name].',
    ),
    "a key twice": ("[web]\nport = 1\nport = 2\n", "config.toml:3: is not TOML: cannot overwrite a value, column 9. Keep one of the two."),
    "a section twice": (
        "[web]\nport = 1\n[web]\n",
        "config.toml:3: is not TOML: cannot declare ('web',) twice, column 5. Keep one of the two.",
    ),
    "a file that ends in the middle": ('[web]\nhost = """half', "config.toml:2: is not TOML: "),
}


@pytest.mark.parametrize(("content", "line"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_one_fault_in_the_file_is_one_line_with_place_and_mend(content, line, write):
    found = problems(write(content))
    assert len(found) == 1
    assert found[0].startswith(line) if line.endswith(" ") else found[0] == line
    assert CANARY not in found[0]
    assert found[0].isprintable()


def test_all_faults_are_told_at_once_in_the_order_of_the_file_then_of_the_variables(write):
    text = '[discord]\ndev_guild = "x"\n[web]\nhost = "0.0.0.0"\n[queue]\nlease_s = 0\nleese_s = 1\n'
    found = problems(write(text), {"WALKON_WEB__PROT": "1", "WALKON_ENGINE__BACKEND": "x"})
    assert [line.split(" ")[0] for line in found] == [
        "config.toml:1:",
        "config.toml:2:",
        "config.toml:4:",
        "config.toml:6:",
        "config.toml:7:",
        "WALKON_ENGINE__BACKEND:",
        "WALKON_WEB__PROT:",
    ]


def test_a_faulty_login_is_not_told_a_second_time_as_an_open_page(write):
    found = problems(write('[web]\nhost = "0.0.0.0"\npublic_url = "https://a.example"\nlogin = "short"\n'))
    assert [line.split(" ")[0] for line in found] == ["config.toml:4:"]


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ('[walkon]\noperators = [\n  "web:a", # [queue]\n  "web:b",\n]\n', 7),
        ('[walkon]\ndata_dir = """\\\n  data\\\n  """\n', 6),
        ("# lease_s = 0\n\n\n", 5),
        ("", 2),
    ],
)
def test_the_line_is_right_after_values_of_several_lines(before, line, write):
    assert problems(write(f"{before}[queue]\nlease_s = 0\n"))[0].startswith(f"config.toml:{line}: ")


def test_the_line_is_right_for_dotted_and_quoted_keys_and_windows_line_ends(write):
    assert problems(write('web.port = 1\r\n"queue"."lease_s" = 0\r\n'))[0].startswith("config.toml:2: [queue] lease_s = 0 ")


def test_a_file_of_another_encoding_is_told_with_line_and_byte(write):
    assert problems(write(b'[walkon]\nlanguage = "fr"\n# L\xe9a\n')) == [
        "config.toml:3: is not UTF-8 text (byte 0xE9). Save the file as UTF-8."
    ]


def test_a_byte_order_mark_is_forgiven(write):
    assert load(write(b"\xef\xbb\xbf[web]\nport = 9\n"), {}).web.port == 9


def test_a_directory_as_configuration_is_told(tmp_path):
    assert problems(tmp_path) == [f"{tmp_path}: is a directory. Name the file in it, {tmp_path}/config.toml."]


def test_a_named_file_that_is_missing_is_told(tmp_path):
    path = tmp_path / "walkon.toml"
    assert problems(path) == [f"{path}: there is no such file. Copy config.example.toml there, or leave --config out."]


def test_a_file_without_end_is_refused():
    assert problems(Path("/dev/zero")) == ["/dev/zero: is larger than 64 KiB. Start from config.example.toml."]


def test_a_file_nested_beyond_reason_is_refused(write):
    assert len(problems(write("a = " + "[" * 20_000))) == 1


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


@given(st.binary(max_size=200))
@example(b"\xff")
@example(b"[web]\nport = 1\n[web]")
@example(b"a.b.c = 1")
def test_any_bytes_in_the_file_are_settings_or_lines(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    try:
        assert isinstance(load(path, {}), Config)
    except SetupError as refused:
        assert all("\n" not in line for line in refused.problems)


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


def test_a_faulty_secret_is_never_repeated(write):
    text = f'[discord]\ntoken = ["{CANARY}"]\n[telegram]\ntoken = "{CANARY} two"\n[web]\nlogin = {{ phrase = "{CANARY}" }}\n'
    assert all(CANARY not in line for line in problems(write(text)))
    assert all(CANARY not in line for line in problems(None, {"WALKON_DISCORD__TOKEN": f"Bot {CANARY}"}))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST."])
def test_these_hosts_are_this_machine_alone(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", "localhost.example.org", "1"])
def test_these_hosts_are_not(host):
    assert not is_loopback(host)


def _all_on(text: str) -> dict[str, dict[str, object]]:
    """The example with its `#key = …` settings switched on."""
    return flattened(tomllib.loads(re.sub(r"(?m)^#(?=\[|[a-z_]+ = )", "", text)))


def test_the_example_holds_exactly_the_settings_there_are():
    found = _all_on(EXAMPLE.read_text("utf-8"))
    known = [*sections(), "limits.role.moderator"]
    assert {section: set(content) for section, content in found.items()} == {section: set(keys(section)) for section in known}


def test_limits_have_sections_of_their_own_and_one_for_each_role(write):
    text = "[limits.person]\nper_day = 5\n[limits.role.Helper]\nactive = 9\n"
    limits = load(write(text), {"WALKON_LIMITS__ALL__PER_HOUR": "7", "WALKON_LIMITS__ROLE__PATRON__PER_DAY": "8"}).limits
    assert (limits.person.active, limits.person.per_day, limits.place.per_day, limits.all.per_hour) == (3, 5, None, 7)
    assert (limits.role["helper"].active, limits.role["patron"].per_day) == (9, 8)


def test_a_fault_of_a_limit_names_its_section_and_line(write):
    assert problems(write('[limits.person]\nper_hour = "many"\n[limits.role.helper]\nper_dya = 1\n[limits.pace]\n')) == [
        'config.toml:2: [limits.person] per_hour = "many" is not a whole number from 1 to 10000. Write per_hour = 10.',
        "config.toml:4: [limits.role.helper] per_dya is not a setting. Did you mean per_day?",
        "config.toml:5: [limits] pace is not a setting. Did you mean [limits.place]?",
    ]
    assert problems(None, {"WALKON_LIMITS__ROLE__HELPER__ACTIVE": "x"}) == [
        'WALKON_LIMITS__ROLE__HELPER__ACTIVE: "x" is not a whole number from 1 to 10000. Write 10.'
    ]


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


def test_a_page_account_is_no_operator_where_anybody_with_the_login_may_take_its_name(write):
    text = '[walkon]\noperators = ["web:Olga"]\n[web]\nlogin = "correct horse battery"\n'
    with pytest.raises(SetupError, match=r"may take any name\. Name Discord or Telegram accounts instead"):
        load(write(text), {})


MODEL = '[engine]\nbackend = "diffusers"\nmodel = "auto"\n'
TELEGRAM = '[telegram]\ntoken = "123:abc"\n'


DISCORD = '[discord]\ntoken = "MTIz.abc.def"\n'
SERVED = '[engine]\nbackend = "openai-videos"\napi_url = "http://127.0.0.1:30000"\nmodel = "tiny:kandinsky6"\n'
CLASSIFIER = '[moderation]\nclassifier = "http://127.0.0.1:8000/v1"\n'
UNMARKED = "[provenance]\nvisible_mark = false\n"


@pytest.mark.parametrize("model", [MODEL, SERVED], ids=["diffusers", "a server, whatever its model is called"])
@pytest.mark.parametrize("platform", [TELEGRAM, DISCORD], ids=["Telegram", "Discord"])
@pytest.mark.parametrize(
    ("checks", "missing", "mend"),
    [("", "backend", "Set [moderation] classifier"), (CLASSIFIER + UNMARKED, "visible_mark", "Leave it true")],
    ids=["no text check", "no mark"],
)
def test_a_model_meets_people_only_behind_a_text_check_and_with_its_mark(write, model, platform, checks, missing, mend):
    (found,) = problems(write(model + platform + checks))
    assert found.partition("] ")[2].startswith(missing)
    assert mend in found
    assert load(write(model + platform + CLASSIFIER), {}).live_model


@pytest.mark.parametrize("content", [MODEL, MODEL.replace("auto", "tiny:kandinsky6") + TELEGRAM, TELEGRAM])
def test_where_no_model_meets_strangers_the_lists_are_enough(write, content):
    assert load(write(content), {})


@pytest.mark.parametrize("key", ["certificate", "private_key"])
def test_a_certificate_and_its_key_come_together(write, key):
    (found,) = problems(write(f'[provenance]\n{key} = "/etc/walkon/one.pem"\n'))
    assert f"[provenance] {key}" in found


def test_what_is_refused_everywhere_is_no_topic(write):
    (found,) = problems(write('[moderation]\ntopics = ["sexual", "hate"]\n'))
    assert "names hate, which is refused on every host" in found
