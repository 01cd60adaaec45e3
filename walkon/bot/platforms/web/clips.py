"""A clip's file as HTTP, whole or in the one range that a player asks for."""

from http import HTTPStatus

from aiohttp.web import HTTPNotFound, HTTPServiceUnavailable, Request, Response, StreamResponse

from walkon.store.media import Media, MediaMissing

_TYPES = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".png": "image/png", ".vtt": "text/vtt; charset=utf-8"}
_IMMUTABLE = "private, max-age=31536000, immutable"


async def send_clip(request: Request, media: Media, key: str) -> StreamResponse:
    """The file of that key. Raises HTTPNotFound, HTTPServiceUnavailable."""
    content_type = _TYPES.get("." + key.rpartition(".")[2])
    if content_type is None:
        raise HTTPNotFound
    try:
        size = await media.size(key)
    except MediaMissing:
        raise HTTPNotFound(text="This clip is not kept here.\n") from None
    except OSError:
        raise HTTPServiceUnavailable(text="Clips cannot be fetched just now.\n", headers={"Retry-After": "5"}) from None
    headers = {"Content-Type": content_type, "Cache-Control": _IMMUTABLE, "Accept-Ranges": "bytes"}
    wanted = asked_range(request, size)
    if wanted is None:
        return Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    status = HTTPStatus.OK
    if request.headers.get("Range"):
        status = HTTPStatus.PARTIAL_CONTENT
        headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    response = StreamResponse(status=status, headers=headers)
    response.content_length = len(wanted)
    await response.prepare(request)
    if request.method != "HEAD":
        async for piece in media.pieces(key, wanted.start, wanted.stop):
            await response.write(piece)
    await response.write_eof()
    return response


def send_content(request: Request, content: bytes, content_type: str, **headers: str) -> Response:
    """What is in memory, whole or in one range; no browser keeps it."""
    wanted = asked_range(request, len(content))
    if wanted is None:
        return Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{len(content)}"})
    given = {"Content-Type": content_type, "Cache-Control": "no-store", "Accept-Ranges": "bytes", **headers}
    status = HTTPStatus.OK
    if request.headers.get("Range"):
        status = HTTPStatus.PARTIAL_CONTENT
        given["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{len(content)}"
    return Response(body=content[wanted.start : wanted.stop], status=status, headers=given)


def asked_range(request: Request, size: int) -> range | None:
    """What of the file is asked for; None where that is nothing that the file has, or more than one range."""
    try:
        asked = request.http_range
    except ValueError:
        return None
    if asked.start is None and asked.stop is None:
        return range(size)
    first = asked.start or 0
    start = max(0, size + first) if first < 0 else first
    stop = size if asked.stop is None else min(asked.stop, size)
    return range(start, stop) if start < stop else None
