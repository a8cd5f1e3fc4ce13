"""A blow: sound that leaps up over the whole spectrum at once and dies away at once.

Judged against what the place sounds like otherwise, and against its own recent blows: a press that
strikes every second is known after its third stroke and no longer reported, unless it strikes much
harder. A hammer at work is likewise reported by its first blows only. A voice does not leap in all
bands and then die away, a motor or siren that sets in does not die away, a door that falls to has
no high notes. Owned by the thread that hands it the sound.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.hop_guard import HopGuard
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource
from tml_ros.turn.micro_turn import SAMPLE_RATE

STEP = SAMPLE_RATE // 100
"""10 ms between levels, each of 20 ms of sound, per band."""
HOP = 5 * STEP
"""50 ms between decisions."""
WINDOW = 2 * STEP
BANDS_FROM_HZ = (100, 400, 1200, 3000)
"""Each up to the next, the last up to 8 kHz."""
BANDS_NEEDED = 3
"""The highest and two more must leap: the lowest often lies under the hum."""
LEAP_DB = 8.0
"""From the loudest of the 30 ms before to the loudest of the 20 ms of the onset, and over the
median of the last 3 s, in each of those bands."""
ABOVE_BACKGROUND_DB = 12.0
"""Over the median of the last 3 s, mean over those bands."""
ABOVE_USUAL_DB = 8.0
"""Over what is exceeded for a twentieth of those 3 s, mean over those bands: somebody who talks in
a quiet room is all onsets, but they are alike."""
DECAY_DB = 6.0
"""From the peak to the time 100 to 150 ms later, mean over those bands, and half of it in each; a
voice goes on."""
SOON_DB = 2.5
"""From the peak to the time 50 to 70 ms after the onset, mean over those bands: a beep holds on."""
HOLD_NS = 500_000_000
ROUTINE_BLOWS, ROUTINE_NS, ROUTINE_DB = 3, 10_000_000_000, 6.0
"""A blow is routine when so many before it, within so long, were at most so much softer."""

_FLOOR_DB = -65.0
_SWING_DB = 3.0
_BEFORE, _ONSET, _AFTER = 4, 2, 15
_BACKGROUND_STEPS = 300
_REFRACTORY_STEPS = 15


@dataclass(frozen=True, slots=True)
class _Blow:
    """When it was judged, how loud it was (dB of full scale), and how far it stood out (dB)."""

    stamp_ns: int
    level_db: float
    above_db: float


class ImpactGuard(HopGuard):
    """Listens to one microphone for impacts; the hazard's zone is the microphone's name.

    A blow is stated 0.15 s to 0.2 s after it fell, and stays present for 0.5 s. The score is 0, or
    from 0.5 for one that just stands out to 1 for 20 dB more.
    """

    def __init__(self, microphone: str) -> None:
        """microphone: its name in the cell."""
        super().__init__(microphone, HOP)

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""
        super().reset()
        self._wait = 0
        self._blows: deque[_Blow] = deque(maxlen=64)
        self._score = 0.0
        self._until_ns = 0

    def _break_off(self) -> None:
        self._tail = np.zeros(STEP, np.float32)
        self._levels = np.zeros((0, len(BANDS_FROM_HZ)))

    def _judge(self, hop: NDArray[np.float32], end_ns: int) -> Hazard:
        sound = np.concatenate([self._tail, hop])
        self._tail = sound[-STEP:]
        self._levels = np.concatenate([self._levels, _levels_db(sound)])[-_BACKGROUND_STEPS:]
        if end_ns >= self._until_ns:
            self._score = 0.0
        blow = self._newest_blow(end_ns)
        if blow is not None:
            if not self._is_routine(blow):
                self._score = min(1.0, 0.5 + max(0.0, blow.above_db - ABOVE_BACKGROUND_DB) / 40)
                self._until_ns = end_ns + HOLD_NS
            self._blows.append(blow)
        return self._hazard(end_ns)

    def _newest_blow(self, end_ns: int) -> _Blow | None:
        """The blow whose dying away has just become known, if any."""
        count = len(self._levels)
        self._wait = max(0, self._wait - HOP // STEP)
        if self._wait or count < _BEFORE + _AFTER + HOP // STEP:
            return None
        for onset in range(count - _AFTER - HOP // STEP, count - _AFTER):
            blow = self._blow_at(onset, end_ns)
            if blow is not None:
                self._wait = _REFRACTORY_STEPS
                return blow
        return None

    def _blow_at(self, onset: int, end_ns: int) -> _Blow | None:
        levels = self._levels
        before = levels[onset - _BEFORE + 1 : onset].max(axis=0)
        peak = levels[onset : onset + _ONSET].max(axis=0)
        if peak[-1] - before[-1] < LEAP_DB:
            return None
        after = np.median(levels[onset + 10 : onset + _AFTER], axis=0)
        background = np.median(levels, axis=0)
        leap = np.minimum(peak - before, peak - background)
        bands = np.argsort(leap)[-BANDS_NEEDED:]
        if min(leap[bands].min(), leap[-1]) < LEAP_DB:
            return None
        usual = np.quantile(levels[:onset], 0.95, axis=0)
        above = float((peak - background)[bands].mean())
        fall = (peak - after)[bands]
        soon = levels[onset + _ONSET + 3 : onset + _ONSET + 5].max(axis=0)
        dies_away = (
            fall.mean() >= DECAY_DB
            and (peak - soon)[bands].mean() >= SOON_DB
            and fall.min() >= DECAY_DB / 2
            and (after <= np.maximum(peak, background) + _SWING_DB).all()
        )
        stands_out = above >= ABOVE_BACKGROUND_DB and (peak - usual)[bands].mean() >= ABOVE_USUAL_DB
        if not (dies_away and stands_out):
            return None
        return _Blow(end_ns, float(peak[bands].mean()), above)

    def _is_routine(self, blow: _Blow) -> bool:
        alike = sum(
            blow.stamp_ns - past.stamp_ns <= ROUTINE_NS
            and past.level_db >= blow.level_db - ROUTINE_DB
            for past in self._blows
        )
        return alike >= ROUTINE_BLOWS

    def _hazard(self, stamp_ns: int) -> Hazard:
        return Hazard(
            HazardKind.IMPACT_SOUND, self._microphone, self._score, HazardSource.GUARD, stamp_ns
        )


def _levels_db(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Power per step and band, float64 [len / STEP - 1, bands], dB of full scale."""
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::STEP]
    power = np.square(np.abs(np.fft.rfft(windows * _HANN, axis=1)))
    bands = np.add.reduceat(power, _FIRST_BINS, axis=1)
    return np.asarray(10 * np.log10(np.maximum(bands, 10 ** (_FLOOR_DB / 10))))


_HANN = np.hanning(WINDOW + 1)[:-1] * 2 / WINDOW
_FIRST_BINS = np.array(BANDS_FROM_HZ) * WINDOW // SAMPLE_RATE
