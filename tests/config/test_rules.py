"""What settings may not be together: each clash is told with the way out."""

import pytest

from tests.config.asking import problems
from walkon.config import load, scattered
from walkon.config.rules import is_loopback
from walkon.types.errors import SetupError


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


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LOCALHOST."])
def test_these_hosts_are_this_machine_alone(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", "localhost.example.org", "1"])
def test_these_hosts_are_not(host):
    assert not is_loopback(host)


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
