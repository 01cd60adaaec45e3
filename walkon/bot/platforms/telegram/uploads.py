"""A clip as Telegram takes it: the mp4 streamed from disk, its poster as cover, a small JPEG as thumbnail."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image
from telegram import InputFile, InputMediaPhoto, InputMediaVideo

from walkon.bot.cards import Film, Tone, Video
from walkon.bot.platforms.telegram.cards import Written
from walkon.bot.port import TooLarge
from walkon.store.media import Media, MediaMissing

UPLOAD_LIMIT = 50_000_000
"""Bytes of a video that a bot may send (Bot API 10.3, sendVideo)."""

# Bot API 10.3, InputMediaVideo.thumbnail: JPEG, at most 320 px and 200 kB.
_THUMBNAIL_PX = 320
_THUMBNAIL_BYTES = 200_000
_THUMBNAIL_QUALITY = 80
_COVER = "cover"
_BLANK_PX = (320, 180)

BLANK = "blank.png"
"""What the plain picture is called that takes the place of a clip."""


async def thumbnail(media: Media, poster: str) -> bytes | None:
    """A small JPEG of the poster; None where there is no poster, or one that cannot be read."""
    try:
        async with media.local(poster) as path:
            return await asyncio.to_thread(_shrink, path)
    except (MediaMissing, OSError):
        return None


def _shrink(poster: Path) -> bytes | None:
    with Image.open(poster) as picture:
        small = picture.convert("RGB")
    small.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=_THUMBNAIL_QUALITY)
    return out.getvalue() if out.tell() <= _THUMBNAIL_BYTES else None


@dataclass(frozen=True, slots=True)
class Upload:
    """What an edit sends. beside: file parts that the media names by `attach://`, which the library does not collect itself."""

    media: InputMediaVideo
    beside: dict[str, InputFile]


@asynccontextmanager
async def uploaded(media: Media, video: Video, caption: Written, small: bytes | None) -> AsyncIterator[Upload]:
    """The clip as something to upload; its file is open within the context. Raises MediaMissing, TooLarge."""
    if await media.size(video.video) > UPLOAD_LIMIT:
        raise TooLarge
    cover = {_COVER: InputFile(await media.read(video.poster), filename="cover.jpg")} if small else {}
    async with media.local(video.video) as path:
        clip = await asyncio.to_thread(path.open, "rb")
    with clip:
        file = InputFile(clip, filename=f"{video.name}.mp4", attach=True, read_file_handle=False)
        yield Upload(_media(video, caption, file, thumbnail=small, cover=f"attach://{_COVER}" if cover else None), cover)


def stored(video: Video, caption: Written, file_id: str) -> InputMediaVideo:
    """The clip as a file that Telegram has already."""
    return _media(video, caption, file_id)


def _media(
    video: Video, caption: Written, file: InputFile | str, *, thumbnail: bytes | None = None, cover: str | None = None
) -> InputMediaVideo:
    return InputMediaVideo(
        file,
        caption=caption.text,
        caption_entities=caption.entities,
        width=video.width,
        height=video.height,
        duration=timedelta(seconds=round(video.seconds)),
        supports_streaming=True,
        thumbnail=thumbnail,
        cover=cover,
        has_spoiler=video.spoiler or None,
    )


def private_film(film: Film, caption: Written) -> InputMediaVideo:
    """A film for one person, under a spoiler."""
    file = InputFile(film.content, filename="enrolment.mp4", attach=True)
    return InputMediaVideo(file, caption=caption.text, caption_entities=caption.entities, has_spoiler=True)


def blank(caption: Written, picture: InputFile | str) -> InputMediaPhoto:
    """The plain picture that takes the place of a clip. picture: itself, or its id where Telegram has it already."""
    return InputMediaPhoto(picture, caption=caption.text, caption_entities=caption.entities)


def plain_picture(tone: Tone) -> InputFile:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", _BLANK_PX, f"#{tone.value:06x}").save(out, "PNG")
    return InputFile(out.getvalue(), filename=BLANK, attach=True)
