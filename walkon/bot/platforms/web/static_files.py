"""The page's own files, held in memory, sent compressed and only when changed."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp.web import Request, Response

DIRECTORY = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """One file. etag: of its content, quoted."""

    body: bytes
    packed: bytes
    content_type: str
    etag: str

    @classmethod
    def of(cls, body: bytes, content_type: str) -> "StaticFile":
        """A file of this content."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        return cls(body=body, packed=gzip.compress(body, 9, mtime=0), content_type=content_type, etag=etag)

    def answer(self, request: Request) -> Response:
        """The file, or word that the browser's copy is still right."""
        headers = {"Content-Type": self.content_type, "ETag": self.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == self.etag:
            return Response(status=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return Response(body=self.packed, headers={**headers, "Content-Encoding": "gzip"})
        return Response(body=self.body, headers=headers)


def load() -> Mapping[str, StaticFile]:
    """Every file of the page by its name; whatever is not in here is not served."""
    found = [path for path in DIRECTORY.iterdir() if path.suffix in _TYPES]
    return {path.name: StaticFile.of(path.read_bytes(), _TYPES[path.suffix]) for path in found}
