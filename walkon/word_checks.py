"""Checks of words that need a model are jobs of their own kind: how one is asked for, what it says, and waiting for it.

Asked for when the clip is, so that words which are refused never wait for a render; and waited for again where it is rendered.
"""

import asyncio

import msgspec

from walkon.library.clips import Clip
from walkon.queue.port import JobKind, JobQueue, JobState, NewJob
from walkon.safety.text import Label
from walkon.scene.codec import decode
from walkon.types.errors import WalkonError
from walkon.types.ids import ClipId, PersonId, PlaceId, check_job

LANE = "text"
PATIENCE_S = 20.0
"""How long a render waits for a verdict before it counts as not to be had."""
COST_MS = 1_000


class CheckAway(WalkonError):
    """No verdict on the words of a clip with people in it could be had; it waits."""


class Said(msgspec.Struct, frozen=True):
    """The result of a check. category: in words, "" for none."""

    label: Label
    category: str = ""


def job_for(clip: ClipId, words: str) -> NewJob:
    """The check of a clip's words. It takes nobody's turn: it is charged to the check itself."""
    name = f"check:{clip}"
    return NewJob(
        id=check_job(clip, words),
        kind=JobKind.CHECK_TEXT,
        place=PlaceId(name),
        person=PersonId(name),
        lane=LANE,
        cost_ms=COST_MS,
        payload=clip.encode(),
    )


async def verdict_on(queue: JobQueue, clip: Clip, patience_s: float = PATIENCE_S) -> Said:
    """What the check says of the clip's words: asked for if nobody did yet, waited for, UNAVAILABLE where it does not come."""
    loop = asyncio.get_running_loop()
    until_s = loop.time() + patience_s
    view = await queue.submit(job_for(clip.id, decode(clip.scene).written))
    while not view.state.final and loop.time() < until_s:
        await queue.wait(min(0.5, patience_s))
        view = await queue.view(view.id) or view
    if view.state is not JobState.DONE or view.result is None:
        return Said(Label.UNAVAILABLE)
    try:
        return msgspec.json.decode(view.result, type=Said)
    except msgspec.DecodeError:
        return Said(Label.UNAVAILABLE)
