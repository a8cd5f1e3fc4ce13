"""One microphone of a session: what came of it in a turn, as levels of dMel, whatever came.

Knows nothing of turns, gaps or tokens of other kinds. The world's faults are data here: nothing
that a microphone can deliver raises. Owned by the thread that steps the session.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dmel import MelStream, quantise
from tml_ros.model.preset import MELS, TURNS_PER_SECOND, HearingPreset
from tml_ros.model.saved_facts import SavedFacts
from tml_ros.turn.micro_turn import TURN_SAMPLES

LONG_AGO = 18_000
"""Turns, an hour: silence is not counted any further."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A turn of one microphone.

    bins: uint8 [tokens, frames_per_token * 80], frames in order and channels within a frame; no
        tokens when nothing came.
    missing: share of the turn's samples that never came or were no numbers, 0..1; 1 means nothing.
    turns_since_sound: how many turns ago a sample other than 0 last came: 0 is this turn. At most
        `LONG_AGO`, which also stands for never.
    """

    bins: NDArray[np.uint8]
    missing: float
    turns_since_sound: int

    @property
    def seconds_since_sound(self) -> float:
        """The same in seconds."""
        return self.turns_since_sound / TURNS_PER_SECOND


class Ear:
    """Listens to one microphone.

    Nothing came of a turn when it is None, when `missing` is 1, when no sample is a finite number,
    and when samples are not one-dimensional floats of the right number; it has no tokens, and the
    sound after it follows on silence. Single samples that are not finite count as missing and
    become 0; samples beyond -1..1 are clipped.
    """

    def __init__(self, hearing: HearingPreset) -> None:
        self._hearing = hearing
        self._mels = MelStream()
        self.reset()

    def reset(self) -> None:
        """As if nothing had ever been heard."""
        self._mels.reset()
        self._turns_since_sound = LONG_AGO
        self._misfits = 0
        self._not_finite = 0

    @property
    def counters(self) -> dict[str, int]:
        """Turns so far with samples of the wrong shape or dtype, and with some not finite."""
        return {"sound_misfit": self._misfits, "sound_not_finite": self._not_finite}

    def hear(self, samples: NDArray[Any] | None, *, missing: float = 0.0) -> Heard:
        """The next turn.

        samples: floats [3200], mono, 16 kHz, -1..1, or None when the microphone is absent.
        missing: share of them that is known not to have come (and is 0), limited to 0..1; NaN
            counts as 1.
        """
        self._turns_since_sound = min(self._turns_since_sound + 1, LONG_AGO)
        share = 1.0 if math.isnan(missing) else min(max(float(missing), 0.0), 1.0)
        if samples is not None and not _fits(samples):
            self._misfits += 1
            samples = None
        if samples is not None:
            finite = np.isfinite(samples)
            lost = TURN_SAMPLES - int(np.count_nonzero(finite))
            self._not_finite += lost > 0
            share = min(1.0, share + lost / TURN_SAMPLES)
        if samples is None or share >= 1.0:
            self._mels.reset()
            nothing = np.empty((0, self._hearing.frames_per_token * MELS), np.uint8)
            return Heard(nothing, 1.0, self._turns_since_sound)
        sound = np.clip(np.where(finite, samples, 0), -1.0, 1.0).astype(np.float32)
        if sound.any():
            self._turns_since_sound = 0
        levels = quantise(self._mels.push(sound), self._hearing)
        return Heard(levels.reshape(self._hearing.tokens, -1), share, self._turns_since_sound)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The end of the last turn."""
        return self._mels.arrays()

    def facts(self) -> dict[str, Any]:
        """How long ago there was sound, and what did not fit."""
        return {"turns_since_sound": self._turns_since_sound, **self.counters}

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: object) -> None:
        """Go on from a saved state. Raises ValueError naming what does not fit; nothing changes."""
        saved = SavedFacts(facts, "ear", list(self.facts()))
        since = saved.whole("turns_since_sound", high=LONG_AGO)
        misfits, not_finite = saved.whole("sound_misfit"), saved.whole("sound_not_finite")
        self._mels.restore(arrays, {})
        self._turns_since_sound, self._misfits, self._not_finite = since, misfits, not_finite


def _fits(samples: object) -> bool:
    return (
        isinstance(samples, np.ndarray)
        and samples.shape == (TURN_SAMPLES,)
        and np.issubdtype(samples.dtype, np.floating)
    )
