"""Make the model's tokenizer, `tml_ros/model/tokenizer.json`, from the factory's phrases.

Byte-level BPE (Sennrich et al. 2016, "Neural machine translation of rare words with subword
units"; on bytes as in Radford et al. 2019, GPT-2); digits stand alone, so that numbers are read
digit by digit. The same phrases give the same bytes. A model trained with one tokenizer cannot be
used with another: run this again only together with a new training.

    python tools/make_tokenizer.py [FILE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from factory_phrases import phrases
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SHIPPED = Path(__file__).resolve().parent.parent / "tml_ros" / "model" / "tokenizer.json"
VOCABULARY = 2048
SPECIAL_TOKENS = ["<hold>", "<delegate>", "<argument>", "<end>"]
LONGEST_TOKEN = 12
"""Bytes. A whole phrase as one token could not be said at a pace."""


def made() -> str:
    """The tokenizer as the JSON of the `tokenizers` library."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        min_frequency=2,
        max_token_length=LONGEST_TOKEN,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(phrases(), trainer)
    return tokenizer.to_str() + "\n"


def main(arguments: list[str]) -> int:
    """Write the file named, or the one that is shipped."""
    target = Path(arguments[0]) if arguments else SHIPPED
    target.write_text(made(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
