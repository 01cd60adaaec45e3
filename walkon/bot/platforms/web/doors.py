"""Who may come in: the headers of every answer, the Host and Origin of every question."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp.web import HTTPForbidden, HTTPMisdirectedRequest, Request, StreamResponse

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
}
_SAFE = {"GET", "HEAD", "OPTIONS"}


async def add_headers(request: Request, response: StreamResponse) -> None:
    """Every answer carries them, also refusals and faults."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What may be asked from where. public_url: the address behind TLS, None on loopback."""

    public_url: str | None

    def check(self, request: Request) -> None:
        """Raises HTTPMisdirectedRequest for a Host that is not ours, HTTPForbidden for a question from another site."""
        if not self._is_ours(request):
            raise HTTPMisdirectedRequest(text="This address does not lead here. Open the page by the address that walkon printed.\n")
        if request.method not in _SAFE and not self._from_here(request):
            raise HTTPForbidden(text="This can only be asked by walkon's own page.\n")

    def check_socket(self, request: Request) -> None:
        """A browser always says where a WebSocket comes from, and nobody else checks it. Raises HTTPForbidden."""
        origin = request.headers.get("Origin")
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or (
            origin is not None and not self._same(origin, request)
        ):
            raise HTTPForbidden(text="This page belongs to another site.\n")

    def _is_ours(self, request: Request) -> bool:
        # A page that rebinds its own name to this machine sends that name: it is neither an address of ours nor the public one.
        name = urlsplit(f"//{request.host}").hostname or ""
        if name == "localhost" or (self.public_url is not None and name == urlsplit(self.public_url).hostname):
            return True
        try:
            asked = ipaddress.ip_address(name)
        except ValueError:
            return False
        here = request.transport.get_extra_info("sockname") if request.transport else None
        return asked.is_loopback or (here is not None and str(asked) == here[0])

    def _from_here(self, request: Request) -> bool:
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site == "same-origin"
        origin = request.headers.get("Origin")
        return origin is not None and self._same(origin, request)

    def _same(self, origin: str, request: Request) -> bool:
        public = urlsplit(self.public_url) if self.public_url else None
        return origin == f"http://{request.host}" or (public is not None and origin == f"{public.scheme}://{public.netloc}")
