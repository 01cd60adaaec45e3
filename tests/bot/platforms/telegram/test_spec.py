import json
import os
from pathlib import Path

import pytest

from tests.doubles.telegram.spec import STRUCTURE, Spec
from tests.specs.trim_telegram import SOURCES, text, trim

SPECS = Path(os.environ.get("WALKON_SPECS", Path(__file__).parents[5] / "shared" / "specs"))
SEND = {"chat_id": "5", "text": "hello", "link_preview_options": '{"is_disabled": true}'}
BUTTON = '{"inline_keyboard": [[{"text": "Cancel", "callback_data": "w1"}]]}'


@pytest.fixture
def spec() -> Spec:
    return Spec()


@pytest.mark.skipif(not all((SPECS / name).exists() for name in SOURCES.values()), reason="the official files are not here")
def test_the_committed_structure_is_what_the_official_files_say() -> None:
    assert STRUCTURE.read_text("utf-8") == text(trim(SPECS))


def test_a_right_request_passes(spec: Spec) -> None:
    assert spec.request("sendMessage", SEND | {"reply_markup": BUTTON}, set()) == []
    media = json.dumps({"type": "video", "media": "attach://a", "cover": "attach://cover"})
    assert spec.request("editMessageMedia", {"chat_id": "5", "media": media}, {"a", "cover"}) == []
    assert spec.request("getMe", {}, set()) == []


@pytest.mark.parametrize(
    ("params", "files"),
    [
        ({"chat_id": "5"}, set()),
        (SEND | {"texts": "x"}, set()),
        (SEND | {"message_thread_id": "seven"}, set()),
        (SEND | {"disable_notification": "5"}, set()),
        (SEND | {"reply_markup": '{"inline_keyboard": [{"text": "Cancel"}]}'}, set()),
        (SEND | {"reply_markup": BUTTON.replace("callback_data", "callback")}, set()),
        (SEND | {"reply_parameters": '{"message_id": "5"}'}, set()),
        (SEND | {"entities": '[{"type": "bold", "offset": 0}]'}, set()),
        (SEND, {"loose"}),
        (SEND | {"reply_markup": '{"inline_keyboard": [[{"text": "attach://lost"}]]}'}, set()),
    ],
    ids=str,
)
def test_a_request_that_differs_in_one_thing_is_found_out(spec: Spec, params: dict[str, str], files: set[str]) -> None:
    assert spec.request("sendMessage", params, files)


def test_a_method_or_type_nobody_trimmed_is_found_out(spec: Spec) -> None:
    assert spec.request("banChatMember", {}, set())
    assert spec.value("Poll", {})


def test_a_wrong_answer_of_the_double_is_found_out(spec: Spec) -> None:
    message = {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "hello"}
    assert spec.answer("sendMessage", message) == []
    assert spec.answer("sendMessage", message | {"date": "today"})
    assert spec.answer("sendMessage", message | {"surprise": 1})
    assert spec.answer("sendMessage", {"message_id": 1})
    assert spec.answer("answerCallbackQuery", "yes")
