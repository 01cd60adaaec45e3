"""The page in a real browser, as somebody sees it who came for the first time."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.bot.platforms.web.conftest import served
from tests.browser.conftest import Enter, Visit, _listen
from tests.queue.redis_server import free_port

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PROMPT = '/sora prompt a cat does a backflip on a skateboard, "watch this!" says the cat'


async def test_a_first_visitor_types_a_prompt_and_watches_the_clip(enter: Enter) -> None:
    visit = await enter()
    await expect(visit.page.get_by_role("heading", name="Say what should happen.")).to_be_visible()
    await visit.promise(PROMPT)
    await expect(visit.log.get_by_role("article", name="Got it. Next")).to_be_visible()
    await visit.studio.progress(40)
    bar = visit.log.get_by_role("progressbar", name="Rendering clip 7KQ2M9")
    await expect(bar).to_have_attribute("aria-valuenow", "40")
    await expect(bar).to_have_attribute("aria-valuetext", "painting, step 40 of 100, about 5 s")
    await visit.studio.deliver()
    video = visit.log.locator("video")
    await expect(video).to_be_visible()
    await expect(video).to_have_accessible_name("Clip 7KQ2M9")
    await expect(video).to_have_accessible_description('2-second clip. A bar moves. Cat says: "Watch this!".')
    await expect(bar).to_be_hidden()
    await visit.until("document.querySelector('video').readyState >= 1")
    assert await video.evaluate("v => [v.paused, v.autoplay, v.loop, v.textTracks[0].kind, v.textTracks[0].mode]") == [
        True,
        False,
        False,
        "captions",
        "disabled",
    ]
    await video.click()
    await visit.until("document.querySelector('video').currentTime > 0.5")
    assert await video.evaluate("v => v.videoWidth") == 320


async def test_a_reload_keeps_everything(enter: Enter) -> None:
    visit = await enter()
    await visit.page.get_by_role("textbox", name="What should friends call you?").fill("Ana")
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.get_by_role("button", name="Ana, change your name")).to_be_visible()
    await visit.clip(PROMPT)
    await visit.box.fill("half a thought")
    await visit.page.reload()
    await expect(visit.log.locator("video")).to_be_visible()
    await expect(visit.log.get_by_role("article")).to_have_count(2)
    await expect(visit.log.get_by_role("article", name="For Ana, your drawn clip")).to_be_visible()
    await expect(visit.page.get_by_role("button", name="Ana, change your name")).to_be_visible()
    await expect(visit.box).to_have_value("half a thought")
    await expect(visit.page.get_by_role("textbox", name="What should friends call you?")).to_be_hidden()


async def test_remix_puts_the_words_into_the_box_ready_to_edit_and_sends_nothing(enter: Enter) -> None:
    visit = await enter()
    await visit.clip('a cat "watch this!"\non a mat')
    await visit.page.get_by_role("button", name="Remix", exact=True).click()
    await expect(visit.box).to_have_value('/sora remix 7KQ2M9 a cat "watch this!"\non a mat')
    await expect(visit.box).to_be_focused()
    assert visit.studio.pressed == [] and len(visit.studio.heard) == 1
    await visit.page.keyboard.type(", at night")
    await visit.page.keyboard.press("Enter")
    await expect(visit.box).to_have_value("")


async def test_a_playing_clip_plays_on_when_its_card_changes(enter: Enter) -> None:
    visit = await enter()
    await visit.clip("a cat")
    await visit.log.locator("video").evaluate("v => { window.first = v; v.muted = true; return v.play(); }")
    await visit.promise("another cat")
    await visit.studio.deliver()
    await expect(visit.log.locator("video")).to_have_count(2)
    await visit.page.get_by_role("button", name="FR, français").click()
    await expect(visit.page.get_by_role("button", name="Envoyer")).to_be_visible()
    assert await visit.page.evaluate("window.first === document.querySelector('video') && !window.first.error")


async def test_one_clip_plays_at_a_time_and_the_volume_is_remembered(enter: Enter) -> None:
    visit = await enter()
    await visit.clip("a cat")
    await visit.clip("a dog")
    first, second = visit.log.locator("video").nth(0), visit.log.locator("video").nth(1)
    await first.evaluate("v => { v.muted = true; v.loop = true; return v.play(); }")
    await second.evaluate("v => { v.muted = true; return v.play(); }")
    await visit.until("document.querySelector('video').paused")
    await first.evaluate("v => { v.muted = false; v.volume = 0.25; }")
    await visit.until("localStorage['walkon.volume'] === '[0.25,false]'")
    await visit.page.reload()
    await visit.until("document.querySelector('video')?.volume === 0.25")


async def test_commands_are_completed_by_keyboard(enter: Enter) -> None:
    visit = await enter()
    await visit.page.keyboard.press("/")
    await expect(visit.box).to_be_focused()
    options = visit.page.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(options).to_have_count(5)
    await expect(visit.page.get_by_role("status")).to_have_text("5 commands")
    await expect(options.nth(2)).to_have_accessible_name("/sora prompt, Make a clip from your words")
    await visit.page.keyboard.press("ArrowDown")
    await visit.page.keyboard.press("ArrowUp")
    await expect(options.nth(4)).to_have_attribute("aria-selected", "true")
    await expect(visit.box).to_have_attribute("aria-activedescendant", "command-4")
    await visit.page.keyboard.press("Escape")
    await expect(options.first).to_be_hidden()
    await expect(visit.box).not_to_have_attribute("aria-activedescendant", "command-4")
    await visit.page.keyboard.type("pr")
    await expect(options).to_have_count(1)
    await visit.page.keyboard.press("Tab")
    await expect(visit.box).to_have_value("/sora prompt ")
    await expect(visit.page.locator("#message-hint")).to_contain_text("seconds:…")
    await visit.page.keyboard.type("a cat")
    await visit.page.keyboard.press("Shift+Enter")
    await visit.page.keyboard.type("on a mat")
    await visit.page.keyboard.press("Enter")
    await expect(visit.cards).to_have_count(1)
    assert visit.studio.heard[0].options == {"prompt": "a cat\non a mat"}


async def test_enter_takes_a_command_only_when_an_arrow_chose_it(enter: Enter) -> None:
    visit = await enter()
    await visit.box.press_sequentially("/queue")
    await visit.page.keyboard.press("ArrowDown")
    await visit.page.keyboard.press("Enter")
    await expect(visit.box).to_have_value("/sora queue")
    await visit.page.keyboard.press("Enter")
    await expect(visit.cards).to_have_count(1)
    await visit.box.press_sequentially("/help")
    await visit.page.keyboard.press("Enter")
    await expect(visit.cards).to_have_count(2)
    assert [invocation.command for invocation in visit.studio.heard] == ["queue", "help"]


async def test_a_starter_fills_the_box_and_enter_sends_it(enter: Enter) -> None:
    visit = await enter()
    starters = visit.page.get_by_role("list", name="Ideas to start with").get_by_role("button")
    await expect(starters).to_have_count(6)
    await starters.first.click()
    await expect(visit.box).to_be_focused()
    await expect(visit.box).to_have_value(PROMPT)
    await visit.page.keyboard.press("Enter")
    await expect(visit.cards).to_have_count(1)
    await expect(starters.first).to_be_hidden()


async def test_the_page_works_before_a_name_is_given_and_a_bad_name_is_told(enter: Enter) -> None:
    visit = await enter()
    await visit.promise("a cat")
    field = visit.page.get_by_role("textbox", name="What should friends call you?")
    await field.fill("\u200b")
    await field.press("Enter")
    await expect(visit.page.get_by_role("alert").filter(has_text="1 to 32")).to_be_visible()
    await field.fill("Zoé")
    await visit.page.get_by_role("button", name="Save").click()
    await expect(field).to_be_hidden()
    await expect(visit.box).to_be_focused()
    await visit.promise("a dog")
    assert [invocation.person.name for invocation in visit.studio.heard][1] == "Zoé"


async def test_markup_in_words_and_names_stays_text(enter: Enter) -> None:
    visit = await enter()
    evil = "<img src=x onerror=alert(1)>"
    await visit.page.get_by_role("textbox", name="What should friends call you?").fill(evil)
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.get_by_role("button", name=evil)).to_be_visible()
    await visit.clip(f"{evil} <b>bold</b> \u202eabc")
    await expect(visit.log.get_by_role("article", name=f"For {evil}, your drawn clip")).to_be_visible()
    await expect(visit.cards.locator("blockquote")).to_contain_text(f"{evil} <b>bold</b>")
    assert await visit.page.locator("walkon-log img, walkon-log b, walkon-rail img[onerror]").filter(visible=True).count() == 0


async def test_buttons_are_pressed_once_and_answered(enter: Enter) -> None:
    visit = await enter()
    await visit.promise("a cat")
    actions = visit.log.get_by_role("group", name="Clip actions")
    await actions.get_by_role("button", name="Cancel").click()
    await expect(visit.log.get_by_role("article", name="You pressed w1:cancel:7KQ2M9.")).to_be_visible()
    await expect(visit.cards.last.get_by_text("Only you see this")).to_be_visible()
    assert len(visit.studio.pressed) == 1


async def test_the_number_of_likes_is_read_out_with_what_it_counts(enter: Enter) -> None:
    visit = await enter()
    await visit.clip("a cat")
    await expect(visit.log.get_by_role("button", name="Like · 3 so far", exact=True)).to_have_text("❤️3")
    await expect(visit.log.get_by_role("button", name="Remix", exact=True)).to_be_visible()


async def test_the_focus_stays_with_the_card_when_its_button_goes(enter: Enter) -> None:
    visit = await enter()
    await visit.promise("a cat")
    await visit.log.get_by_role("button", name="Cancel").focus()
    await visit.studio.progress(10)
    await expect(visit.log.get_by_role("button", name="Cancel")).to_be_focused()
    await visit.studio.deliver()
    await expect(visit.log.get_by_role("button", name="Remix")).to_be_focused()


async def test_friends_see_each_others_clips_at_once_but_not_private_answers(enter: Enter) -> None:
    ana, tom = await enter(), await enter(width=390, height=844)
    await ana.promise("a cat")
    await ana.answered("/help")
    await expect(tom.cards).to_have_count(1)
    await expect(tom.log.get_by_role("article")).to_have_count(3)


async def test_a_reader_above_is_not_moved_and_is_told_of_news(enter: Enter) -> None:
    reader, writer = await enter(height=500), await enter()
    for number in range(4):
        await writer.promise(f"cat {number}")
    await expect(reader.cards).to_have_count(4)
    scroller = reader.page.locator(".scroller")
    await reader.until("(e => e.scrollHeight - e.scrollTop - e.clientHeight < 2)(document.querySelector('.scroller'))")
    await scroller.hover()
    await reader.page.mouse.wheel(0, -5000)
    await reader.until("document.querySelector('.scroller').scrollTop === 0 && !document.querySelector('walkon-log').atEnd")
    await writer.promise("one more cat")
    news = reader.page.get_by_role("button", name="2 new ↓")
    await expect(news).to_be_visible()
    assert await scroller.evaluate("e => e.scrollTop") == 0
    await news.click()
    await expect(news).to_be_hidden()
    await reader.until("(e => e.scrollHeight - e.scrollTop - e.clientHeight < 2)(document.querySelector('.scroller'))")


async def test_a_reader_above_is_led_to_the_answer_of_their_own_press(enter: Enter) -> None:
    visit = await enter(height=500)
    for number in range(4):
        await visit.promise(f"cat {number}")
    await visit.log.get_by_role("button", name="Cancel").first.click()
    await expect(visit.log.get_by_role("article", name="You pressed")).to_be_in_viewport()


async def test_words_said_without_a_connection_are_kept_and_sent_once_when_it_is_back(chromium: Browser, tmp_path: Path) -> None:
    port = free_port()
    async with served(tmp_path, port=port) as first:
        context = await chromium.new_context(locale="en-GB")
        visit = Visit(await context.new_page(), first)
        await visit.page.goto(first.address)
        await visit.promise("a cat")
    await expect(visit.page.get_by_text("Connection lost. Your words are kept; next try in")).to_be_visible()
    await visit.say("a dog")
    await expect(visit.log.get_by_text("not sent yet, kept here")).to_be_visible()
    assert await visit.axe() == []
    _listen(visit)
    hurry = await visit.page.get_by_role("button", name="Try now").element_handle()
    async with served(tmp_path, port=port) as second:
        # Pressed wherever it stands: the page may come back by itself in this very moment, and then the button goes.
        await hurry.evaluate("button => button.click()")
        await expect(visit.cards).to_have_count(2)
        await expect(visit.page.get_by_text("Connection lost")).to_be_hidden()
        await expect(visit.log.get_by_role("article")).to_have_count(4)
        await expect(visit.log.get_by_text("not sent yet")).to_be_hidden()
        assert [invocation.options["prompt"] for invocation in second.studio.heard] == ["a dog"]
        await context.close()


async def test_the_page_speaks_french_where_the_browser_does_and_on_demand(enter: Enter) -> None:
    french = await enter(locale="fr-FR")
    await expect(french.page.get_by_role("heading", name="Dis ce qui doit se passer.")).to_be_visible()
    await expect(french.page.locator("html")).to_have_attribute("lang", "fr")
    await french.page.keyboard.press("/")
    await expect(french.page.get_by_role("option").nth(2)).to_contain_text("/sora prompt")
    await french.page.keyboard.press("Escape")
    await french.promise("un chat")
    assert french.studio.heard[0].person.locale == "fr"
    await french.page.get_by_role("button", name="EN, English").click()
    await expect(french.page.get_by_role("button", name="Send")).to_be_visible()
    await french.promise("a cat")
    assert french.studio.heard[1].person.locale == "en"
    await french.page.reload()
    await expect(french.page.get_by_role("button", name="Send")).to_be_visible()


async def test_the_theme_follows_the_system_until_somebody_chooses(enter: Enter) -> None:
    visit = await enter(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert await visit.page.evaluate(ground) == "rgb(20, 18, 24)"
    toggle = visit.page.get_by_role("button", name="Dark theme", pressed=True)
    await toggle.click()
    assert await visit.page.evaluate(ground) == "rgb(251, 249, 246)"
    await visit.page.reload()
    assert await visit.page.evaluate(ground) == "rgb(251, 249, 246)"


async def test_a_message_that_is_too_long_to_send_stays_in_the_box(enter: Enter) -> None:
    visit = await enter()
    await visit.box.fill("x" * 20_001)
    await visit.box.press("Enter")
    await expect(visit.page.get_by_role("alert").filter(has_text="20001 characters")).to_be_visible()
    assert len(await visit.box.input_value()) == 20_001
    await visit.answered("😀" * 10_000)


async def test_a_burst_of_progress_leaves_the_newest(enter: Enter) -> None:
    visit = await enter()
    await visit.promise("a cat")
    for percent in range(0, 100, 3):
        await visit.studio.progress(percent)
    await expect(visit.log.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "99")
    await asyncio.gather(*(visit.studio.progress(percent) for percent in (10, 50)))
    await visit.studio.deliver()
    await expect(visit.log.get_by_role("progressbar")).to_be_hidden()
    await expect(visit.cards).to_have_count(1)


async def test_a_film_for_enrolling_is_chosen_below_the_box_and_goes_with_the_command(enter: Enter) -> None:
    visit = await enter()
    await visit.page.get_by_role("textbox", name="Message").fill("/sora cameo enrol")
    await visit.page.keyboard.press("Enter")
    chooser = visit.page.get_by_label("Film for enrolling")
    await expect(chooser).to_be_visible()
    await chooser.set_input_files({"name": "me.webm", "mimeType": "video/webm", "buffer": b"film" * 100})
    await expect(visit.page.get_by_role("log", name="Messages").get_by_text("/sora cameo enrol")).to_have_count(2)
