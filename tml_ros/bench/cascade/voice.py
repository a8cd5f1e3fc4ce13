"""The cascade's voice: text to speech with a place for each word. Of the thread of its sessions.

Where the words are is estimated from their letters: the speech program does not tell.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Render = Callable[[str], Samples]

ENDINGS: Final = (".", "!", "?")
MOST_KEPT: Final = 128
_AUDIBLE: Final = 2e-3
_PAUSE_LETTERS: Final = 6
"""A full stop lasts as long as so many letters."""


@dataclass(frozen=True, slots=True)
class Speech:
    """text, word by word: starts[i] is the sample with which words[i] begins, sentences[i] the
    number of the word with which its sentence begins. samples: float32 [n], mono, 16 kHz.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    sentences: tuple[int, ...]
    samples: Samples

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(self.words)


class Voice:
    """Speaks, and remembers what it has spoken.

    render: text to float32 [n], mono, 16 kHz, -1..1; the same text gives the same samples.
    """

    def __init__(self, render: Render) -> None:
        """Nothing is spoken yet."""
        self._render = render
        self._kept: OrderedDict[str, Speech] = OrderedDict()

    def speech(self, text: str) -> Speech:
        """The text as speech; without samples where there is nothing to be said.

        Raises what `render` does.
        """
        text = " ".join(text.split())
        if text and not text.endswith(ENDINGS):
            text += "."
        if text not in self._kept:
            self._kept[text] = _placed(text, _trimmed(self._render(text)))
        self._kept.move_to_end(text)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return self._kept[text]


def _trimmed(samples: Samples) -> Samples:
    """Without the silence about it: a reply begins with its first sound."""
    heard = np.flatnonzero(np.abs(samples) > _AUDIBLE)
    kept = samples[heard[0] : heard[-1] + 1] if len(heard) else samples[:0]
    made: Samples = np.ascontiguousarray(kept, dtype=np.float32)
    made.flags.writeable = False
    return made


def _placed(text: str, samples: Samples) -> Speech:
    words = tuple(text.split())
    ends = [word.endswith(ENDINGS) for word in words]
    # The last full stop is followed by nothing.
    weights = [
        len(word) + 1 + _PAUSE_LETTERS * (over and number < len(words) - 1)
        for number, (word, over) in enumerate(zip(words, ends, strict=True))
    ]
    total = max(sum(weights), 1)
    starts = tuple(len(samples) * sum(weights[:number]) // total for number in range(len(words)))
    sentences: list[int] = []
    begin = 0
    for number, over in enumerate(ends):
        sentences.append(begin)
        begin = number + 1 if over else begin
    return Speech(words, starts, tuple(sentences), samples)
