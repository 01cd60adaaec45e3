"""The page's addresses: files, clips, health, login, and the door to the chat."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog
from aiohttp.web import (
    Application,
    HTTPNotFound,
    HTTPRequestEntityTooLarge,
    HTTPSeeOther,
    HTTPUnauthorized,
    Request,
    Response,
    StreamResponse,
    middleware,
)

from walkon.bot.platforms.web.chat import Chat
from walkon.bot.platforms.web.clips import send_clip, send_content
from walkon.bot.platforms.web.doors import Doors, add_headers
from walkon.bot.platforms.web.films import LONGEST
from walkon.bot.platforms.web.login_form import login_form
from walkon.bot.platforms.web.session import Passphrase, Session, Sessions, is_cookie, new_cookie
from walkon.bot.platforms.web.static_files import StaticFile
from walkon.store.media import Media
from walkon.types.people import Locale

log = structlog.get_logger(__name__)

CLIENT_LIMIT = 16 * 1024
"""Bytes of a request's body that is read whole: the login form. A film is read piece by piece."""
CHUNK = 64 * 1024
COOKIE_AGE = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is served. passphrase: asked before anything else, None on loopback. secure: browsers come by https."""

    chat: Chat
    sessions: Sessions
    doors: Doors
    passphrase: Passphrase | None
    media: Media
    files: Mapping[str, StaticFile]
    health: Callable[[], Awaitable[Mapping[str, object]]]
    exposition: Callable[[], bytes]
    secure: bool

    def application(self) -> Application:
        """A fresh application; one serves once."""
        app = Application(middlewares=[self._guard()], client_max_size=CLIENT_LIMIT)
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(self._goodbye)
        app.router.add_get("/", self._page)
        app.router.add_post("/login", self._login)
        app.router.add_post("/film", self._film)
        app.router.add_get("/static/{name}", self._static)
        app.router.add_get("/media/{key}", self._media)
        app.router.add_get(r"/media/film/{seq:\d{1,18}}", self._film_of)
        app.router.add_get("/media/handout/{address}", self._handout)
        app.router.add_get("/ws", self._socket, allow_head=False)
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", self._metrics)
        return app

    def _guard(self) -> Callable[..., Awaitable[StreamResponse]]:
        @middleware
        async def guard(request: Request, handler: Callable[[Request], Awaitable[StreamResponse]]) -> StreamResponse:
            self.doors.check(request)
            return await handler(request)

        return guard

    async def _goodbye(self, _: Application) -> None:
        await self.chat.close()

    @property
    def _cookie_name(self) -> str:
        return "__Host-walkon" if self.secure else "walkon"

    def _cookie(self, request: Request) -> str | None:
        cookie = request.cookies.get(self._cookie_name)
        return cookie if is_cookie(cookie) else None

    def _set_cookie(self, response: StreamResponse, cookie: str) -> None:
        age = int(COOKIE_AGE.total_seconds())
        response.set_cookie(self._cookie_name, cookie, max_age=age, httponly=True, samesite="Lax", secure=self.secure, path="/")

    async def _session(self, request: Request) -> Session:
        # A browser without the cookie is a guest for as long as it is connected.
        session = await self.sessions.of(self._cookie(request) or new_cookie())
        if self.passphrase is not None and not session.admitted:
            raise HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"}, text="Log in on walkon's page first.\n")
        return session

    async def _page(self, request: Request) -> StreamResponse:
        try:
            await self._session(request)
        except HTTPUnauthorized:
            return login_form(self.files, _locale(request))
        response = self.files["index.html"].answer(request)
        if self._cookie(request) is None:
            self._set_cookie(response, new_cookie())
        return response

    async def _login(self, request: Request) -> StreamResponse:
        if self.passphrase is None:
            raise HTTPSeeOther("/")
        wait_s = self.passphrase.wait_s()
        if wait_s:
            return login_form(self.files, _locale(request), wait_s=wait_s)
        form = await request.post()
        if not self.passphrase.matches(str(form.get("passphrase", ""))):
            return login_form(self.files, _locale(request), missed=True)
        cookie = new_cookie()
        await self.sessions.admit(cookie)
        response = Response(status=303, headers={"Location": "/"})
        self._set_cookie(response, cookie)
        return response

    async def _film(self, request: Request) -> StreamResponse:
        """A film for enrolling, as the body; it stays in memory and is read once."""
        session = await self._session(request)
        film = bytearray()
        async for piece in request.content.iter_chunked(CHUNK):
            film += piece
            if len(film) > LONGEST:
                raise HTTPRequestEntityTooLarge(max_size=LONGEST, actual_size=len(film))
        self.chat.films.put(session.account, bytes(film))
        return Response(status=204)

    async def _static(self, request: Request) -> StreamResponse:
        file = self.files.get(request.match_info["name"])
        if file is None:
            raise HTTPNotFound
        return file.answer(request)

    async def _media(self, request: Request) -> StreamResponse:
        await self._session(request)
        return await send_clip(request, self.media, request.match_info["key"])

    async def _film_of(self, request: Request) -> StreamResponse:
        """The film of a private message, for whom it is addressed to."""
        session = await self._session(request)
        film = await self.chat.film(int(request.match_info["seq"]), session.people)
        if film is None:
            raise HTTPNotFound
        return send_content(request, film, "video/mp4")

    async def _handout(self, request: Request) -> StreamResponse:
        """A file, for whom it was handed to."""
        session = await self._session(request)
        handout = self.chat.handouts.get(request.match_info["address"], session.people)
        if handout is None:
            raise HTTPNotFound(text="This file is not kept any more. Ask for it again on the page.\n")
        kept_as = {"Content-Disposition": f'attachment; filename="{handout.name}"'}
        return send_content(request, handout.content, "application/octet-stream", **kept_as)

    async def _socket(self, request: Request) -> StreamResponse:
        self.doors.check_socket(request)
        return await self.chat.talk(request, await self._session(request))

    async def _alive(self, _: Request) -> StreamResponse:
        return _json({"alive": True})

    async def _ready(self, request: Request) -> StreamResponse:
        try:
            state = dict(await self.health())
        except Exception as error:
            log.error("health_broke", exc_info=error)
            state = {"ready": False}
        ready = bool(state.get("ready"))
        return _json(state if await self._may_look(request) else {"ready": ready}, status=200 if ready else 503)

    async def _metrics(self, request: Request) -> StreamResponse:
        if not await self._may_look(request):
            await self._session(request)
        return Response(body=self.exposition(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def _may_look(self, request: Request) -> bool:
        # What watches a host has no browser: it gives the passphrase as `Authorization: Bearer`.
        if self.passphrase is None:
            return True
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.passphrase.matches(given):
            return True
        cookie = self._cookie(request)
        return cookie is not None and (await self.sessions.of(cookie)).admitted


def _json(state: Mapping[str, object], *, status: int = 200) -> Response:
    return Response(body=msgspec.json.encode(state), status=status, content_type="application/json")


def _locale(request: Request) -> Locale:
    return Locale.of(request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip())
