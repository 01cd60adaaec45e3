"""What a check found, and how it is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

ANSWER_TIMEOUT_S = 5.0
"""How long a server may take to answer a check."""


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    LOOK = "look"
    """A clip arrives, but something about it is less than it could be."""
    STOP = "stop"
    """No clip would arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found. mend: what to do about it, None where all is well."""

    check: str
    level: Level
    what: str
    mend: str | None = None


def arrives(findings: Sequence[Finding]) -> bool:
    """Whether a clip would arrive."""
    return not any(finding.level is Level.STOP for finding in findings)


def as_words(findings: Sequence[Finding]) -> str:
    """One line a finding, beginning with its level, the mend on the next; the last line is the verdict."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:<4}  {finding.what}")
        lines += [f"      {finding.mend}"] if finding.mend else []
    stops = sum(finding.level is Level.STOP for finding in findings)
    verdict = f"A clip would not arrive: {stops} stop{'s' * (stops > 1)}." if stops else "A clip would arrive."
    return "\n".join([*lines, verdict])


def as_record(findings: Sequence[Finding]) -> dict[str, Any]:
    """The same for a machine to read."""
    checks = [{"check": found.check, "level": found.level.value, "what": found.what, "mend": found.mend} for found in findings]
    return {"arrives": arrives(findings), "checks": checks}
