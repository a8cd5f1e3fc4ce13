"""A small model and speech that needs no program: each letter a tone of its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset import Preset
from tml_ros.model.preset_file import load_preset
from tml_ros.model.tokenizer import TextTokenizer, load_tokenizer
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def preset() -> Preset:
    return load_preset("nano").changed(
        voice={"width": 32, "layers": 1},
        transformer={"width": 32, "layers": 1, "heads": 2, "head_width": 16, "hidden": 32},
    )


@pytest.fixture(scope="session")
def tokenizer(preset: Preset) -> TextTokenizer:
    return load_tokenizer(vocabulary=preset.text.vocabulary)


@pytest.fixture(scope="session")
def tones(preset: Preset, tokenizer: TextTokenizer):
    def speech(text: str) -> np.ndarray:
        turns = HandedOverText(text, urgent=False, tokenizer=tokenizer, preset=preset).lasts
        at = np.arange(turns * TURN_SAMPLES) / SAMPLE_RATE
        letters = (at * preset.text.characters_per_second).astype(int)
        hz = np.array([200 + 40 * (ord(letter) % 32) for letter in text] + [0] * 10_000)[letters]
        return (0.3 * np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE)).astype(np.float32)

    return speech
