"""A host's own terms, from files of lines `category<TAB>term<TAB>language`; empty lines and lines beginning with # are skipped."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from walkon.types.errors import SetupError
from walkon.types.harm import Category

MOST_BYTES = 4 * 1024 * 1024
"""Of one file."""


def read_blocklists(paths: Iterable[Path]) -> dict[Category, list[str]]:
    """The terms of all files by category. Raises SetupError with every line that cannot be used."""
    terms: dict[Category, list[str]] = {}
    problems: list[str] = []
    for path in paths:
        for number, line in _lines(path, problems):
            category, _, rest = line.partition("\t")
            term = rest.partition("\t")[0].strip()
            if category.strip() not in set(Category) or not term:
                problems.append(f"{path}:{number}: is not CATEGORY, TAB, TERM. Categories are {', '.join(Category)}.")
            else:
                terms.setdefault(Category(category.strip()), []).append(term)
    if problems:
        raise SetupError(*problems)
    return terms


def _lines(path: Path, problems: list[str]) -> Iterator[tuple[int, str]]:
    try:
        if path.stat().st_size > MOST_BYTES:
            problems.append(f"{path}: [moderation] blocklists: is larger than {MOST_BYTES >> 20} MB. Split it, or shorten it.")
            return
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: [moderation] blocklists: cannot be read ({error}). Mend the path, or take it out.")
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            yield number, line
