"""What a person typed, as a command and its options."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from walkon.bot.command import Command, RawValue

PLAIN_WORDS = "prompt"
"""The command that words without a slash mean."""
BARE_ROOT = "help"

_SLASH = re.compile(r"/(\S*)\s*(.*)", re.DOTALL)
_FIRST = re.compile(r"(\S*)\s*(.*)", re.DOTALL)
_LEADING = re.compile(r"([a-z_]+)[:=](\S+)(?:\s+|$)")
_TRAILING = re.compile(r"(?:^|\s)([a-z_]+)[:=](\S+)$")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as typed; whether there is one of that name is for the router to say."""

    command: str
    options: Mapping[str, RawValue]


def read_typed(text: str, root: str, commands: Sequence[Command]) -> Typed:
    """`/ROOT prompt words`, `/prompt words` or just words; options as `seconds:8` before or after the words, or as single words."""
    name, words = _command_of(text.strip(), root)
    command = next((command for command in commands if command.name == name), None)
    if command is None:
        return Typed(name, {})
    rest = next((option.name for option in command.options if option.rest), None)
    named, words = _named({option.name for option in command.options} - {rest}, words)
    if command.takes_words:
        return Typed(name, {**command.spread(words, named=named), **named})
    return Typed(name, {**named, rest: words} if rest and words else named)


def _command_of(text: str, root: str) -> tuple[str, str]:
    slash = _SLASH.fullmatch(text)
    if slash is None:
        return PLAIN_WORDS, text
    name, words = slash.group(1).lower(), slash.group(2)
    if name == root:
        first = _FIRST.fullmatch(words)
        name, words = (first.group(1).lower(), first.group(2)) if first else ("", "")
    return name or BARE_ROOT, words


def _named(known: set[str], words: str) -> tuple[dict[str, RawValue], str]:
    found: dict[str, RawValue] = {}
    for pattern in (_LEADING, _TRAILING):
        match = pattern.match(words) if pattern is _LEADING else pattern.search(words)
        while match and match.group(1) in known - found.keys():
            found[match.group(1)] = match.group(2)
            words = words[: match.start()] + words[match.end() :]
            match = pattern.match(words) if pattern is _LEADING else pattern.search(words)
    return found, words.strip()
