"""Asking back in a chat with others, where an answer for one pair of eyes is an alert and holds no buttons.

The alert says what would happen; whoever then presses the same button once more means it.
"""

from collections import OrderedDict
from dataclasses import dataclass

from walkon.bot.cards import ButtonStyle, Card

MEANT_WITHIN_S = 60.0
REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Again:
    """A button under one message, pressed by one account."""

    account: int
    message: str
    token: str


class OnceMore:
    """Which buttons were answered by a question. In memory only: after a restart it is asked again."""

    def __init__(self) -> None:
        self._asked: OrderedDict[Again, tuple[str, float]] = OrderedDict()

    def ask(self, pressed: Again, card: Card, now_s: float) -> str | None:
        """Remember what pressing once more would do; its button's words, or None where the card asks nothing back."""
        sure = next((button for button in card.buttons if button.style is ButtonStyle.DANGER), None)
        if sure is None:
            return None
        self._asked[pressed] = (sure.token, now_s + MEANT_WITHIN_S)
        if len(self._asked) > REMEMBERED:
            self._asked.popitem(last=False)
        return sure.label

    def meant(self, pressed: Again, now_s: float) -> str:
        """The token that the press stands for, once: what was asked back within the last minute, else the button's own."""
        token, until_s = self._asked.pop(pressed, (pressed.token, now_s))
        return token if now_s < until_s else pressed.token
