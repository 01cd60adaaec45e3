"""`/sora cameo audience`: who may ask, and who need not; doors that were closed are opened again here."""

from dataclasses import replace

from walkon.bot import agreeing
from walkon.bot.cards import Card, Text, Tone
from walkon.bot.command import BadOption, Reply
from walkon.bot.commands.cameo.said import Said
from walkon.consent import tables as consent
from walkon.consent.asking import NeverAsk
from walkon.consent.likeness import Audience, Likeness
from walkon.store.accounts import person_of
from walkon.store.database import Transaction

_WORDS = {"me": Audience.ONLY_ME, "approve": Audience.PEOPLE_I_APPROVE, "here": Audience.MEMBERS_OF_PLACES, "everyone": Audience.EVERYONE}
_ASKING = {"ask": True, "free": False}
_OPEN = "open"
ALLOWED = "me, approve, here, everyone; ask, free; open"


async def audience(said: Said) -> Reply:
    """Without words, what holds now. With them: `me`, `approve`, `here` or `everyone`; `ask` or `free`; `open` opens closed doors."""
    likeness = await said.likeness()
    words = said.what.lower().split()
    unknown = next((word for word in words if word not in (*_WORDS, *_ASKING, _OPEN)), None)
    if unknown is not None:
        raise BadOption("audience", unknown, ALLOWED)
    await _know_doors(said)
    if _OPEN in words:
        await _open_doors(said)
    if likeness is None:
        return said.told("card.cameo.doors_open") if _OPEN in words else said.told("card.cameo.none", root=said.house.command_root)
    changed = _changed(said, likeness, words)
    if changed != likeness:
        await agreeing.change_rules(said.house, changed)
    return said.shown(await _card(said, changed, changed=changed != likeness))


def _changed(said: Said, likeness: Likeness, words: list[str]) -> Likeness:
    for word in words:
        if word in _WORDS:
            likeness = replace(likeness, audience=_WORDS[word])
        if word == "here":
            likeness = replace(likeness, places=likeness.places | {said.ctx.invocation.place.id})
        if word in _ASKING:
            likeness = replace(likeness, always_ask=_ASKING[word])
    return likeness


async def _doors(said: Said) -> list[NeverAsk]:
    async def step(tx: Transaction) -> list[NeverAsk]:
        return list(await consent.doors_of(tx, await person_of(tx, said.by.id)))

    return await said.house.database.read(step)


async def _know_doors(said: Said) -> None:
    """A door that only the witness of a restored store remembered is told, and opened, like any other."""
    house, now = said.house, said.house.clock.now()
    await house.database.write(lambda tx: house.decider.shut_if_marked(tx, said.by.id, house.keys.person_key, now))


async def _open_doors(said: Said) -> None:
    now = said.house.clock.now()

    async def step(tx: Transaction) -> None:
        for door in await consent.doors_of(tx, await person_of(tx, said.by.id)):
            await said.house.decider.open(tx, door, now)

    await said.house.database.write(step)


async def _card(said: Said, likeness: Likeness, *, changed: bool) -> Card:
    speaker, doors = said.speaker, await _doors(said)
    free = likeness.audience in (Audience.MEMBERS_OF_PLACES, Audience.EVERYONE) and not likeness.always_ask
    lines: list[Text] = [
        speaker.text(f"audience.{likeness.audience}"),
        speaker.text("card.cameo.free" if free else "card.cameo.always_asked"),
        *([speaker.text("card.cameo.doors", n=len(doors), root=said.house.command_root)] if doors else []),
        speaker.text("card.cameo.audience_how", root=said.house.command_root),
    ]
    head = speaker.text("card.cameo.saved" if changed else "card.cameo.audience")
    return Card(tone=Tone.QUIET, head=head, body=tuple(lines))
