"""From a stranger's video to three stills, a voice sample and a small copy. Runs in `upload_desk`'s process only."""

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from walkon.consent.enrolment import MAX_VIDEO_S, MAX_VOICE_S, MIN_VIDEO_S, UploadFault, UploadRefused
from walkon.engine.containers import container_of
from walkon.engine.upload_wire import Read

Picture = npt.NDArray[np.uint8]
Sound = npt.NDArray[np.int16]

MAX_SIDE, MAX_PIXELS = 4096, 4096 * 2304
MAX_RATE = 130
"""Pictures a second: phones film at up to 120."""
STILL_SIDE, REVIEW_SIDE, REVIEW_RATE = 960, 480, 12
CANDIDATE_EVERY_S = 0.5
DARK = 28.0
"""Mean luma, 0 to 255, below which no face is made out."""
VOICE_RATE = 16_000
SILENT_DBFS = -45.0
# What phones, chats and browsers record in, by the names libavcodec gives its decoders; nothing else is ever opened.
CODECS = (
    "h264,hevc,vp8,vp9,libvpx-vp9,av1,libdav1d,mpeg4,h263,"
    "aac,aac_fixed,opus,libopus,vorbis,mp3,mp3float,amrnb,amrwb,pcm_s16le,pcm_s16be,alac"
)
_OPTIONS = {"protocol_whitelist": "none", "codec_whitelist": CODECS, "max_streams": "8", "enable_drefs": "0"}


def read_upload(body: bytes) -> Read:
    """The whole work. Raises UploadRefused."""
    kind = container_of(body)
    try:
        with av.open(io.BytesIO(body), format=kind.value, options=dict(_OPTIONS), metadata_errors="ignore") as container:
            reading = _Reading(container)
            reading.run()
    except (av.FFmpegError, ValueError, IndexError, EOFError):
        raise UploadRefused(UploadFault.UNREADABLE) from None
    return reading.result()


class _Reading:
    """One pass over both streams."""

    def __init__(self, container: Any) -> None:
        self._container = container
        pictures = [stream for stream in container.streams.video if stream.codec_context is not None and not _is_cover(stream)]
        if not pictures:
            raise UploadRefused(UploadFault.NOT_A_VIDEO)
        self._video = pictures[0]
        self._audio = container.streams.audio[0] if container.streams.audio else None
        for stream in (self._video, self._audio):
            # The demuxer's own list holds while it looks into the streams; the decoders opened here are ours to choose.
            if stream is not None and (stream.codec_context is None or stream.codec_context.codec.name not in CODECS.split(",")):
                raise UploadRefused(UploadFault.UNREADABLE)
        self._frames, self._seconds, self._luma = 0, 0.0, 0.0
        self._candidates: list[tuple[float, float, bytes]] = []
        self._review: list[Picture] = []
        self._sound: list[Sound] = []
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=VOICE_RATE)

    def run(self) -> None:
        """Decode everything, and keep little of it."""
        context = self._video.codec_context
        _check_size(context.width, context.height)
        context.thread_count = 1
        context.options = {"max_pixels": str(MAX_PIXELS)}
        if self._container.duration is not None and self._container.duration / av.time_base > MAX_VIDEO_S + 1:
            raise UploadRefused(UploadFault.TOO_LONG)
        for packet in self._container.demux([stream for stream in (self._video, self._audio) if stream is not None]):
            for frame in packet.decode():
                self._see(frame) if isinstance(frame, av.VideoFrame) else self._hear(frame)

    def result(self) -> Read:
        """What is kept. Raises UploadRefused where that is too little."""
        if not self._candidates:
            raise UploadRefused(UploadFault.NOT_A_VIDEO)
        if self._seconds < MIN_VIDEO_S:
            raise UploadRefused(UploadFault.TOO_SHORT)
        if self._luma / len(self._candidates) < DARK:
            raise UploadRefused(UploadFault.TOO_DARK)
        sound = np.concatenate(self._sound) if self._sound else np.zeros(0, np.int16)
        voice = _spoken(sound)
        return Read(
            stills=self._stills(),
            voice=_flac(voice) if voice is not None else None,
            review=_mp4(self._review, sound),
            seconds=round(self._seconds, 2),
        )

    def _see(self, frame: Any) -> None:
        _check_size(frame.width, frame.height)
        at_s = float(frame.time or 0.0)
        self._frames += 1
        self._seconds = max(self._seconds, at_s)
        if at_s > MAX_VIDEO_S:
            raise UploadRefused(UploadFault.TOO_LONG)
        if self._frames > MAX_VIDEO_S * MAX_RATE:
            raise UploadRefused(UploadFault.TOO_COSTLY)
        if at_s >= len(self._review) / REVIEW_RATE:
            self._review.append(_scaled(frame, REVIEW_SIDE))
        if at_s >= len(self._candidates) * CANDIDATE_EVERY_S:
            self._consider(at_s, _scaled(frame, STILL_SIDE))

    def _consider(self, at_s: float, picture: Picture) -> None:
        luma = picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
        self._luma += float(luma.mean())
        sharpness = float(np.abs(np.diff(luma, axis=0)).mean() + np.abs(np.diff(luma, axis=1)).mean())
        self._candidates.append((at_s, sharpness, _jpeg(picture)))

    def _stills(self) -> tuple[bytes, ...]:
        """The sharpest picture of each third."""
        third = self._seconds / 3
        parts = [[one for one in self._candidates if number * third <= one[0] <= (number + 1) * third] for number in range(3)]
        return tuple(max(part or self._candidates, key=lambda one: one[1])[2] for part in parts)

    def _hear(self, frame: Any) -> None:
        if sum(map(len, self._sound)) < VOICE_RATE * MAX_VIDEO_S:
            self._sound += [cast("Sound", part.to_ndarray().reshape(-1)) for part in self._resampler.resample(frame)]


