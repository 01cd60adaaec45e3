"""A clip goes on: a new clip begins with all of it and adds the next seconds."""

from dataclasses import replace

from walkon.bot.clip_card import Speaker
from walkon.bot.command import Asked, Reply
from walkon.bot.house import House
from walkon.bot.intake import promise
from walkon.bot.remixing import told
from walkon.library import reach
from walkon.library.clips import Clip
from walkon.scene.codec import decode
from walkon.types.scene import LONGEST_EXTENDED_S, Scene

USUAL_S = 5
"""Seconds that are added where nobody says."""


async def refused(house: House, asked: Asked, clip: Clip, seconds: float = USUAL_S) -> Reply | None:
    """Why the clip cannot go on for so long, None where it can: what the engine lacks comes first, then how long clips may become."""
    speaker = Speaker(house.words, asked.person.locale)
    if not await _can(house):
        return told(speaker, "refusal.extend_here", root=house.command_root, clip=clip.id)
    if clip.finished and clip.finished.seconds + seconds > LONGEST_EXTENDED_S:
        return told(speaker, "refusal.extend_long", clip=clip.id, limit=LONGEST_EXTENDED_S)
    return None


async def _can(house: House) -> bool:
    """Whether the engine can go on from pictures, as its workers say; while none lives, the clip waits for one."""
    word = await house.database.read(lambda tx: reach.extends(tx, house.lane, house.clock.now()))
    return not house.drawn and word is not False


def more_of(clip: Clip, seconds: float = USUAL_S) -> Scene:
    """What the clip shows, going on for these seconds with the same people; its time codes were those of its own seconds."""
    old = decode(clip.scene)
    return replace(old, seconds=seconds, shots=tuple(replace(shot, start_s=None, end_s=None) for shot in old.shots))


async def go_on(house: House, asked: Asked, clip: Clip) -> Reply:
    """Promise a finished clip and the usual seconds after it, by its own words. Raises QueueFull."""
    no = await refused(house, asked, clip)
    return no or await promise(house, asked, more_of(clip).going_on(clip.id), parent=clip.id)
