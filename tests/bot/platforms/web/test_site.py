"""The page's addresses and who may ask for them."""

import asyncio
from http import HTTPStatus

import aiohttp
import pytest

from tests.bot.platforms.web.conftest import Page, Serve, browser, line
from tests.bot.platforms.web.studio import stored_clip
from tests.queue.redis_server import free_port
from walkon.bot.platforms.web.doors import HEADERS
from walkon.types.errors import SetupError

GUARDED = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/static/app.js", 200),
        ("GET", "/static/missing.js", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/", 403),
        ("PUT", "/media/x.mp4", 403),
        ("GET", "/media/x.mp4", 404),
        ("GET", "/ws", 400),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/metrics", 200),
    ],
)
async def test_every_answer_carries_the_guarding_headers(http: aiohttp.ClientSession, method: str, path: str, status: int) -> None:
    async with http.request(method, path) as answer:
        assert answer.status == status
        for name in GUARDED:
            assert answer.headers[name] == HEADERS[name]


async def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    for directive in ("script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert directive in policy
    assert "unsafe" not in policy
    assert "http" not in policy


async def test_a_fault_inside_carries_the_headers_too(serve: Serve) -> None:
    def broken() -> bytes:
        raise OSError("no numbers")

    page = await serve(exposition=broken)
    async with browser(page) as someone, someone.get("/metrics") as answer:
        assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
        assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "10.9.9.9", "localhost.evil", "[::2]"])
async def test_a_name_rebound_to_this_machine_leads_nowhere(http: aiohttp.ClientSession, host: str) -> None:
    for path in ("/", "/ws", "/healthz"):
        async with http.get(path, headers={"Host": host}) as answer:
            assert answer.status == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1", "[::1]:8080"])
async def test_the_machines_own_names_lead_here(http: aiohttp.ClientSession, host: str) -> None:
    async with http.get("/healthz", headers={"Host": host}) as answer:
        assert answer.status == HTTPStatus.OK


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1"])
async def test_another_sites_page_gets_no_socket(http: aiohttp.ClientSession, origin: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with line(http, origin=origin):
            pass
    assert refused.value.status == HTTPStatus.FORBIDDEN


async def test_the_pages_own_origin_gets_a_socket(page: Page, http: aiohttp.ClientSession) -> None:
    async with line(http, origin=page.address.rstrip("/")) as chat:
        assert (await chat.hello())["fresh"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}],
)
async def test_a_form_from_elsewhere_is_refused(http: aiohttp.ClientSession, headers: dict[str, str]) -> None:
    async with http.post("/login", data={"passphrase": "x"}, headers=headers) as answer:
        assert answer.status == HTTPStatus.FORBIDDEN


async def test_a_clip_is_served_in_ranges_for_good_and_with_its_type(page: Page, http: aiohttp.ClientSession) -> None:
    video = await stored_clip(page.media)
    async with http.get(f"/media/{video.video}", headers={"Range": "bytes=0-9"}) as part:
        assert part.status == HTTPStatus.PARTIAL_CONTENT
        assert part.content_type == "video/mp4"
        assert part.headers["Content-Range"] == f"bytes 0-9/{video.bytes}"
        assert part.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert len(await part.read()) == 10
    async with http.get(f"/media/{video.video}", headers={"Range": "bytes=-4"}) as tail:
        assert tail.status == HTTPStatus.PARTIAL_CONTENT
    async with http.get(f"/media/{video.video}", headers={"Range": f"bytes={video.bytes + 1}-"}) as beyond:
        assert beyond.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    for key, content_type in ((video.poster, "image/jpeg"), (video.captions, "text/vtt")):
        async with http.get(f"/media/{key}") as file:
            assert file.content_type == content_type


@pytest.mark.parametrize("key", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "..", ".mp4", "%00.mp4", "walkon.db", "a%2fb.mp4"])
async def test_nothing_but_clips_is_served_as_one(page: Page, http: aiohttp.ClientSession, key: str) -> None:
    await stored_clip(page.media)
    for path in (f"/media/{key}", f"/static/{key}"):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(page.address.rstrip("/").rpartition(":")[2]))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        assert answer.split()[1] in (b"404", b"400")


async def test_files_are_sent_packed_and_again_only_when_changed(http: aiohttp.ClientSession) -> None:
    async with http.get("/static/style.css") as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        etag = answer.headers["ETag"]
    async with http.get("/static/style.css", headers={"If-None-Match": etag}) as again:
        assert again.status == HTTPStatus.NOT_MODIFIED


async def test_the_cookie_is_kept_from_scripts_and_other_sites(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    async with http.get("/") as again:
        assert "Set-Cookie" not in again.headers


async def test_ready_says_what_health_says(page: Page, http: aiohttp.ClientSession) -> None:
    async with http.get("/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "queue": "sqlite"})
    page.state["ready"] = False
    async with http.get("/readyz") as answer:
        assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    page.state.clear()
    async with http.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"alive": True})


