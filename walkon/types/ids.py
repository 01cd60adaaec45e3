"""Names of things. Every id is text, made here, and means the same on every machine."""

import secrets
from hashlib import sha256
from typing import NewType

ClipId = NewType("ClipId", str)
"""A clip's public name, short enough to say aloud: six letters or digits, for example `7KQ2M9`."""

JobId = NewType("JobId", str)
"""One unit of work in the queue: `render:CLIP`."""

EventId = NewType("EventId", str)
"""One thing that happened on a platform, `discord:INTERACTION`; the same event delivered twice has the same id."""

PersonId = NewType("PersonId", str)
"""An account: `discord:ID`, `telegram:ID` or `web:NAME`."""

PersonKey = NewType("PersonKey", str)
"""An account where nobody may read who it is: a keyed hash of the PersonId (`store.keys.Keys.person_key`), 64 hexadecimal digits."""

PlaceId = NewType("PlaceId", str)
"""A chat as fairness and limits see it: `discord:GUILD`, `telegram:CHAT`, `web:local`."""

WorkerId = NewType("WorkerId", str)
"""One worker process: `HOST-PID-RANDOM`."""

# Crockford's base 32 without the letters that are read as digits (crockford.com/base32.html).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CLIP_ID_LENGTH = 6
_READ_AS = str.maketrans("OILU", "011V")


def new_clip_id() -> ClipId:
    """A random clip id; 32^6 is a thousand million, so a collision is left to the store's unique index."""
    return ClipId("".join(secrets.choice(ALPHABET) for _ in range(CLIP_ID_LENGTH)))


def read_clip_id(text: str) -> ClipId | None:
    """The clip id a person meant: case, a leading `#` and look-alike letters are forgiven; None if it cannot be one."""
    plain = text.strip().lstrip("#").upper().translate(_READ_AS)
    if len(plain) != CLIP_ID_LENGTH or any(letter not in ALPHABET for letter in plain):
        return None
    return ClipId(plain)


def check_job(clip: ClipId, words: str) -> JobId:
    """The id of the job that reads `words` for `clip`: a verdict on other words is another job's."""
    return JobId(f"check:{clip}:{sha256(words.encode(errors='surrogatepass')).hexdigest()[:16]}")


def draft_job(clip: ClipId) -> JobId:
    """The id of the job that draws a preview of `clip`."""
    return JobId(f"draft:{clip}")


def stand_in_job(clip: ClipId) -> JobId:
    """The id of the job that draws `clip` with stand-ins."""
    return JobId(f"stand-in:{clip}")


def render_job(clip: ClipId) -> JobId:
    """The id of the job that renders `clip`: derived, so that submitting it twice is one job."""
    return JobId(f"render:{clip}")


AskId = NewType("AskId", str)
"""One question to one person: may you be in this clip?"""

GrantId = NewType("GrantId", str)
"""One yes of one person, for one clip."""

PermissionId = NewType("PermissionId", str)
"""One standing permission, from which grants are made without asking."""

LikenessId = NewType("LikenessId", str)
"""One enrolment of one person; enrolling again makes another."""

LONG_ID_LENGTH = 16


def new_long_id() -> str:
    """A name nobody can guess and no two things share: 80 random bits, fit for a button's token."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LONG_ID_LENGTH))
