"""What a place has, as files for whoever looks after it: its clips and its moderators' log. Nothing of anybody who does not agree."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from walkon.agreement import Passing, passing
from walkon.bot.moderating.log_file import all_lines, as_csv, as_json_lines
from walkon.library import tables
from walkon.library.clips import Clip, Finished
from walkon.library.films import files_of
from walkon.store.database import Database
from walkon.store.media import Media, MediaMissing
from walkon.types.clock import Clock
from walkon.types.errors import SetupError
from walkon.types.ids import PlaceId

CLIPS, LIST, LOG = "clips", "clips.jsonl", "moderation"


class FolderInUse(SetupError):
    """The folder holds something already, which nothing may be mixed with."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} is not empty. Name a folder that is, or one that does not exist yet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written. withheld: clips whose people do not all agree now. missing: files that the media store has no more."""

    clips: int
    withheld: int
    missing: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporting:
    """Where it comes from."""

    database: Database
    media: Media
    clock: Clock

    async def write(self, place: PlaceId, folder: Path) -> Exported:
        """Write everything of one place into the folder, readable by its owner alone. Raises FolderInUse, OSError."""
        _prepare(folder)
        written, withheld, missing = [], 0, 0
        for clip in await self.database.read(lambda tx: tables.finished_in(tx, place)):
            if clip.finished is None or not await self._agreed(clip):
                withheld += 1
                continue
            found = await self._copied(clip, clip.finished, folder)
            missing += len(files_of(clip.finished)) - len(found)
            written.append(msgspec.json.encode(_told(clip, clip.finished, found)))
        (folder / LIST).write_bytes(b"".join(line + b"\n" for line in written))
        entries = await self.database.read(lambda tx: all_lines(tx, place))
        (folder / f"{LOG}.jsonl").write_bytes(as_json_lines(entries))
        (folder / f"{LOG}.csv").write_bytes(as_csv(entries))
        return Exported(clips=len(written), withheld=withheld, missing=missing, lines=len(entries))

    async def _agreed(self, clip: Clip) -> bool:
        now = self.clock.now()
        return await self.database.read(lambda tx: passing(tx, clip_id=clip.id, place=None, now=now)) is Passing.AGREED

    async def _copied(self, clip: Clip, done: Finished, folder: Path) -> list[str]:
        found = []
        for key in files_of(done):
            name = f"{CLIPS}/{clip.id}{Path(key).suffix}"
            try:
                async with self.media.local(key) as path:
                    await asyncio.to_thread(shutil.copyfile, path, folder / name)
            except (MediaMissing, FileNotFoundError):
                continue
            found.append(name)
        return found


def _prepare(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise FolderInUse(folder)
    (folder / CLIPS).mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


def _told(clip: Clip, done: Finished, files: list[str]) -> Mapping[str, object]:
    return {
        "clip": clip.id,
        "asked_at": f"{clip.asked_at:%Y-%m-%dT%H:%M:%SZ}",
        "by": clip.asker.id,
        "by_name": clip.asker.name,
        "words": clip.prompt,
        "seconds": done.seconds,
        "made_from": clip.parent,
        "files": files,
    }
