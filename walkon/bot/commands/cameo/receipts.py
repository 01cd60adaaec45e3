"""`/sora cameo receipts`: what was agreed, refused and taken back, signed, as a file anybody can check."""

from walkon.bot.cards import Card, Handout, Tone
from walkon.bot.command import Reply
from walkon.bot.commands.cameo.said import Said
from walkon.store.accounts import person_of
from walkon.store.database import Transaction

MOST_LINES = 10
FILE = "walkon-receipts.json"


async def receipts(said: Said) -> Reply:
    """The newest decisions in words, and the file with all receipts and what it takes to check them."""
    proof = said.house.proof

    async def step(tx: Transaction) -> tuple[list[tuple[str, str]], int, bytes]:
        owner = await person_of(tx, said.by.id)
        entries = await proof.receipts_of(tx, owner)
        lines = [(f"{entry.at:%Y-%m-%d}", entry.kind.removeprefix("consent.")) for entry in reversed(entries[-MOST_LINES:])]
        return lines, len(entries), await proof.export(tx, owner)

    found, count, content = await said.house.database.read(step)
    if not count:
        return said.told("card.receipts.none")
    speaker = said.speaker
    lines = [speaker.text("card.receipts.line", day=day, what=speaker.say(f"decision.{kind}")) for day, kind in found]
    lines.append(speaker.text("card.receipts.how"))
    handout = Handout(name=FILE, content=content)
    return said.shown(Card(tone=Tone.QUIET, head=speaker.text("card.receipts.head", n=count), body=tuple(lines), handout=handout))
