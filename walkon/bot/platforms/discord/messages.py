"""Where an answer stands in Discord, and how a card gets there: edited in place, or posted once where nothing stands yet."""

import asyncio
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import discord
import msgspec
import structlog

from walkon.bot.cards import Card
from walkon.bot.platforms.discord.cards import CLIP_FILE, FILM_FILE, MAX_ALT, Layout, pinged, veiled
from walkon.bot.platforms.discord.faults import THREAD_ARCHIVED, UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, is_too_large, token_is_void
from walkon.bot.platforms.discord.turns import ChannelTurns
from walkon.bot.port import NotAllowed, Post
from walkon.store.media import Media
from walkon.types.clock import Clock

log = structlog.get_logger(__name__)

TOKEN_FRESH_S = 14 * 60
"""An interaction's token edits for 15 minutes (docs: interactions/receiving-and-responding); one is left for slow uploads."""

UNANSWERED = "{}"
"""The reply of a message that answers nothing in particular."""

NONCE_LETTERS = 24
"""Discord takes 25."""

_ORIGINAL = cast("int", "@original")  # Discord's name for an interaction's first answer; the library only writes it into the address


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A message and the interaction it answers: the JSON of `Invocation.reply`, without message, and of every ref.

    at: when the interaction came, Unix seconds. token: the interaction's, None where the bot posted by itself.
    video, attachment: the clip that hangs there, as media key and as Discord's id.
    """

    channel_id: str
    application_id: str
    token: str | None
    at: float
    message_id: str | None = None
    video: str | None = None
    attachment: str | None = None

    @classmethod
    def read(cls, text: str) -> "Standing":
        """From its JSON."""
        return msgspec.json.decode(text, type=cls)

    def write(self) -> str:
        """As JSON."""
        return msgspec.json.encode(self).decode()

    def nowhere(self) -> "Standing":
        """The same place for a message that the bot has yet to post by itself."""
        return replace(self, token=None, message_id=None, video=None, attachment=None)

    def showing(self, message: discord.Message, card: Card) -> "Standing":
        """The same, now that `message` shows the card."""
        kept = message.attachments[0] if card.video and message.attachments else None
        video = card.video.video if card.video and kept else None
        return replace(self, message_id=str(message.id), video=video, attachment=str(kept.id) if kept else None)


@dataclass(frozen=True, slots=True)
class Kept:
    """An attachment that an edit leaves where it is."""

    id: str

    def to_dict(self) -> dict[str, Any]:
        """What Discord needs to know of it."""
        return {"id": self.id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One card to show. standing: where it stands or belongs. follows: the message it replies to, if it is a note."""

    post: Post
    card: Card
    standing: Standing
    follows: Standing | None = None

    def at(self, standing: Standing) -> "Owed":
        """The same, where `standing` says."""
        return replace(self, standing=standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """Shows cards. clock: for the age of tokens. turns: of the bot's own changes; those by an interaction's token are not counted."""

    layout: Layout
    media: Media
    clock: Clock
    turns: ChannelTurns = field(default_factory=ChannelTurns)

    def wait_s(self, post: Post) -> float:
        """How long a change of the post comes too early for its channel; 0 where it may go now."""
        standing = Standing.read(post.ref) if post.ref else None
        if standing is None or standing.message_id is None or self._fresh(standing):
            return 0.0
        return self.turns.wait_s(standing.channel_id, post.key)

    async def show(self, client: discord.Client, post: Post, card: Card) -> str:
        """As the port's `show`, with discord.py's errors. A thread that fell asleep meanwhile is woken; one that is locked refuses."""
        try:
            return await self._show(client, post, card)
        except discord.HTTPException as error:
            if is_too_large(error):
                self.turns.again(post.key)
            if error.code != THREAD_ARCHIVED:
                raise
        channel = (await self._standing(client, post)).channel_id
        await client.http.edit_channel(int(channel), archived=False)
        return await self._show(client, post, card)

    async def _show(self, client: discord.Client, post: Post, card: Card) -> str:
        owed = Owed(post=post, card=card, standing=await self._standing(client, post))
        if post.follows and post.ref is None:
            follows = Standing.read(post.follows)
            owed = replace(owed, follows=follows, standing=follows.nowhere())
        elif owed.standing.message_id is None and self._fresh(owed.standing):
            owed = owed.at(await self._found(client, owed.standing))
        if owed.standing.message_id is None:
            return (await self._post(client, owed)).write()
        return (await self._edit(client, owed)).write()

    async def _standing(self, client: discord.Client, post: Post) -> Standing:
        if post.ref or post.reply != UNANSWERED:
            return Standing.read(post.ref or post.reply)
        channel = post.place.channel
        if post.place.addressee:
            # Asking again for the same person gives the same channel.
            channel = str((await client.http.start_private_message(int(post.place.addressee)))["id"])
        return Standing(channel_id=channel, application_id=str(client.application_id), token=None, at=0.0)

    async def upload(self, standing: Standing, card: Card) -> list[Any]:
        """What hangs on the message: the clip as a file to send, or as it already hangs there, or nothing."""
        if card.film:
            return [discord.File(io.BytesIO(card.film.content), filename=FILM_FILE, description=card.film.alt[:MAX_ALT] or None)]
        if card.video is None:
            return []
        if standing.attachment and standing.video == card.video.video:
            return [Kept(standing.attachment)]
        async with self.media.local(card.video.video) as path:
            return [await asyncio.to_thread(discord.File, path, filename=CLIP_FILE, description=card.video.alt[:MAX_ALT] or None)]

    def _fresh(self, standing: Standing) -> bool:
        return standing.token is not None and self.clock.now().timestamp() - standing.at < TOKEN_FRESH_S

    async def _found(self, client: discord.Client, standing: Standing) -> Standing:
        # The answer may have gone out before its place was written down.
        try:
            message = await _webhook(client, standing).fetch_message(_ORIGINAL)
        except discord.HTTPException as error:
            if error.status != 404 and not token_is_void(error):
                raise
            return standing
        return replace(standing, message_id=str(message.id))

    async def _edit(self, client: discord.Client, owed: Owed) -> Standing:
        if self._fresh(owed.standing):
            try:
                return await self._edit_by_token(client, owed)
            except discord.HTTPException as error:
                if not token_is_void(error):
                    raise
        return await self._edit_as_bot(client, owed)

    async def _edit_by_token(self, client: discord.Client, owed: Owed) -> Standing:
        hung, view = await self.upload(owed.standing, owed.card), self._view(owed)
        webhook, message_id = _webhook(client, owed.standing), int(owed.standing.message_id or 0)
        edited = await webhook.edit_message(message_id, view=view, attachments=hung, allowed_mentions=pinged(owed.card))
        return owed.standing.showing(edited, owed.card)

    async def _edit_as_bot(self, client: discord.Client, owed: Owed) -> Standing:
        hung, view = await self.upload(owed.standing, owed.card), self._view(owed)
        channel, message_id = client.get_partial_messageable(int(owed.standing.channel_id)), int(owed.standing.message_id or 0)
        message = channel.get_partial_message(message_id)
        edited = await message.edit(view=view, attachments=hung, allowed_mentions=pinged(owed.card))
        return owed.standing.showing(edited, owed.card)

    async def _post(self, client: discord.Client, owed: Owed) -> Standing:
        owed = owed.at(replace(owed.standing, token=None))
        # Discord remembers a nonce for some minutes: a repeat gives the earlier message, or "unknown" if somebody deleted that.
        for nonce in (_nonce(owed.post.key), _nonce(f"{owed.post.key} again")):
            try:
                message = await self._send(client, owed, nonce)
            except discord.NotFound as error:
                if error.code == UNKNOWN_CHANNEL:
                    # Nothing can stand there any more; to say the message is gone would have it posted anew without end.
                    raise NotAllowed("the channel is gone") from error
                if error.code != UNKNOWN_MESSAGE:
                    raise
                continue
            posted = owed.standing.showing(message, owed.card)
            same = _texts(message.components) == _texts(self._view(owed).children) and (posted.video or not owed.card.video)
            return posted if same else await self._edit(client, owed.at(posted))
        raise NotAllowed("the message was deleted twice")

    async def _send(self, client: discord.Client, owed: Owed, nonce: str) -> discord.Message:
        channel = client.get_partial_messageable(int(owed.standing.channel_id))
        files, view, pings = await self.upload(owed.standing, owed.card), self._view(owed), pinged(owed.card)
        if owed.follows is None or owed.follows.message_id is None:
            return await channel.send(view=view, files=files, nonce=nonce, allowed_mentions=pings)
        message_id, channel_id = int(owed.follows.message_id), int(owed.follows.channel_id)
        answers = discord.MessageReference(message_id=message_id, channel_id=channel_id, fail_if_not_exists=False)
        return await channel.send(view=view, files=files, nonce=nonce, allowed_mentions=pings, reference=answers, mention_author=False)

    def _view(self, owed: Owed) -> discord.ui.LayoutView:
        place = owed.post.place
        return self.layout.view(veiled(owed.card) if place.veiled else owed.card, place.locale)


async def begin_reactions(client: discord.Client, ref: str, emoji: Iterable[str]) -> None:
    """React to a message of ours, in this order."""
    posted = Standing.read(ref)
    for one in emoji:
        try:
            await client.http.add_reaction(int(posted.channel_id), int(posted.message_id or 0), one)
        except discord.HTTPException as error:
            # The right to react is missing: the buttons say the same.
            log.info("reaction_not_begun", reason=f"{error.status} {error.code}")
            return


def _webhook(client: discord.Client, standing: Standing) -> discord.Webhook:
    return discord.Webhook.partial(int(standing.application_id), standing.token or "", client=client)


def _nonce(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE_LETTERS]


def _texts(components: Iterable[Any]) -> list[str]:
    """Every text in reading order, of a message's components or of a layout's items."""
    texts: list[str] = []
    for component in components:
        content = getattr(component, "content", None)
        texts += [content] if isinstance(content, str) else _texts(getattr(component, "children", ()))
    return texts
