"""What was said, of a closed set of phrases, or that it was none of them; by pocketsphinx.

An utterance is decoded as a whole when it is over: normalised over all of it, pocketsphinx is far
better than while it runs along, and at a tenth of real time little is won by an early start.
Beside the grammar an unconstrained loop of phones is decoded. What was said is taken for the
grammar's phrase only where that explains the sound nearly as well as free phones do, and covers
nearly all that was voiced. The same sound gives the same answer, whatever was heard before. Knows
nothing of what phrases mean. Any one thread at a time; sessions of one thread share it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.cascade.automaton import START, automaton
from tml_ros.bench.cascade.grammar import Phrase
from tml_ros.bench.cascade.pronunciation import Accent, all_pronounced
from tml_ros.model.interface import ModelUnavailableError

_SEARCH: Final = "it"
_FRAME: Final = 160
"""Samples of a frame of pocketsphinx."""
_LEAST_WORDS: Final = 4
_FILLERS: Final = ("<", "[", "+")
_BEAMS: Final = {"beam": 1e-64, "pbeam": 1e-64, "wbeam": 1e-40}
"""Wider than by default: an unusual voice is lost before the end of its phrase otherwise."""
_LOG_BASE: Final = math.log(1.0001)


class RecogniserMissingError(ModelUnavailableError):
    """pocketsphinx is not installed; the message says how to."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The likeliest phrase. phrase: None where not even one was found.

    fit: how much worse it explains the sound than free phones do, per frame of 10 ms in
    pocketsphinx's own units: right ones have -10 to -45, wrong ones -35 to -90. coverage: share of
    what was voiced that its words cover, 0..1.
    """

    phrase: Phrase | None
    fit: float
    coverage: float


class Recogniser:
    """Knows these phrases.

    accents: of English. The dictionary's own is American; others are added to it, and so are words
    that it lacks. least_fit, least_coverage: what a guess must reach to be taken for what was said.
    The defaults were chosen on training wordings and voices.

    Raises RecogniserMissingError.
    """

    def __init__(
        self,
        phrases: Sequence[Phrase],
        *,
        accents: Sequence[Accent] = ("en-us", "en-gb"),
        least_fit: float = -42.0,
        least_coverage: float = 0.8,
    ) -> None:
        """Load the acoustic model and compile the grammar, some 0.3 s."""
        self._phrases = _with_shortened(phrases)
        self._least_fit, self._least_coverage = least_fit, least_coverage
        self._grammar = _decoder()
        self._phones = _decoder()
        grammar = automaton(phrase.text for phrase in phrases)
        for accent in accents:
            _add_words(self._grammar, grammar.words, accent)
        arcs = [
            (arc.begin, arc.end, 1.0, arc.word) if arc.word else (arc.begin, arc.end, 1.0)
            for arc in grammar.arcs
        ]
        self._grammar.add_fsg(
            _SEARCH, self._grammar.create_fsg(_SEARCH, START, grammar.final, arcs)
        )
        self._grammar.activate_search(_SEARCH)
        self._phones.add_allphone_file(_SEARCH, None)
        self._phones.activate_search(_SEARCH)

    def recognise(self, samples: NDArray[np.float32], voiced: NDArray[np.bool_]) -> Phrase | None:
        """The phrase that was said, or None for anything else.

        samples: float32 [n], mono, 16 kHz, -1..1: one utterance with some silence about it.
        voiced: bool [m], which of m equal parts of it are speech.
        """
        guess = self.guess(samples, voiced)
        return guess.phrase if self.believes(guess) else None

    def believes(self, guess: Guess) -> bool:
        """Whether the guess is taken for what was said."""
        return guess.fit >= self._least_fit and guess.coverage >= self._least_coverage

    def read(self, text: str) -> Phrase | None:
        """The phrase of a text, exactly; text: plain words."""
        phrase = self._phrases.get(text)
        return phrase if phrase is not None and phrase.text == text else None

    def guess(self, samples: NDArray[np.float32], voiced: NDArray[np.bool_]) -> Guess:
        """The likeliest phrase, however unlikely; arguments as of `recognise`."""
        nothing = Guess(None, -math.inf, 0.0)
        if not voiced.any():
            return nothing
        pcm = np.rint(np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()
        found, free = _decoded(self._grammar, pcm), _decoded(self._phones, pcm)
        if found is None or free is None or found.hypstr not in self._phrases:
            return nothing
        frames = -(-len(samples) // _FRAME)
        spoken = np.zeros(frames, bool)
        for segment in self._grammar.seg():
            if not segment.word.startswith(_FILLERS):
                spoken[segment.start_frame : segment.end_frame + 1] = True
        heard = voiced[np.arange(frames) * len(voiced) // frames]
        length = max(int(spoken.sum()), int(heard.sum()))
        fit = (math.log(found.score) - math.log(free.score)) / _LOG_BASE / length
        coverage = float((spoken & heard).sum() / heard.sum())
        return Guess(self._phrases[found.hypstr], fit, coverage)


def _with_shortened(phrases: Sequence[Phrase]) -> dict[str, Phrase]:
    """By text; and long ones without their last word, where that leaves no doubt.

    A last word that fades away is missing from what pocketsphinx finds.
    """
    meant: dict[str, set[Phrase]] = {}
    for phrase in phrases:
        words = phrase.text.split()
        if len(words) > _LEAST_WORDS:
            meant.setdefault(" ".join(words[:-1]), set()).add(phrase)
    shortened = {text: one for text, (one, *others) in meant.items() if not others}
    return {**shortened, **{phrase.text: phrase for phrase in phrases}}


def _add_words(decoder: Any, words: Sequence[str], accent: Accent) -> None:  # noqa: ANN401
    """Have the decoder know these words as that accent has them."""
    if accent == "en-us":
        words = [word for word in words if decoder.lookup_word(word) is None]
    for word, phones in zip(words, all_pronounced(words, accent), strict=True):
        name, number, known = word, 1, []
        while (phones_before := decoder.lookup_word(name)) is not None:
            known.append(phones_before)
            number += 1
            name = f"{word}({number})"
        if phones not in known:
            decoder.add_word(name, phones, True)


def _decoded(decoder: Any, pcm: bytes) -> Any:  # noqa: ANN401 - pocketsphinx carries no types
    # What it took for noise in the last utterance would change what it hears in this one.
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found if found is not None and found.score > 0 else None


def require_pocketsphinx() -> None:
    """Raises RecogniserMissingError where it is not installed."""
    if find_spec("pocketsphinx") is None:
        raise RecogniserMissingError(
            "the cascade needs pocketsphinx, not installed here: pip install 'tml_ros[bench]'"
        )


def _decoder() -> Any:  # noqa: ANN401
    require_pocketsphinx()
    import pocketsphinx  # noqa: PLC0415 - an extra

    model = Path(pocketsphinx.get_model_path())
    return pocketsphinx.Decoder(
        hmm=str(model / "en-us" / "en-us"),
        dict=str(model / "en-us" / "cmudict-en-us.dict"),
        lm=None,
        **_BEAMS,
        loglevel="FATAL",
    )
