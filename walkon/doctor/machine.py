"""Checks of the machine: Python, SQLite, the disk, the page's port, drawing, fonts and speech."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import walkon
from walkon.doctor.finding import Finding, Level

SOUND_SQLITE = (3, 51, 3)
"""First release without the WAL-reset race (sqlite.org/wal.html, read 2026-11)."""
LITTLE_SPACE, NO_SPACE = 2 * 1024**3, 200 * 1024**2
"""Bytes left on the disk below which to look, and below which no clip can be relied upon."""
CHILD_TIMEOUT_S = 30.0
CHILD = """
import json
import av, skia
from walkon.engine.drawing import fonts
print(json.dumps({
    "encoders": [name for name in ("libx264", "aac") if name not in av.codecs_available],
    "fonts": [name for name in (fonts.EMOJI_FILE, fonts.TEXT_FILE) if fonts.font_file(name) is None],
    "scripts": [name for name in fonts.SCRIPT_FILES if fonts.font_file(name) is None],
}))
"""
"""Tells what a render would miss; a name in a list is a thing that is not there."""
DRAWING_MEND = "As root: apt-get install libegl1 libgl1 libfontconfig1"
ENCODING_MEND = "Put the usual encoders back: pip install --force-reinstall av"
FONTS_MEND = "As root: apt-get install fonts-noto-core fonts-noto-color-emoji"
SCRIPTS_MEND = "As root: apt-get install fonts-noto-core fonts-noto-cjk"


def python() -> Finding:
    """Which Python runs walkon."""
    return Finding(check="python", level=Level.OK, what=f"Python {'.'.join(map(str, sys.version_info[:3]))}")


def sqlite() -> Finding:
    """Whether its SQLite is one without a known fault."""
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SOUND_SQLITE:
        return Finding(check="sqlite", level=Level.OK, what=f"SQLite {version}")
    what = f"SQLite {version} has a rare fault when two programs write to one file; walkon keeps to one writer"
    mend = "Open its files with nothing else while it runs, or use a Python that brings SQLite 3.51.3 or newer."
    return Finding(check="sqlite", level=Level.LOOK, what=what, mend=mend)


def data_dir(data_dir: Path) -> Iterator[Finding]:
    """Whether the data directory can be written, and has room."""
    standing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    try:
        # An unnamed file proves more than permission bits do: root ignores those, a read-only disk ignores root.
        with tempfile.TemporaryFile(dir=standing):
            free = shutil.disk_usage(standing).free
    except OSError as error:
        what = f"{data_dir}: nothing can be written there ({error.strerror})"
        yield Finding(check="data_dir", level=Level.STOP, what=what, mend="Give walkon a directory it may write, [walkon] data_dir.")
        return
    level = Level.STOP if free < NO_SPACE else Level.LOOK if free < LITTLE_SPACE else Level.OK
    mend = None if level is Level.OK else "Free some space, or point [walkon] data_dir at a larger disk."
    yield Finding(check="data_dir", level=level, what=f"{data_dir}: {free / 1024**3:.1f} GB free", mend=mend)


def running(data_dir: Path) -> list[Finding]:
    """Which roles run here now; nothing where none does."""
    from walkon.store.lock import RoleLock

    found = {lock.stem: RoleLock.holder(data_dir, lock.stem) for lock in sorted(data_dir.glob("*.lock"))}
    words = [f"{role} (process {process})" for role, process in found.items() if process is not None]
    return [Finding(check="running", level=Level.OK, what=f"walkon runs here: {', '.join(words)}")] if words else []


def port(host: str, port: int) -> Finding:
    """Whether the page can listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        what = f"the page cannot listen on {host}, port {port} ({error.strerror})"
        return Finding(check="page", level=Level.STOP, what=what, mend="Stop what listens there, or set another [web] port.")
    return Finding(check="page", level=Level.OK, what=f"the page can listen on {host}, port {port}")


def picture_and_sound() -> list[Finding]:
    """Whether a child process can draw, encode and write."""
    missing, fault = _tried([sys.executable, "-c", CHILD])
    if missing is None:
        return [Finding(check="drawing", level=Level.STOP, what=f"drawing and encoding do not load ({fault})", mend=DRAWING_MEND)]
    return [
        _present("drawing", "drawing and encoding", missing["encoders"], Level.STOP, ENCODING_MEND),
        _present("fonts", "fonts for captions and emoji", missing["fonts"], Level.STOP, FONTS_MEND),
        _present("scripts", "fonts for other scripts", missing["scripts"], Level.LOOK, SCRIPTS_MEND),
    ]


def _present(check: str, thing: str, missing: Sequence[str], level: Level, mend: str) -> Finding:
    if not missing:
        return Finding(check=check, level=Level.OK, what=thing)
    return Finding(check=check, level=level, what=f"{thing}: without {', '.join(missing)}", mend=mend)


def _tried(command: Sequence[str]) -> tuple[Mapping[str, list[str]] | None, str]:
    """What a child process printed as JSON, or None and why it did not."""
    try:
        child = subprocess.run(
            command,
            capture_output=True,
            timeout=CHILD_TIMEOUT_S,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            env=_child_environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, type(error).__name__
    if child.returncode:
        return None, (child.stderr.strip().splitlines() or [f"ended with {child.returncode}"])[-1]
    found: Mapping[str, list[str]] = json.loads(child.stdout)
    return found, ""


def _child_environment() -> dict[str, str]:
    """Ours without settings and secrets; packages are looked for beside walkon's own, never in the current directory."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WALKON_")}
    places = [str(Path(walkon.__file__).parent.parent), inherited.get("PYTHONPATH", "")]
    return inherited | {"PYTHONPATH": os.pathsep.join(filter(None, places)), "PYTHONSAFEPATH": "1"}


def speech() -> Finding:
    """Whether lines are spoken in every language."""
    if shutil.which("espeak-ng"):
        return Finding(check="speech", level=Level.OK, what="espeak-ng speaks lines in other languages than English")
    what = "espeak-ng is missing: lines in other languages than English are hummed, not spoken"
    return Finding(check="speech", level=Level.LOOK, what=what, mend="As root: apt-get install espeak-ng")
