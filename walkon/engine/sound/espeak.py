"""The draft voice of every other language: espeak-ng as a separate program, given its text on standard input, never through a shell."""

import re
import shutil
import subprocess

import numpy as np

from walkon.engine.performance import Samples
from walkon.engine.sound.timbre import Timbre
from walkon.engine.sound.waves import single

LIMIT_S = 5.0
"""Longest time one line may take; it needs about 0.04 s."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
_HEADER = 44


class Espeak:
    """The program where it is installed."""

    def __init__(self, program: str) -> None:
        self._program = program

    @classmethod
    def found(cls) -> "Espeak | None":
        """The installed program, or None."""
        program = shutil.which("espeak-ng")
        return cls(program) if program else None

    def say(self, text: str, language: str, timbre: Timbre) -> tuple[Samples, int] | None:
        """Mono sound and its rate in Hz, or None where the program knows no such language, fails or takes too long."""
        tag = language.lower().replace("_", "-")
        if not _LANGUAGE.fullmatch(tag):
            return None
        # Double brackets would switch the program from letters to phonemes.
        plain = text.replace("[", " ").replace("]", " ")
        variant, pitch = ("m3", 38) if timbre.pitch < 0.75 else ("f4", min(round(62 * timbre.pitch), 90))
        pace = round(150 * timbre.speed / timbre.formant)
        command = [self._program, "-v", f"{tag}+{variant}", "-p", str(pitch), "-s", str(pace), "-b", "1", "--stdin", "--stdout"]
        return self._run(command, plain) or self._run([*command[:2], f"{tag.partition('-')[0]}+{variant}", *command[3:]], plain)

    @staticmethod
    def _run(command: list[str], text: str) -> tuple[Samples, int] | None:
        try:
            done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=LIMIT_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        wave = done.stdout
        if done.returncode or len(wave) <= _HEADER or wave[:4] != b"RIFF":
            return None
        # The length fields of a streamed header are placeholders: what follows the header is the sound.
        rate = int.from_bytes(wave[24:28], "little")
        body = wave[_HEADER : len(wave) - len(wave) % 2]
        return single(np.frombuffer(body, "<i2")) / np.float32(32768), rate
