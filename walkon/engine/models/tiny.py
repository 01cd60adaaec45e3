"""Builds pipelines of random weights on this machine: every class is the real one, only the numbers mean nothing."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from inspect import getsource
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from walkon.engine.models.driver import Engine

SEED = 7
_TRAINING = (
    "A fox tells a joke on the moon. Two cats dance in the rain while a robot applauds.",
    "Describe how the camera moves, where we are, who is there and what they do.",
    "<|im_start|>system <|im_end|> <|im_start|>user abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789",
)


def home(folder: Path, name: str, engine: Engine) -> Path:
    """The folder of a tiny pipeline below `folder`, built now unless it is there already.

    Its name holds what it was built from, so another release builds anew. Two processes may build at once: each does so in a
    folder of its own, and the first to finish gives it its name.
    """
    recipe = f"{getsource(type(engine))} {getsource(_sourced)} {diffusers.__version__} {transformers.__version__} {torch.__version__}"
    wanted = folder / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    if (wanted / "model_index.json").exists():
        return wanted
    folder.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
    try:
        with torch.random.fork_rng():
            torch.manual_seed(SEED)
            engine.tiny(making)
        os.rename(making, wanted)
    except OSError:
        if not (wanted / "model_index.json").exists():
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return wanted


def _sourced() -> tuple[str, ...]:
    return _TRAINING


def byte_level(special: Sequence[str], size: int = 600) -> Tokenizer:
    """A byte-level BPE tokenizer, as Qwen, CLIP-like and Llama-like encoders use. special: whole tokens, numbered from 0."""
    made = Tokenizer(models.BPE(unk_token=None))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(special), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    made.train_from_iterator(_TRAINING, trainer)
    return made


def pieces(special: Sequence[str], size: int = 300) -> Tokenizer:
    """A Unigram tokenizer, as T5-like encoders use."""
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=list(special), unk_token=special[-1], show_progress=False)
    made.train_from_iterator(_TRAINING, trainer)
    return made


def fast(tokenizer: Tokenizer, **names: Any) -> Any:
    """A tokenizer as transformers loads it. names: `pad_token`, `eos_token`, …"""
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)
