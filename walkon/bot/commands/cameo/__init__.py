"""`/sora cameo`: one's own likeness. What each word after it does is in the file of that name."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum

from walkon.bot.command import Command, Context, RawValue, Reply, attachment_option, choice_option, person_option, text_option
from walkon.bot.commands.cameo import appearances, audience, delete, enrol, receipts, requests, revoke, rules
from walkon.bot.commands.cameo.said import DEED_NAME, Said

MOST_WORDS = 200


class Deed(StrEnum):
    """What is done."""

    ENROL = "enrol"
    AUDIENCE = "audience"
    RULES = "rules"
    REQUESTS = "requests"
    APPEARANCES = "appearances"
    RECEIPTS = "receipts"
    REVOKE = "revoke"
    DELETE = "delete"


_DEEDS: Mapping[Deed, Callable[[Said], Awaitable[Reply]]] = {
    Deed.ENROL: enrol.enrol,
    Deed.AUDIENCE: audience.audience,
    Deed.RULES: rules.rules,
    Deed.REQUESTS: requests.requests,
    Deed.APPEARANCES: appearances.appearances,
    Deed.RECEIPTS: receipts.receipts,
    Deed.REVOKE: revoke.revoke,
    Deed.DELETE: delete.delete,
}

DEED = choice_option(DEED_NAME, tuple(Deed), required=True, word=True)
PERSON = person_option("person", word=True)
WHAT = text_option("what", rest=True, high=MOST_WORDS)
FILE = attachment_option("file")


async def cameo(ctx: Context) -> Reply:
    """Do the deed. Every answer is for the person alone."""
    said = Said(ctx=ctx, person=ctx.get(PERSON), what=(ctx.get(WHAT) or "").strip()[:MOST_WORDS], file=ctx.get(FILE))
    return await _DEEDS[Deed(ctx[DEED])](said)


def _is_own_right(options: Mapping[str, RawValue]) -> bool:
    """Looking at what one agreed to, saying no and taking back are nobody's to forbid; lending more is."""
    return str(options.get(DEED_NAME, "")).strip().lower() != Deed.ENROL


COMMAND = Command("cameo", cameo, options=(DEED, PERSON, WHAT, FILE), own_right=_is_own_right)
