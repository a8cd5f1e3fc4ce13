"""Speech and warnings that can be told apart sample by sample in what a loudspeaker has written.

Each is a square wave of a level of its own: speech of one, every warning of another. What is
neither, nor silence, is both at once. Knows nothing of time, files or topics. Stateless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

SPEECH_LEVEL: Final = 3_000
FIRST_LEVEL: Final = 10_000
MAX_WARNINGS: Final = 2_000
"""So few that neither the sum nor the difference of speech and a warning is a warning's level."""
_HALF_WAVE = 16


@dataclass(frozen=True, slots=True)
class HeardWarning:
    """One warning in what was heard. first, end: samples from its beginning to after its end.

    samples: of it. speech, other: samples of speech, and of anything else but it, in between.
    """

    number: int
    first: int
    end: int
    samples: int
    speech: int
    other: int


def speech_sound(count: int) -> Samples:
    """int16 [count]."""
    return _square(count, SPEECH_LEVEL)


def warning_sound(number: int, count: int) -> Samples:
    """The warning of that number: int16 [count]. Raises ValueError for a number too high."""
    if not 0 <= number < MAX_WARNINGS:
        raise ValueError(f"warning number {number}, allowed: 0 to {MAX_WARNINGS - 1}")
    return _square(count, FIRST_LEVEL + number)


def heard_warning(samples: Samples, number: int) -> HeardWarning | None:
    """That warning in int16 [n]; None where it is not in it."""
    levels = np.abs(samples.astype(np.int32))
    own = np.flatnonzero(levels == FIRST_LEVEL + number)
    if not len(own):
        return None
    first, end = int(own[0]), int(own[-1]) + 1
    within = levels[first:end]
    speech = int((within == SPEECH_LEVEL).sum())
    return HeardWarning(number, first, end, len(own), speech, end - first - len(own) - speech)


def mixed(samples: Samples, warnings: int) -> int:
    """Samples of int16 [n] that are not silence, speech or one of so many warnings, alone."""
    levels = np.abs(samples.astype(np.int32))
    alone = (levels == 0) | (levels == SPEECH_LEVEL)
    alone |= (levels >= FIRST_LEVEL) & (levels < FIRST_LEVEL + warnings)
    return int((~alone).sum())


def _square(count: int, level: int) -> Samples:
    up = np.arange(count) // _HALF_WAVE % 2 == 0
    return np.where(up, level, -level).astype(np.int16)
