"""Forms in Discord: one text to edit, and what comes back."""

from dataclasses import dataclass
from typing import Any

import discord

from walkon.bot.cards import Form
from walkon.bot.tokens import Deed, Seal, Token, read_token

MAX_TEXT = 4000
MAX_TITLE = MAX_LABEL = 45
"""Discord's limits of a text input, and of a modal's title and labels (docs: components/reference, interactions)."""

_WORDS = "words"
_LABEL = 18


@dataclass(frozen=True, slots=True)
class Submitted:
    """A form that somebody sent. token: the form's own."""

    token: Token
    text: str


def fits(form: Form) -> bool:
    """Whether the old answer can be edited in full: half of somebody's words would be worse than none. Discord counts UTF-16 units."""
    return len(form.text.encode("utf-16-le")) // 2 <= MAX_TEXT


def modal(form: Form, seal: Seal) -> discord.ui.Modal:
    """The form as the library opens it."""
    made = discord.ui.Modal(title=form.title[:MAX_TITLE], custom_id=seal.put_on(form.token), timeout=None)
    box: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        style=discord.TextStyle.paragraph, custom_id=_WORDS, default=form.text or None, min_length=1, max_length=MAX_TEXT
    )
    made.add_item(discord.ui.Label(text=form.label[:MAX_LABEL], component=box))
    # As with views: what is stopped is not kept in the library's memory, so a form survives a restart while somebody writes.
    made.stop()
    return made


def submitted(data: dict[str, Any]) -> Submitted | None:
    """The form in a submission's data, its seal taken off; None where it is none of ours."""
    token = read_token(str(data.get("custom_id", "")))
    boxes = [part.get("component") or {} for part in data.get("components") or () if part.get("type") == _LABEL]
    text = next((str(box.get("value") or "") for box in boxes if box.get("custom_id") == _WORDS), None)
    return Submitted(token, text) if token and token.deed is Deed.REMIX and text is not None else None
