"""A known text said by espeak-ng at the very pace at which the model would say it.

Words begin when their tokens begin in text that was handed over, and the whole lasts the same
turns. So it can stand in for the model's own voice, be what that voice is taught, and be the sound
of what a session says while it learns. Knows nothing of turns gone by, of alarms or of playing.
Rendering takes some 50 ms for a sentence that was not said lately: never on the way of a turn. Any
one thread at a time.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tml_ros.cell.paced_store import SpeechStore
from tml_ros.cell.paced_stretch import stretched
from tml_ros.cell.paced_words import WORD_GAP_MS, HeardWords, heard_words
from tml_ros.devices.speech_renderer import SpeechRenderer
from tml_ros.model.handed_over_text import HandedOverText
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import TextTokenizer, sound_text
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

Samples = NDArray[np.float32]

LANGUAGE: Final = "en-us"
"""Whose voice it is. Of 96 phrases a closed grammar understands 94 so, and 95 at their own pace."""
SAID_AS: Final[Mapping[str, str]] = MappingProxyType({"mm-hm": "um hum"})
"""What espeak-ng is given for words that it would spell."""
REMEMBERED: Final = 512
"""Texts whose speech is kept in memory, some 50 MB."""
LONGEST_SENTENCE: Final = 300
"""Characters said in one breath."""
SLOWEST: Final = 1.25
"""A word is never said longer than so many times its own length; a pause follows."""
_FASTEST: Final = (1.3, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 8.0, 16.0)
"""How many times faster than by itself a word is said at most, tried in this order. Where its
place is too short it begins in time and those behind it late, if the whole still ends in time."""
_FADE: Final = SAMPLE_RATE * 4 // 1000
_VERSION: Final = 1


class Render(Protocol):
    """What makes speech of text: `SpeechRenderer.render`."""

    def __call__(self, text: str, *, word_gap_ms: int = 0) -> Samples:
        """float32 [n], mono, 16 kHz."""


class PacedSpeech:
    """Says texts for models of one preset.

    tokenizer: of the preset's vocabulary. language: voice of espeak-ng. folder: where speech is
    kept between processes, see `SpeechStore`; nothing is kept without one.

    Raises as `SpeechRenderer` does.
    """

    def __init__(
        self,
        preset: Preset,
        tokenizer: TextTokenizer,
        *,
        language: str = LANGUAGE,
        folder: Path | None = None,
        render: Render | None = None,
    ) -> None:
        """render: instead of espeak-ng."""
        self._preset, self._tokenizer = preset, tokenizer
        self._render = render or SpeechRenderer(language).render
        pace = (preset.text.characters_per_second, preset.text.out_per_turn, tokenizer.digest)
        self._voice = f"{_VERSION}\0{language}\0{pace}\0"
        self._store = None if folder is None else SpeechStore(folder)
        self._known: OrderedDict[str, Samples] = OrderedDict()

    def __call__(self, text: str) -> Samples:
        """The text as speech: float32 [turns * 3200], mono, 16 kHz, -1..1, read-only.

        Turn n of `HandedOverText` is samples n * 3200 up to (n + 1) * 3200. Raises
        SpeechUnavailableError.
        """
        text = sound_text(text).strip()
        speech = self._known.get(text)
        if speech is None:
            speech = self._found(text)
            speech.flags.writeable = False
            self._known[text] = speech
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(text)
        return speech

    def _found(self, text: str) -> Samples:
        kept = None if self._store is None else self._store.get(self._voice + text)
        if kept is not None:
            return kept
        made = self._made(text)
        if self._store is not None:
            self._store.put(self._voice + text, made)
            # As it will be read: the same samples whether it was kept or not.
            made = np.rint(made * 32767).astype(np.int16).astype(np.float32) / np.float32(32767)
        return made

    def _made(self, text: str) -> Samples:
        spoken = HandedOverText(text, urgent=False, tokenizer=self._tokenizer, preset=self._preset)
        starts = _character_starts(text, spoken, self._tokenizer)
        heard = [
            HeardWords(begin + part.begins, part.sound)
            for begin, sentence in _sentences(text)
            for part in heard_words(
                sentence, self._render(_said(sentence), word_gap_ms=WORD_GAP_MS)
            )
        ]
        whole = np.zeros(spoken.lasts * TURN_SAMPLES, np.float32)
        begins = [round(starts[part.begins] * SAMPLE_RATE) for part in heard]
        lengths = [len(part.sound) for part in heard]
        places = _placed(begins, lengths, end=len(whole) - _FADE)
        for part, (begin, end) in zip(heard, places, strict=True):
            whole[begin:end] += _faded(stretched(part.sound, end - begin))
        return np.clip(whole, -1.0, 1.0)


def _said(sentence: str) -> str:
    """What espeak-ng is given for it."""
    for word, sound in SAID_AS.items():
        sentence = re.sub(rf"(?i)(?<!\w){re.escape(word)}(?!\w)", sound, sentence)
    return sentence


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of a text that are said in one breath, and where each begins."""
    for found in re.finditer(r"\S.*?(?:[.!?;](?=\s)|$)", text, re.DOTALL):
        begin, sentence = found.start(), found.group()
        while len(sentence) > LONGEST_SENTENCE:
            cut = sentence.rfind(" ", 1, LONGEST_SENTENCE)
            cut = LONGEST_SENTENCE if cut < 0 else cut
            yield begin, sentence[:cut]
            begin, sentence = begin + cut, sentence[cut:]
        yield begin, sentence


def _character_starts(text: str, spoken: HandedOverText, tokenizer: TextTokenizer) -> list[float]:
    """For each character the second at which the token begins in which it begins."""
    ends: list[int] = []
    size = 0
    timed = spoken.timed[:-1]
    for one in timed:
        size += len(tokenizer.piece(one.token))
        ends.append(size)
    starts = []
    at = 0
    for character in text:
        starts.append(timed[min(bisect_right(ends, at), len(timed) - 1)].start)
        at += len(character.encode())
    return starts


def _placed(begins: Sequence[int], lengths: Sequence[int], *, end: int) -> list[tuple[int, int]]:
    """From which sample to which each word is said, none before its time and all before `end`.

    begins: samples at which the words' tokens begin. lengths: of the words as they were rendered.
    """
    for fastest in _FASTEST:
        places: list[tuple[int, int]] = []
        free = 0
        for begin, length, following in zip(begins, lengths, [*begins[1:], end], strict=False):
            start = max(begin, free)
            shortest, longest = round(length / fastest), round(length * SLOWEST)
            room = max(0, following - start)
            free = start + max(shortest, min(longest, room))
            places.append((start, free))
        if free <= end:
            return places
    # More words than time: what is too late is cut off.
    return [(min(start, end), min(stop, end)) for start, stop in places]


def _faded(sound: Samples) -> Samples:
    """With soft edges, so that joints do not click."""
    ramp = np.minimum(1.0, (np.arange(len(sound)) + 0.5) / _FADE).astype(np.float32)
    faded: Samples = sound * ramp * ramp[::-1]
    return faded