def _is_cover(stream: Any) -> bool:
    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _check_size(width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise UploadRefused(UploadFault.TOO_MANY_PIXELS)


def _scaled(frame: Any, side: int) -> Picture:
    """The picture upright, RGB, its long side at most `side`, both even."""
    scale = min(1.0, side / max(frame.width, frame.height))
    width, height = (max(2, round(length * scale / 2) * 2) for length in (frame.width, frame.height))
    picture = frame.to_ndarray(format="rgb24", width=width, height=height)
    return np.ascontiguousarray(np.rot90(picture, round(frame.rotation / 90) % 4))


def _jpeg(picture: Picture) -> bytes:
    sink = io.BytesIO()
    Image.fromarray(picture).save(sink, "JPEG", quality=90)
    return sink.getvalue()


def _spoken(sound: Sound) -> Sound | None:
    """At most ten seconds from the first loud moment on; None where nothing is loud."""
    window = VOICE_RATE // 10
    windows = sound[: len(sound) // window * window].reshape(-1, window).astype(np.float64)
    level = np.sqrt((windows**2).mean(axis=1)) if len(windows) else np.zeros(1)
    loud = np.flatnonzero(level > 32768 * 10 ** (SILENT_DBFS / 20))
    if not len(loud):
        return None
    begin = max(0, int(loud[0]) - 2) * window
    return sound[begin : begin + int(VOICE_RATE * MAX_VOICE_S)]


def _flac(sound: Sound) -> bytes:
    sink = io.BytesIO()
    with av.open(sink, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=VOICE_RATE, layout="mono", format="s16")
        container.mux([packet for frame in _audio_frames(sound) for packet in stream.encode(frame)])
        container.mux(stream.encode(None))
    return sink.getvalue()


def _mp4(pictures: list[Picture], sound: Sound) -> bytes:
    """The small copy. Made anew, so that nothing of the upload's own bytes reaches an operator's player."""
    sink = io.BytesIO()
    height, width, _ = pictures[0].shape
    with av.open(sink, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=REVIEW_RATE, options={"preset": "veryfast", "crf": "28", "threads": "1"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio = container.add_stream("aac", rate=VOICE_RATE, layout="mono") if len(sound) else None
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture if picture.shape == pictures[0].shape else pictures[0], format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, REVIEW_RATE)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            for sound_frame in _audio_frames(sound):
                container.mux(audio.encode(sound_frame))
            container.mux(audio.encode(None))
    return sink.getvalue()


def _audio_frames(sound: Sound) -> Iterator[Any]:
    for at in range(0, len(sound), 1024):
        frame = av.AudioFrame.from_ndarray(sound[None, at : at + 1024], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = VOICE_RATE, at, Fraction(1, VOICE_RATE)
        yield frame
