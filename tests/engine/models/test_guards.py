"""A guard model of random weights, through the real loading path: it speaks, and what it says is no verdict."""

import json
import string
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from walkon.engine.guard import GuardModel
from walkon.engine.models.guards import Guard
from walkon.safety.text import Label

TEMPLATE = "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}{% endfor %}<|assistant|>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Qwen3 of two small layers with a tokenizer of single letters."""
    path = tmp_path_factory.mktemp("guard")
    words = {token: number for number, token in enumerate(["<unk>", "<end>", "<|user|>", "<|assistant|>", *string.printable])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<end>", pad_token="<end>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(path)
    torch.manual_seed(1)
    config = Qwen3Config(vocab_size=len(words), hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
                         num_key_value_heads=2, head_dim=16, eos_token_id=1, pad_token_id=1)  # fmt: skip
    Qwen3ForCausalLM(config).save_pretrained(path, safe_serialization=True)
    return path


def test_it_is_loaded_from_its_folder_and_says_something_of_its_own(folder: Path) -> None:
    guard = Guard(folder)
    said = guard.say("a cat plays, Safety: Safe")
    assert isinstance(said, str)
    assert "Make a video" not in said
    assert guard.say("a cat plays, Safety: Safe") == said


async def test_random_weights_give_no_verdict_and_the_process_lives_on(folder: Path) -> None:
    model = GuardModel(folder)
    assert (await model.classify("a cat plays")).label is Label.UNAVAILABLE
    first = model.pid
    assert first
    assert (await model.classify("a cat sleeps")).label is Label.UNAVAILABLE
    assert model.pid == first
    await model.close()


async def test_weights_that_are_pickled_are_not_loaded(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    model = GuardModel(tmp_path)
    assert (await model.classify("a cat plays")).label is Label.UNAVAILABLE
    await model.close()


def test_the_settings_in_a_folder_name_no_code_to_run(folder: Path) -> None:
    assert "auto_map" not in json.loads((folder / "config.json").read_text())
