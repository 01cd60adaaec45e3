"""`/sora cameo requests`: who is asking, and one question whole."""

from walkon.bot.answering import look, open_to
from walkon.bot.cards import Button, Card, Tone
from walkon.bot.command import Reply
from walkon.bot.commands.cameo.said import Said
from walkon.bot.moments import moment
from walkon.bot.notices import question_of
from walkon.bot.tokens import AskDeed, AskToken
from walkon.types.ids import AskId

MOST = 10


async def requests(said: Said) -> Reply:
    """The open questions, newest first, each with a button to look at it; with an id, that one."""
    if said.what:
        return await look(said.house, said.by, AskId(said.what.split()[0].upper()))
    now = said.house.clock.now()
    asks = await open_to(said.house, said.by.id)
    lines, buttons = [], []
    for number, ask in enumerate(asks[:MOST], 1):
        question = await question_of(said.house, ask.id, said.by)
        if question:
            ends = moment(said.speaker, ask.expires_at, now)
            name, words = question.clip.asker.name, question.clip.prompt[:80]
            lines.append(said.speaker.text("card.requests.line", n=number, asker=name, words=words, moment=ends))
            label = said.speaker.say("card.requests.look", n=number)
            buttons.append(Button(label=label, token=str(AskToken(AskDeed.LOOK, ask.id))))
    head = said.speaker.text("card.requests.head", n=len(asks)) if asks else said.speaker.text("card.requests.none")
    return said.shown(Card(tone=Tone.QUIET, head=head, body=tuple(lines), buttons=tuple(buttons)))
