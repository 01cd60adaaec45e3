"""What a typed line means."""

import pytest

from tests.bot.platforms.web.studio import COMMANDS
from walkon.bot.platforms.web.typed import read_typed


@pytest.mark.parametrize(
    ("text", "command", "options"),
    [
        ("a cat", "prompt", {"prompt": "a cat"}),
        ("  a cat\non a mat ", "prompt", {"prompt": "a cat\non a mat"}),
        ("/sora prompt a cat", "prompt", {"prompt": "a cat"}),
        ("/SORA Prompt a cat", "prompt", {"prompt": "a cat"}),
        ("/prompt a cat", "prompt", {"prompt": "a cat"}),
        ("/prompt", "prompt", {}),
        ("/sora cancel 7KQ2M9", "cancel", {"clip": "7KQ2M9"}),
        ("/queue", "queue", {}),
        ("/queue now", "queue", {}),
        ("/help", "help", {}),
        ("/", "help", {}),
        ("/sora", "help", {}),
        ("/sora promt a cat", "promt", {}),
        ("/dance", "dance", {}),
        ("", "prompt", {}),
        ("/prompt seconds:8 aspect=9:16 a cat", "prompt", {"seconds": "8", "aspect": "9:16", "prompt": "a cat"}),
        ("a cat seconds:8 style:noir", "prompt", {"seconds": "8", "style": "noir", "prompt": "a cat"}),
        ("seconds:8 a cat seconds:9", "prompt", {"seconds": "8", "prompt": "a cat seconds:9"}),
        ("a cat says: hello", "prompt", {"prompt": "a cat says: hello"}),
        ("shot:1 a cat", "prompt", {"prompt": "shot:1 a cat"}),
        ("prompt:x a cat", "prompt", {"prompt": "prompt:x a cat"}),
    ],
)
def test_a_typed_line_is_a_command_with_its_options(text: str, command: str, options: dict[str, str]) -> None:
    typed = read_typed(text, "sora", COMMANDS)
    assert (typed.command, dict(typed.options)) == (command, options)
