"""Logs without secrets, counters and their exposition.

structlog and prometheus_client are loaded where they are used: the configuration names `LogFormat`, and `walkon config check`
needs neither.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Histogram
    from prometheus_client.metrics_core import Metric
    from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "…"
QUIET: Mapping[str, int] = {
    "httpx": logging.WARNING,  # writes whole addresses, and Telegram's token is part of them
    "httpcore": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.WARNING,  # writes statements with their values, prompts among them
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "telegram": logging.INFO,  # below this, updates and payloads word for word
    "discord": logging.INFO,
}
"""The least level of libraries that say too much, whatever level is asked for."""

_TOKENS_IN_ADDRESSES = re.compile(r"(/bot\d+(?::|%3A)|/webhooks/\d+/|/interactions/\d+/)[A-Za-z0-9_%.~-]+")
_secrets: set[str] = set()


class LogFormat(StrEnum):
    """How a log line looks."""

    TEXT = "text"
    JSON = "json"


def redact(*secrets: str) -> None:
    """Mask these in every line logged from now on, also inside addresses, quoted text and tracebacks."""
    for secret in filter(None, secrets):
        spellings = {secret, quote(secret, safe=""), repr(secret)[1:-1]}
        for _ in range(2):  # JSON, and JSON within a JSON line
            spellings |= {json.dumps(text, ensure_ascii=plain)[1:-1] for text in spellings for plain in (True, False)}
        _secrets.update(spellings)


def redacted(text: str) -> str:
    """The text without registered secrets and without the tokens that Telegram and Discord put into addresses."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _TOKENS_IN_ADDRESSES.sub(rf"\g<1>{MASK}", text)


def configure_logging(log_format: LogFormat, *, level: int = logging.INFO) -> None:
    """Send walkon's and every library's log lines to stderr in that format, redacted. May be called again."""
    import structlog
    from structlog.stdlib import ProcessorFormatter

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    render: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if log_format is LogFormat.JSON else _text_line
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(processors=[ProcessorFormatter.remove_processors_meta, render, _mask], foreign_pre_chain=shared)
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(max(level, least))
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _text_line(_: "WrappedLogger", __: str, event: "EventDict") -> str:
    """`TIME level logger: event key=value …`; control characters escaped, so that user text cannot forge a line."""
    head = f"{event.pop('timestamp', '')} {event.pop('level', ''):<7} {event.pop('logger', '')}: {_printable(event.pop('event', ''))}"
    trace = event.pop("exception", None)
    pairs = "".join(f" {key}={_printable(value)}" for key, value in event.items())
    return f"{head}{pairs}" + (f"\n{trace}" if trace else "")


def _printable(value: Any) -> str:
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in str(value))


def _mask(_: "WrappedLogger", __: str, line: Any) -> str:
    return redacted(str(line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What one process counts. Labels are few by nature: platforms, command words, outcomes; never people or places."""

    registry: "CollectorRegistry"
    requests: "Counter"
    answers: "Histogram"
    deliveries: "Counter"
    renders: "Counter"
    render_seconds: "Histogram"

    def requested(self, platform: str, command: str, *, accepted: bool) -> None:
        """A command arrived and was taken on or refused."""
        self.requests.labels(platform=platform, command=command, outcome="accepted" if accepted else "refused").inc()

    def answered(self, platform: str, seconds: float) -> None:
        """The first answer to a command was sent, that many seconds after the command arrived."""
        self.answers.labels(platform=platform).observe(seconds)

    def delivered(self, platform: str, outcome: str) -> None:
        """One step of a delivery ended: `sent`, `retried` or `given_up`."""
        self.deliveries.labels(platform=platform, outcome=outcome).inc()

    def rendered(self, outcome: str, seconds: float) -> None:
        """A render ended as `done`, `failed` or `cancelled` after that many seconds of the machine."""
        self.renders.labels(outcome=outcome).inc()
        self.render_seconds.labels(outcome=outcome).observe(seconds)


def build_metrics(queue_jobs: Callable[[], Mapping[str, int]] = dict) -> Metrics:
    """Fresh counters in a registry of their own. queue_jobs: counts by state, asked at each exposition; must not block."""
    from prometheus_client import CollectorRegistry, Counter, Histogram

    registry = CollectorRegistry()
    registry.register(_QueueJobs(queue_jobs))
    answer_buckets = (0.05, 0.1, 0.25, 0.5, 1, 1.5, 3, 10)  # 3 s is Discord's limit for a first answer
    render_buckets = (1, 2, 5, 10, 30, 60, 300, 1800)
    return Metrics(
        registry=registry,
        requests=Counter("walkon_requests", "Commands by outcome.", ["platform", "command", "outcome"], registry=registry),
        answers=Histogram(
            "walkon_answer_seconds", "From a command to its first answer.", ["platform"], registry=registry, buckets=answer_buckets
        ),
        deliveries=Counter("walkon_deliveries", "Steps of deliveries by outcome.", ["platform", "outcome"], registry=registry),
        renders=Counter("walkon_renders", "Renders by outcome.", ["outcome"], registry=registry),
        render_seconds=Histogram(
            "walkon_render_seconds", "Seconds of the machine a render took.", ["outcome"], registry=registry, buckets=render_buckets
        ),
    )


def exposition(metrics: Metrics) -> bytes:
    """The counters as Prometheus text, content type `text/plain; version=0.0.4`."""
    from prometheus_client import generate_latest

    return generate_latest(metrics.registry)


class _QueueJobs:
    """Asks for the queue's counts when somebody looks, so that they are never old."""

    def __init__(self, queue_jobs: Callable[[], Mapping[str, int]]) -> None:
        self._queue_jobs = queue_jobs

    def collect(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        family = GaugeMetricFamily("walkon_queue_jobs", "Jobs in the queue by state.", labels=["state"])
        for state, count in self._queue_jobs().items():
            family.add_metric([state], count)
        yield family
