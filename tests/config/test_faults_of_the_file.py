"""What is said about a file that cannot be read or says what walkon cannot do: each fault in one line, with its mend."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.config.asking import CANARY, problems
from walkon.config import Config, load
from walkon.types.errors import SetupError

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


def test_a_faulty_secret_is_never_repeated(write):
    text = f'[discord]\ntoken = ["{CANARY}"]\n[telegram]\ntoken = "{CANARY} two"\n[web]\nlogin = {{ phrase = "{CANARY}" }}\n'
    assert all(CANARY not in line for line in problems(write(text)))
    assert all(CANARY not in line for line in problems(None, {"WALKON_DISCORD__TOKEN": f"Bot {CANARY}"}))
