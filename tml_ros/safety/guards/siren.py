"""A siren: a clear tone that glides or alternates, over whatever noise the machines make.

Hears wail, yelp, whoop, the sweep of DIN 33404-3 and two-tone horns between 400 and 3000 Hz: what
glides about 0.8 s after it begins, what alternates with its third change of pitch. A tone of one
pitch is not a siren here, steady (a whistle) or broken (a reversing beeper, the three pulses of
ISO 8201); nor is a warble faster than about 6 Hz. What does sound like a siren to it: somebody who
whistles a tune or plays one on a single clear instrument, and a drive that runs up loudly and
cleanly. A yelp drowned in its own echo is mostly missed. Owned by the thread that hands it the
sound.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.hop_guard import HopGuard
from tml_ros.safety.guards.siren_pattern import COURSE_STEPS, TwoTones, glides, stands_clear
from tml_ros.safety.guards.tone_ridge import STEP, ToneRidge
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

HOP = 4 * STEP
"""64 ms between decisions."""
SIGNS = 3
"""Decisions in a row that must agree before a siren counts as one."""
HOLD_NS = 2_000_000_000
"""How long a siren stays present after its tone last stood clear: it may sink below the noise."""
LONGEST_HOLD_NS = 8_000_000_000
"""And how long after its tone last moved: a wail rests at its turning points, a whistle that sets
in after a siren must not keep it."""


class SirenGuard(HopGuard):
    """Listens to one microphone for sirens; the hazard's zone is the microphone's name.

    The score is 0, or from 0.5 to 1 with the share of the tone in what is not background.
    """

    def __init__(self, microphone: str) -> None:
        """microphone: its name in the cell."""
        self._ridge = ToneRidge()
        self._two_tones = TwoTones()
        super().__init__(microphone, HOP)

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""
        self._ridge.reset()
        super().reset()
        self._score = 0.0
        self._signs = 0
        self._moved_ns = self._clear_ns = 0

    def _break_off(self) -> None:
        self._ridge.break_off()
        self._two_tones.reset()
        self._hz = np.full(COURSE_STEPS, np.nan)
        self._share = np.zeros(COURSE_STEPS)

    def _judge(self, hop: NDArray[np.float32], end_ns: int) -> Hazard:
        hz, share = self._ridge.follow(hop)
        self._hz = np.concatenate([self._hz, hz])[-COURSE_STEPS:]
        self._share = np.concatenate([self._share, share])[-COURSE_STEPS:]
        alternates = self._two_tones.follow(hz)
        clear = stands_clear(self._share)
        moves = clear and (alternates or glides(self._hz))
        self._signs = self._signs + 1 if moves else 0
        if self._signs >= SIGNS:
            self._score = 0.5 + 0.5 * float(np.median(self._share))
            self._moved_ns = self._clear_ns = end_ns
        elif clear and self._score:
            self._clear_ns = end_ns
        if end_ns - self._clear_ns > HOLD_NS or end_ns - self._moved_ns > LONGEST_HOLD_NS:
            self._score = 0.0
        return self._hazard(end_ns)

    def _hazard(self, stamp_ns: int) -> Hazard:
        return Hazard(HazardKind.SIREN, self._microphone, self._score, HazardSource.GUARD, stamp_ns)