async def test_metrics_are_the_exposition(http: aiohttp.ClientSession) -> None:
    async with http.get("/metrics") as answer:
        assert await answer.read() == b"walkon_up 1\n"
        assert answer.content_type == "text/plain"


async def test_a_taken_port_is_one_clear_problem_with_its_mend(page: Page, serve: Serve) -> None:
    port = int(page.address.rstrip("/").rpartition(":")[2])
    with pytest.raises(SetupError) as refused:
        await serve(port=port)
    assert refused.value.problems == (
        f"[web] 127.0.0.1 port {port} is in use. Stop the program that has it, or set [web] port = 0 to take any free one.",
    )


async def test_port_zero_takes_a_free_port_and_tells_which(page: Page) -> None:
    assert not page.address.endswith(":0/")


LOGIN = "open sesame"
HERE = {"Sec-Fetch-Site": "same-origin"}


async def test_without_the_passphrase_nothing_is_served_but_the_form_and_its_files(serve: Serve) -> None:
    page = await serve(login=LOGIN)
    video = await stored_clip(page.media)
    async with browser(page) as stranger:
        async with stranger.get("/") as form:
            assert "passphrase" in await form.text()
            assert "Set-Cookie" not in form.headers
        for path in ("/ws", f"/media/{video.video}", "/metrics"):
            async with stranger.get(path) as answer:
                assert answer.status == HTTPStatus.UNAUTHORIZED
        async with stranger.get("/static/style.css") as answer:
            assert answer.status == HTTPStatus.OK
        async with stranger.get("/readyz") as answer:
            assert await answer.json() == {"ready": True}


async def test_with_the_passphrase_the_page_opens_under_a_fresh_cookie(serve: Serve) -> None:
    page = await serve(login=LOGIN)
    async with browser(page) as friend:
        async with friend.post("/login", data={"passphrase": LOGIN}, headers=HERE) as answer:
            assert "walkon-composer" in await answer.text()
        async with line(friend) as chat:
            assert (await chat.hello())["fresh"]
        async with friend.get("/metrics") as answer:
            assert answer.status == HTTPStatus.OK


async def test_a_cookie_somebody_chose_is_not_let_in_by_a_later_login(serve: Serve) -> None:
    page = await serve(login=LOGIN)
    planted = {"walkon": "A" * 43}
    async with aiohttp.ClientSession(page.address, cookies=planted) as friend:
        async with friend.post("/login", data={"passphrase": LOGIN}, headers=HERE, allow_redirects=False) as answer:
            assert answer.status == HTTPStatus.SEE_OTHER
    async with aiohttp.ClientSession(page.address, cookies=planted) as thief, thief.get("/metrics") as answer:
        assert answer.status == HTTPStatus.UNAUTHORIZED


async def test_a_wrong_passphrase_is_told_and_ten_close_the_door_for_a_while(serve: Serve) -> None:
    page = await serve(login=LOGIN)
    async with browser(page) as stranger:
        for _ in range(10):
            async with stranger.post("/login", data={"passphrase": "guess"}, headers={**HERE, "Accept-Language": "fr"}) as answer:
                assert answer.status == HTTPStatus.FORBIDDEN
                assert "Réessaie" in await answer.text()
        async with stranger.post("/login", data={"passphrase": LOGIN}, headers=HERE) as answer:
            assert answer.status == HTTPStatus.TOO_MANY_REQUESTS
            assert 0 < int(answer.headers["Retry-After"]) <= 60
        async with stranger.get("/metrics", headers={"Authorization": f"Bearer {LOGIN}"}) as answer:
            assert answer.status == HTTPStatus.UNAUTHORIZED


async def test_what_watches_the_host_gives_the_passphrase_as_bearer(serve: Serve) -> None:
    page = await serve(login=LOGIN)
    async with aiohttp.ClientSession(page.address, headers={"Authorization": f"Bearer {LOGIN}"}) as watcher:
        async with watcher.get("/metrics") as answer:
            assert answer.status == HTTPStatus.OK
        async with watcher.get("/readyz") as answer:
            assert "queue" in await answer.json()


async def test_behind_tls_the_public_name_and_origin_are_ours_and_the_cookie_is_secure(serve: Serve) -> None:
    port = free_port()
    await serve(login=LOGIN, public_url="https://clips.example", port=port)
    headers = {"Host": "clips.example", "Origin": "https://clips.example", **HERE}
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as friend:
        async with friend.post("/login", data={"passphrase": LOGIN}, headers=headers, allow_redirects=False) as answer:
            assert answer.status == HTTPStatus.SEE_OTHER
            cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-walkon=")
    assert "Secure" in cookie
