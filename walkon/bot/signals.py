"""Where a clip stands, as one sign on the message that asked for it, for platforms where a bot may react."""

from datetime import datetime

from walkon.bot.cards import Signal
from walkon.library.clips import Clip, ClipState
from walkon.queue.port import JobState, JobView
from walkon.scene.codec import decode

_ENDED = {
    ClipState.FINISHED: Signal.FINISHED,
    ClipState.HELD: Signal.HELD,
    ClipState.CANCELLED: Signal.STOPPED,
    ClipState.DECLINED: Signal.STOPPED,
    ClipState.FAILED: Signal.NONE,
    ClipState.TAKEN_DOWN: Signal.NONE,
}


def signal_of(clip: Clip, view: JobView | None, kept_until: datetime | None) -> Signal:
    """The sign for the clip now. view: its job, None where the queue does not know it. kept_until: as in `clip_card`."""
    if clip.state.final:
        return _ENDED[clip.state]
    if clip.state is ClipState.WAITING:
        return Signal.ASKED
    if view and view.state in (JobState.RUNNING, JobState.DONE):
        return Signal.RENDERING
    if kept_until:
        return Signal.KEPT
    return Signal.AGREED if decode(clip.scene).people else Signal.ASKED
