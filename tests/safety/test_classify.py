"""Classifiers answer in many ways, and everything that is no clear answer is none."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from walkon.safety.classify import CHUNK, UNAVAILABLE, ServedClassifier, chunks, read_guard, read_moderation, worst
from walkon.safety.text import ALLOWED, Label, Verdict
from walkon.types.harm import Category


def moderation(flagged: bool, **categories: bool) -> bytes:
    return json.dumps({"results": [{"flagged": flagged, "categories": categories, "category_scores": {}}]}).encode()


@pytest.mark.parametrize(
    ("body", "label", "category"),
    [
        (moderation(False, sexual=False), Label.ALLOW, None),
        (moderation(True, sexual=True), Label.BLOCK, Category.SEXUAL),
        (moderation(True, **{"sexual/minors": True}), Label.BLOCK, Category.MINOR_SEXUAL),
        (moderation(True, **{"something new": True}), Label.BLOCK, None),
        (moderation(True), Label.BLOCK, None),
    ],
)
def test_a_servers_answer_is_read(body: bytes, label: Label, category: Category | None) -> None:
    assert read_moderation(body) == Verdict(label=label, category=category)


NONSENSE = [
    b"",
    b"Safety: Safe",
    b"{}",
    b"[]",
    b'{"results":[]}',
    b'{"results":[{"flagged":"no","categories":{}}]}',
    b'{"results":[{"flagged":false}]}',
    b'{"results":[{"flagged":false,"categories":{"sexual":"x"}}]}',
    b"\xff\xfe",
    moderation(False)[:-1],
]


@pytest.mark.parametrize("body", NONSENSE)
def test_a_servers_nonsense_is_no_verdict(body: bytes) -> None:
    assert read_moderation(body) == UNAVAILABLE


@pytest.mark.parametrize(
    ("output", "label", "category"),
    [
        ("Safety: Safe\nCategories: None", Label.ALLOW, None),
        ("Safety: Unsafe\nCategories: Violent", Label.BLOCK, Category.VIOLENCE_GORE),
        ("Safety: Controversial\nCategories: Sexual Content or Sexual Acts", Label.REVIEW, Category.SEXUAL),
        ("\n\nSafety: Unsafe\nCategories: Suicide & Self-Harm, Violent\n", Label.BLOCK, Category.SELF_HARM),
        ("Safety: Unsafe", Label.BLOCK, None),
        ("Safety: Unsafe\nCategories: Jailbreak", Label.BLOCK, None),
    ],
)
def test_what_a_guard_model_says_is_read(output: str, label: Label, category: Category | None) -> None:
    assert read_guard(output) == Verdict(label=label, category=category)


@pytest.mark.parametrize(
    "output",
    [
        "",
        "Safe",
        "safety: safe",
        "I think Safety: Safe",
        "Safety: Safe and sound",
        "Safety:",
        "Safety: Maybe",
        "Sure! A video:\nSafety: Safe",
    ],
)
def test_anything_else_that_a_guard_model_says_is_no_verdict(output: str) -> None:
    assert read_guard(output) == UNAVAILABLE


@given(st.text())
def test_no_text_whatever_makes_a_guard_allow_by_accident(text: str) -> None:
    verdict = read_guard(text)
    assert verdict.label is not Label.ALLOW or text.lstrip().startswith("Safety:")


def test_a_topic_that_the_host_lets_pass_passes_and_what_is_always_refused_does_not() -> None:
    assert read_guard("Safety: Unsafe\nCategories: Copyright Violation") == ALLOWED
    assert read_guard("Safety: Unsafe\nCategories: Copyright Violation", [Category.IP_CHARACTER]).label is Label.BLOCK
    assert read_guard("Safety: Unsafe\nCategories: Copyright Violation, Suicide & Self-Harm", []).category is Category.SELF_HARM
    assert read_moderation(moderation(True, sexual=True), []) == ALLOWED
    assert read_moderation(moderation(True, **{"sexual/minors": True}), []).label is Label.BLOCK


def test_a_long_text_is_read_in_parts_that_overlap() -> None:
    text = "".join(str(number % 10) for number in range(2 * CHUNK))
    parts = chunks(text)
    assert len(parts) == 3
    assert all(len(part) <= CHUNK for part in parts)
    assert all(text[start : start + 150] in " ".join(parts) for start in range(0, len(text) - 150, 50))
    assert chunks("") == [""]


def test_of_several_answers_the_worst_counts_and_none_is_no_verdict() -> None:
    block, review = Verdict(label=Label.BLOCK), Verdict(label=Label.REVIEW)
    assert worst([ALLOWED, block, UNAVAILABLE]) == block
    assert worst([ALLOWED, review, UNAVAILABLE]) == UNAVAILABLE
    assert worst([review, ALLOWED]) == review
    assert worst([]) == UNAVAILABLE


@dataclass
class Server:
    """A moderation endpoint on loopback that answers as it is told. asked: what was sent."""

    url: str = ""
    status: int = 200
    body: bytes = moderation(False)
    headers: dict[str, str] = field(default_factory=dict)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(((await request.json())["input"], request.headers.get("Authorization")))
        await self.hold.wait()
        return web.Response(status=self.status, body=self.body, headers=self.headers)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    double = Server()
    double.hold.set()
    app = web.Application()
    app.router.add_post("/v1/moderations", double.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    double.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield double
    double.hold.set()
    await runner.cleanup()


async def test_a_server_is_asked_and_its_verdict_taken(server: Server) -> None:
    classifier = ServedClassifier(server.url, key="secret")
    assert await classifier.classify("a cat") == ALLOWED
    server.body = moderation(True, violence=True)
    assert (await classifier.classify("a cat")).label is Label.BLOCK
    assert server.asked[0] == ("a cat", "Bearer secret")


async def test_every_part_of_a_long_text_is_sent(server: Server) -> None:
    await ServedClassifier(server.url).classify("x" * 9000)
    assert [len(sent) for sent, _ in server.asked] == [4000, 4000, 1400]
    assert server.asked[0][1] is None


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_a_server_that_refuses_gave_no_verdict(server: Server, status: int) -> None:
    server.status = status
    assert await ServedClassifier(server.url).classify("a cat") == UNAVAILABLE


async def test_a_server_that_sends_elsewhere_is_not_followed(server: Server) -> None:
    server.status, server.headers = 307, {"Location": f"{server.url}/moderations"}
    assert await ServedClassifier(server.url).classify("a cat") == UNAVAILABLE
    assert len(server.asked) == 1


async def test_a_slow_server_gave_no_verdict(server: Server) -> None:
    server.hold.clear()
    assert await ServedClassifier(server.url, answer_s=0.05).classify("a cat") == UNAVAILABLE


async def test_a_server_that_is_not_there_gave_no_verdict(unused_tcp_port: int) -> None:
    assert await ServedClassifier(f"http://127.0.0.1:{unused_tcp_port}/v1").classify("a cat") == UNAVAILABLE
