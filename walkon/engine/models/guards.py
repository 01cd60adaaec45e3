"""A guard model: reads what a wish means. The child process of `engine/guard.py`.

Run as `python -m walkon.engine.models.guards FOLDER PARENT`: answers each line, a JSON string, with what the model says to it.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from walkon.engine.lifeline import die_with_parent
from walkon.engine.models.loading import quiet

MOST_TOKENS = 128
"""Generated at most; an answer takes about twenty (model card of Qwen3Guard-Gen)."""
ASK = "Make a video: {text}"
"""Guard models are trained on what people say to an assistant, so a scene is put to them as a wish."""


class Guard:
    """A causal language model with its own chat template, from a local folder; safetensors only, no code of its own."""

    def __init__(self, folder: Path) -> None:
        """Loads it. Raises OSError, ValueError."""
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = torch.bfloat16 if self._device == "cuda" else torch.float32
        model: Any = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=dtype
        )
        self._model = model.to(self._device).eval()

    def say(self, text: str) -> str:
        """What the model says to the wish, greedily. The wish is the user's turn and nothing else, whatever is written in it."""
        turn = [{"role": "user", "content": ASK.format(text=text)}]
        asked = self._tokenizer.apply_chat_template(turn, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        asked = {name: value.to(self._device) for name, value in asked.items()}
        with torch.inference_mode():
            told = self._model.generate(**asked, max_new_tokens=MOST_TOKENS, do_sample=False)
        return str(self._tokenizer.decode(told[0][asked["input_ids"].shape[1] :], skip_special_tokens=True))


def main(arguments: list[str]) -> None:
    """Answer until the other end is closed."""
    folder, parent = arguments
    die_with_parent(int(parent))
    quiet()
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    guard = Guard(Path(folder))
    for line in sys.stdin.buffer:
        sink.write(json.dumps(guard.say(json.loads(line))).encode() + b"\n")
        sink.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
