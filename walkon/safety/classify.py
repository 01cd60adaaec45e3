"""The classifier's port: what reads meanings where lists read words, and how its answers become verdicts.

Whoever could not say, for whatever reason, has said `unavailable`, never `allow`.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from walkon.safety.text import ALLOWED, Label, Verdict
from walkon.types.harm import ALWAYS, USUAL_TOPICS, Category

log = structlog.get_logger(__name__)

CHUNK, OVERLAP = 4_000, 200
"""Characters that are asked about at once; neighbours share some, so that nothing hides in a seam."""
ANSWER_S = 5.0
MOST_ANSWER = 1 << 20
"""Bytes of a server's answer that are read."""
UNAVAILABLE = Verdict(label=Label.UNAVAILABLE)
_ORDER = (Label.BLOCK, Label.UNAVAILABLE, Label.REVIEW, Label.ALLOW)
"""Of several answers the first of these counts."""

# What OpenAI's moderation endpoint calls things (platform.openai.com/docs/guides/moderation, read 2026-11).
_SERVED: Mapping[str, Category] = {
    "sexual/minors": Category.MINOR_SEXUAL,
    "sexual": Category.SEXUAL,
    "violence": Category.VIOLENT_CRIME,
    "violence/graphic": Category.VIOLENCE_GORE,
    "self-harm": Category.SELF_HARM,
    "self-harm/intent": Category.SELF_HARM,
    "self-harm/instructions": Category.SELF_HARM,
    "hate": Category.HATE,
    "hate/threatening": Category.HATE,
    "harassment": Category.HARASSMENT_DEFAMATION,
    "harassment/threatening": Category.HARASSMENT_DEFAMATION,
    "illicit": Category.NONVIOLENT_CRIME_FRAUD,
    "illicit/violent": Category.WEAPONS_CBRNE,
}
# What Qwen3Guard calls them (model card of Qwen3Guard-Gen, read 2026-11).
_GUARDED: Mapping[str, Category | None] = {
    "violent": Category.VIOLENCE_GORE,
    "non-violent illegal acts": Category.NONVIOLENT_CRIME_FRAUD,
    "sexual content or sexual acts": Category.SEXUAL,
    "sexual content": Category.SEXUAL,
    "pii": Category.PRIVACY,
    "personally identifiable information": Category.PRIVACY,
    "suicide & self-harm": Category.SELF_HARM,
    "unethical acts": Category.HARASSMENT_DEFAMATION,
    "politically sensitive topics": Category.ELECTION,
    "copyright violation": Category.IP_CHARACTER,
    "jailbreak": None,
    "none": None,
}
_SAFETY = re.compile(r"\s*Safety:[ \t]*(Safe|Unsafe|Controversial)[ \t]*(?:\n|$)")
_CATEGORIES = re.compile(r"\s*Categories:[ \t]*([^\n]+)")
_SAID = {"Safe": Label.ALLOW, "Unsafe": Label.BLOCK, "Controversial": Label.REVIEW}


class Classifier(Protocol):
    """Reads what a text means. Takes at most a few seconds."""

    async def classify(self, text: str) -> Verdict:
        """The verdict on a text of any length; UNAVAILABLE where none could be had. Never raises but CancelledError."""

    async def close(self) -> None:
        """Let go of connections and processes."""


def chunks(text: str) -> list[str]:
    """The text in parts of at most CHUNK characters that overlap, at least one."""
    return [text[start : start + CHUNK] for start in range(0, max(1, len(text) - OVERLAP), CHUNK - OVERLAP)]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The one that counts: a block before a gap before a doubt; a text of which no part was judged was not judged."""
    found = sorted(verdicts, key=lambda verdict: _ORDER.index(verdict.label))
    return found[0] if found else UNAVAILABLE


def read_moderation(body: bytes, topics: Collection[Category] = USUAL_TOPICS) -> Verdict:
    """The verdict in an answer of `POST /v1/moderations`; UNAVAILABLE where it is none."""
    try:
        answer: Any = json.loads(body)
        (result,) = answer["results"]
        flagged, categories = result["flagged"], result["categories"]
        if not isinstance(flagged, bool) or not all(isinstance(value, bool) for value in categories.values()):
            return UNAVAILABLE
    except (ValueError, KeyError, TypeError, AttributeError):
        return UNAVAILABLE
    if not flagged:
        return ALLOWED
    return _refused([_SERVED.get(name) for name, value in categories.items() if value], Label.BLOCK, topics)


def read_guard(output: str, topics: Collection[Category] = USUAL_TOPICS) -> Verdict:
    """The verdict in what Qwen3Guard generated; UNAVAILABLE where its form is another. output: the generated part alone."""
    said = _SAFETY.match(output)
    if said is None:
        return UNAVAILABLE
    label = _SAID[said[1]]
    if label is Label.ALLOW:
        return ALLOWED
    named = _CATEGORIES.match(output, said.end())
    parts = [part.strip().lower() for part in named[1].split(",")] if named else []
    return _refused([_GUARDED.get(part) for part in parts], label, topics)


def _refused(categories: Sequence[Category | None], label: Label, topics: Collection[Category]) -> Verdict:
    """A refusal, unless all that it is for are topics that this host lets pass."""
    known = [category for category in categories if category is not None]
    counted = [category for category in known if category in ALWAYS or category in topics]
    if known and len(known) == len(categories) and not counted:
        return ALLOWED
    return Verdict(label=label, category=next(iter(counted), None))


class ServedClassifier:
    """Asks a server that speaks `POST /moderations`. url: up to and with the version, no slash at the end."""

    def __init__(
        self, url: str, *, key: str | None = None, topics: Collection[Category] = USUAL_TOPICS, answer_s: float = ANSWER_S
    ) -> None:
        self._url, self._topics, self._answer_s = f"{url}/moderations", topics, answer_s
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def classify(self, text: str) -> Verdict:
        """The verdict; UNAVAILABLE where the server is away, slow, or answers something else."""
        import aiohttp

        limit = aiohttp.ClientTimeout(total=self._answer_s)
        verdicts: list[Verdict] = []
        try:
            async with aiohttp.ClientSession(timeout=limit, headers=self._headers) as session:
                for part in chunks(text):
                    async with session.post(self._url, json={"input": part}, allow_redirects=False) as answer:
                        body = await answer.content.read(MOST_ANSWER)
                        verdicts.append(read_moderation(body, self._topics) if answer.status == 200 else UNAVAILABLE)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("classifier_away", reason=type(error).__name__)
            return UNAVAILABLE
        return worst(verdicts)

    async def close(self) -> None:
        """Nothing is kept between two questions."""
