"""Which of a closed set of phrases a piece of speech is, by pocketsphinx's likeliest path.

Only how well phrases are told apart is judged by it, not how speech sounds: it always answers one
of the phrases, so that by chance one in as many is right. Needs the extra `bench`. One thread owns
a grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.cascade.pronunciation import pronounced
from tml_ros.model.interface import ModelUnavailableError
from tml_ros.sim.talk.numbers import number_words
from tml_ros.turn.micro_turn import SAMPLE_RATE

_SEARCH: Final = "phrases"
_LOUD: Final = 0.5
"""Peak to which speech is brought: how loud a voice is does not matter here."""
_HISS: Final = 1e-3
"""Added, as microphones do: over digital silence pocketsphinx understands half as much."""
_MARGIN: Final = SAMPLE_RATE // 5
"""Silence before and after."""


class ClosedGrammar:
    """Knows these phrases.

    Raises ModelUnavailableError without pocketsphinx, ValueError where two sound the same.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        """Load the acoustic model and compile the grammar."""
        self._phrases = {spelled(phrase): phrase for phrase in phrases}
        if len(self._phrases) < len(phrases):
            raise ValueError("two of the phrases are said alike")
        self._decoder = _decoder()
        for word in sorted({word for text in self._phrases for word in text.split()}):
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, pronounced(word), True)
        self._decoder.add_jsgf_string(_SEARCH, _jsgf(self._phrases))
        self._decoder.activate_search(_SEARCH)

    def recognised(self, speech: NDArray[np.float32]) -> str | None:
        """The likeliest phrase; None where nothing was found.

        speech: float32 [n], mono, 16 kHz.
        """
        peak = float(np.abs(speech).max(initial=0.0))
        if peak == 0.0:
            return None
        heard = np.pad(speech * (_LOUD / peak), _MARGIN)
        heard = heard + np.random.default_rng(0).normal(0.0, _HISS, len(heard))
        pcm = np.rint(np.clip(heard, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        # What it took for noise in the last utterance would change what it hears in this one.
        self._decoder.reinit_feat()
        self._decoder.start_utt()
        self._decoder.process_raw(pcm, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return None if found is None else self._phrases.get(found.hypstr)


def spelled(phrase: str) -> str:
    """As the dictionary spells it: small letters, numbers in words."""
    words = re.findall(r"[a-z]+(?:'[a-z]+)*|\d+", phrase.lower())
    return " ".join(number_words(int(word)) if word.isdigit() else word for word in words)


def _jsgf(texts: Iterable[str]) -> str:
    """A grammar of these whole utterances."""
    return f"#JSGF V1.0;\ngrammar phrases;\npublic <phrase> = {' | '.join(texts)};\n"


def _decoder() -> Any:  # noqa: ANN401 - pocketsphinx carries no types
    try:
        import pocketsphinx  # noqa: PLC0415 - an extra
    except ImportError as problem:
        raise ModelUnavailableError(
            "voices are judged with pocketsphinx, not installed here: pip install "
            "'tml_ros[bench]', or leave the suite voice out"
        ) from problem
    model = Path(pocketsphinx.get_model_path())
    return pocketsphinx.Decoder(
        hmm=str(model / "en-us" / "en-us"),
        dict=str(model / "en-us" / "cmudict-en-us.dict"),
        lm=None,
        # Of the utterance alone; otherwise an answer would depend on what was heard before.
        cmn="batch",
        loglevel="FATAL",
    )
