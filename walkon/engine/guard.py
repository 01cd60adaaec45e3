"""A guard model as a classifier: asked in a child process of the worker, where its weights are loaded."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path

import structlog

from walkon.engine.lines import LineProcess, NoAnswer
from walkon.safety.classify import UNAVAILABLE, chunks, read_guard, worst
from walkon.safety.text import Verdict
from walkon.types.harm import USUAL_TOPICS, Category

log = structlog.get_logger(__name__)

PROGRAM = ("-m", "walkon.engine.models.guards")
LOAD_S, ANSWER_S = 300.0, 60.0
"""Longest wait for the first answer, weights and all, and for each after it: 128 tokens of a small model on two cores."""


class GuardModel:
    """A Qwen3Guard model in a folder. program: what starts the child, for tests."""

    def __init__(
        self, folder: Path, *, topics: Collection[Category] = USUAL_TOPICS, program: Sequence[str] = PROGRAM, load_s: float = LOAD_S
    ) -> None:
        self._child = LineProcess((*program, str(folder)))
        self._topics, self._load_s = topics, load_s

    @property
    def pid(self) -> int | None:
        """Process id of the child, None where there is none now."""
        return self._child.pid

    async def classify(self, text: str) -> Verdict:
        """The verdict; UNAVAILABLE where the child died, fell silent or said something else."""
        verdicts: list[Verdict] = []
        try:
            for part in chunks(text):
                limit_s = ANSWER_S if self._child.pid else self._load_s
                said = json.loads(await self._child.ask(json.dumps(part).encode(), limit_s))
                verdicts.append(read_guard(said, self._topics) if isinstance(said, str) else UNAVAILABLE)
        except (NoAnswer, ValueError) as error:
            log.warning("guard_away", reason=str(error))
            return UNAVAILABLE
        return worst(verdicts)

    async def close(self) -> None:
        """End the child."""
        await self._child.close()
