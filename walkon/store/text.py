"""Text that not every database keeps: left out where people type it, and refused on every database alike before it is written."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from walkon.store.faults import Unkeepable


def keepable(text: str) -> str:
    """What databases keep of a text: all of it but NULs, with a question mark for half a character."""
    return text.replace("\0", "").encode(errors="replace").decode()


def is_keepable(text: str) -> bool:
    """Whether every database keeps all of it."""
    return "\0" not in text and _whole(text)


def refuse_unkeepable(engine: Engine) -> None:
    """From now on a statement with such a text raises Unkeepable."""

    @event.listens_for(engine, "before_cursor_execute")
    def check(*statement: Any) -> None:
        _connection, _cursor, _text, parameters, *_ = statement
        for text in _texts(parameters):
            if not is_keepable(text):
                raise Unkeepable(ascii(text[:40]))


def _texts(parameters: Any) -> Iterable[str]:
    """Every text among the values of one statement or of many."""
    if isinstance(parameters, str):
        yield parameters
    elif isinstance(parameters, Mapping):
        yield from _texts(list(parameters.values()))
    elif isinstance(parameters, list | tuple):
        for value in parameters:
            yield from _texts(value)


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
