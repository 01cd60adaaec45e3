"""Films for enrolling on the page: in memory, read once, for who sent them; what is said about oneself is seen by nobody else."""

import io

import aiohttp

from tests.bot.platforms.web.conftest import Serve, browser, line
from tests.bot.platforms.web.studio import WITH_CAMEO
from tests.bot.platforms.web.test_chat import new_id
from tests.reading import whole
from walkon.bot.files import Attachment


async def sent(session: aiohttp.ClientSession, film: bytes) -> int:
    async with session.post("/film", data=io.BytesIO(film), headers={"Sec-Fetch-Site": "same-origin"}) as answer:
        return answer.status


async def test_the_film_goes_with_the_next_command_that_takes_one_and_is_read_once(serve: Serve) -> None:
    page = await serve(commands=WITH_CAMEO)
    async with browser(page) as someone, line(someone) as chat:
        await chat.hello()
        assert await sent(someone, b"film" * 1000) == 204
        await chat.say(new_id(), "/sora queue")
        await chat.say(new_id(), "/sora cameo enrol")
    plain, enrolling = page.studio.heard
    assert "file" not in plain.options
    film = enrolling.options["file"]
    assert isinstance(film, Attachment)
    assert await whole(page.platform.read(film, limit=10_000)) == b"film" * 1000
    assert page.platform._films.of(enrolling.person.id) is None


async def test_nobody_elses_command_gets_it(serve: Serve) -> None:
    page = await serve(commands=WITH_CAMEO)
    async with browser(page) as someone, browser(page) as other, line(other) as chat:
        await chat.hello()
        assert await sent(someone, b"film") == 204
        await chat.say(new_id(), "/sora cameo enrol")
    assert "file" not in page.studio.heard[0].options


async def test_a_film_from_another_site_or_beyond_all_measure_is_refused(serve: Serve) -> None:
    page = await serve(commands=WITH_CAMEO)
    async with browser(page) as someone:
        async with someone.post("/film", data=b"x", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
            assert answer.status == 403
        assert await sent(someone, bytes(49 << 20)) == 413


async def test_what_is_said_about_ones_own_likeness_is_seen_by_nobody_else(serve: Serve) -> None:
    page = await serve(commands=WITH_CAMEO)
    async with browser(page) as someone, browser(page) as other, line(someone) as mine, line(other) as theirs:
        await mine.hello()
        await mine.say(new_id(), "/sora cameo enrol")
        await mine.say(new_id(), "/sora queue")
        seen = [message.get("text") for message in (await theirs.hello())["messages"]]
        own = [message.get("text") for message in (await mine.hello())["messages"]]
    assert "/sora cameo enrol" not in seen and "/sora queue" in seen
    assert "/sora cameo enrol" in own
