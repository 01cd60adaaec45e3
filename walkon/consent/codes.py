"""One-time codes that somebody says to somebody else: short enough to type, too long to try out, kept only as a hash."""

import hashlib
import secrets
from datetime import timedelta

from walkon.types.ids import ALPHABET

VALID_FOR = timedelta(minutes=10)

LENGTH = 8
"""Letters or digits of a code: 40 bits, which nobody tries out in ten minutes."""

_READ_AS = str.maketrans("OILU", "011V")


def fresh_code() -> str:
    """A new code, as it is said: two groups of letters and digits."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{code[:4]}-{code[4:]}"


def sha256_of(code: str) -> bytes:
    """What is kept of a code, however it is typed: case, spaces and dashes do not matter, nor letters that look like digits."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum()).translate(_READ_AS)
    return hashlib.sha256(plain.encode()).digest()
