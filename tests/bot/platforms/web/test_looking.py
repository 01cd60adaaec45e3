"""Looking at what concerns oneself beside the conversation: for that page alone, and kept nowhere."""

from tests.bot.platforms.web.conftest import Serve, browser, line
from tests.bot.platforms.web.studio import WITH_CAMEO
from tests.bot.platforms.web.test_chat import new_id


async def test_what_was_looked_at_reaches_that_page_alone_and_is_not_kept(serve: Serve) -> None:
    page = await serve(commands=WITH_CAMEO)
    async with browser(page) as hers, browser(page) as other, line(hers) as mine, line(hers) as again, line(other) as theirs:
        for one in (mine, again, theirs):
            await one.hello()
        id = new_id()
        await mine.send(type="look", id=id, deed="appearances")
        assert (await mine.until("shown", id=id))["card"]["head"] == ["I heard cameo."]
        await mine.until("done", id=id)
        for one in (mine, again, theirs):
            assert (await one.hello())["messages"] == []
    [heard] = page.studio.heard
    assert (heard.command, dict(heard.options)) == ("cameo", {"deed": "appearances"})


async def test_nothing_but_looking_can_be_asked_that_way(serve: Serve) -> None:
    page = await serve(commands=WITH_CAMEO)
    async with browser(page) as hers, line(hers) as mine:
        await mine.hello()
        for deed in ("delete", "revoke", "enrol", "unknown"):
            await mine.send(type="look", id=new_id(), deed=deed)
            await mine.until("refused", reason="frame")
    assert page.studio.heard == []


async def test_a_private_answer_to_a_press_aside_is_shown_and_not_kept(serve: Serve) -> None:
    page = await serve(commands=WITH_CAMEO)
    async with browser(page) as hers, line(hers) as mine:
        await mine.hello()
        aside, plain = new_id(), new_id()
        await mine.send(type="press", id=aside, token="w1:look:A1", aside=True)
        assert (await mine.until("shown", id=aside))["card"]["head"] == ["You pressed w1:look:A1."]
        await mine.send(type="press", id=plain, token="w1:look:A2")
        await mine.until("done", id=plain)
        [kept] = (await mine.hello())["messages"]
    assert kept["card"]["head"] == ["You pressed w1:look:A2."]
