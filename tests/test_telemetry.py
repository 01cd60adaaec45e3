"""Logs and counters: what a line looks like, what never stands in one, what is counted."""

import json
import logging
import subprocess
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from walkon.telemetry import LogFormat, build_metrics, configure_logging, exposition, redact, redacted

CANARY = 'canary "7f3b" é/never-print-this'


@pytest.fixture
def lines(capsys):
    """What was logged so far, line by line; everything about logging is put back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = []

    def so_far() -> list[str]:
        written.extend(capsys.readouterr().err.splitlines())
        return written

    yield so_far
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


@pytest.mark.parametrize("log_format", LogFormat)
def test_our_lines_and_the_libraries_lines_look_the_same(log_format, lines):
    configure_logging(log_format)
    structlog.get_logger("walkon.test").info("clip stored", clip="7KQ2M9", bytes=12)
    logging.getLogger("discord.gateway").warning("Shard %s closed", 0)
    ours, theirs = lines()
    if log_format is LogFormat.JSON:
        read = json.loads(ours)
        assert {key: read[key] for key in ("event", "level", "logger", "clip", "bytes")} == {
            "event": "clip stored",
            "level": "info",
            "logger": "walkon.test",
            "clip": "7KQ2M9",
            "bytes": 12,
        }
        assert json.loads(theirs)["event"] == "Shard 0 closed"
        assert json.loads(theirs)["timestamp"].endswith("Z")
    else:
        assert ours.endswith(" info    walkon.test: clip stored clip=7KQ2M9 bytes=12")
        assert theirs.endswith(" warning discord.gateway: Shard 0 closed")


@pytest.mark.parametrize("log_format", LogFormat)
def test_a_registered_secret_stands_in_no_line_however_it_got_there(log_format, lines):
    redact(CANARY)
    configure_logging(log_format)
    log = structlog.get_logger("walkon.test")
    log.info(f"token {CANARY}", token=CANARY, nested={"list": [CANARY]}, quoted=repr(CANARY), dumped=json.dumps({"t": CANARY}))
    log.info("fetching", url="https://example.org/canary%20%227f3b%22%20%C3%A9%2Fnever-print-this")
    logging.getLogger("aiohttp.client").error("refused %r", CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("broke")
    written = "\n".join(lines())
    assert "broke" in written and "ValueError" in written
    assert "7f3b" not in written
    assert "never-print-this" not in written


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GET https://api.telegram.org/bot123456:AAbb_cc-dd/getMe 401", "GET https://api.telegram.org/bot123456:…/getMe 401"),
        ("/file/bot123456%3AAAbb_cc-dd/a.jpg", "/file/bot123456%3A…/a.jpg"),
        ("PATCH /api/v10/webhooks/42/aW50ZXI.x-y/messages/@original", "PATCH /api/v10/webhooks/42/…/messages/@original"),
        ("POST /interactions/42/aW50ZXI/callback", "POST /interactions/42/…/callback"),
        ("the robot123 says: nothing secret", "the robot123 says: nothing secret"),
    ],
)
def test_tokens_in_the_addresses_of_platforms_are_masked_unregistered(text, left):
    assert redacted(text) == left


@given(st.text(min_size=5).map("canary ".__add__), st.text())
def test_any_secret_is_gone_from_any_text(secret, text):
    redact(secret)
    assert secret not in redacted(text + secret + text)


def test_an_empty_secret_masks_nothing():
    redact("")
    assert redacted("plain words") == "plain words"


def test_control_characters_cannot_forge_a_line(lines):
    configure_logging(LogFormat.TEXT)
    structlog.get_logger("walkon.test").info("named", name="Ana\n2026-11-24T00:00:00Z info    walkon: all is well\x1b[2J")
    assert len(lines()) == 1
    assert "\x1b" not in lines()[0]


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "aiohttp.access", "aiosqlite", "sqlalchemy.engine.Engine"])
def test_libraries_that_write_prompts_or_tokens_stay_quiet_even_when_debugging(name, lines):
    configure_logging(LogFormat.TEXT, level=logging.DEBUG)
    logging.getLogger(name).info("a cat does a backflip")
    logging.getLogger("telegram.ext").debug("Update with text a cat does a backflip")
    structlog.get_logger("walkon.test").debug("heard")
    assert [line.split(": ")[-1] for line in lines()] == ["heard"]


def test_lines_below_the_level_are_not_written(lines):
    configure_logging(LogFormat.TEXT, level=logging.WARNING)
    structlog.get_logger("walkon.test").info("small talk")
    logging.getLogger("discord").info("small talk")
    assert lines() == []


def test_configuring_twice_writes_each_line_once(lines):
    configure_logging(LogFormat.TEXT)
    configure_logging(LogFormat.JSON)
    structlog.get_logger("walkon.test").info("once")
    assert len(lines()) == 1


def samples(metrics) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(exposition(metrics).decode())
    return {(sample.name, *sorted(sample.labels.values())): sample.value for family in families for sample in family.samples}


def test_what_happens_is_counted_under_its_labels():
    metrics = build_metrics()
    metrics.requested("discord", "prompt", accepted=True)
    metrics.requested("discord", "prompt", accepted=False)
    metrics.answered("discord", 0.2)
    metrics.delivered("web", "sent")
    metrics.rendered("done", 4.5)
    found = samples(metrics)
    assert found["walkon_requests_total", "accepted", "discord", "prompt"] == 1
    assert found["walkon_requests_total", "discord", "prompt", "refused"] == 1
    assert found["walkon_answer_seconds_bucket", "0.25", "discord"] == 1
    assert found["walkon_answer_seconds_bucket", "0.1", "discord"] == 0
    assert found["walkon_deliveries_total", "sent", "web"] == 1
    assert found["walkon_renders_total", "done"] == 1
    assert found["walkon_render_seconds_sum", "done"] == 4.5


def test_the_queue_is_asked_at_each_look():
    jobs = {"queued": 3}
    metrics = build_metrics(lambda: jobs)
    assert samples(metrics)["walkon_queue_jobs", "queued"] == 3
    jobs["queued"] = 1
    assert samples(metrics)["walkon_queue_jobs", "queued"] == 1


def test_two_sets_of_counters_know_nothing_of_each_other():
    one, other = build_metrics(), build_metrics()
    one.delivered("web", "sent")
    assert ("walkon_deliveries_total", "sent", "web") not in samples(other)


def test_naming_a_log_format_loads_neither_the_logger_nor_the_counters():
    code = "import sys, walkon.telemetry; sys.exit(bool({'structlog', 'prometheus_client'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
