"""What the hall makes of a sound on its way from where it is made to a microphone.

The direct sound, the six first reflections (image sources in a shoe box, Allen and Berkley 1979),
and a tail of noise that dies away, the high notes first (RT60 of 0.2 s at `echo` 0, 1.5 s at 1).
The tail's strength follows the critical distance for a talker and a microphone that both favour one
side. A response begins with the direct sound: the few milliseconds of its way are left out, so that
what begins at a time is heard from that time on. Places are taken in steps of 2 m, so that there
are few responses. Knows nothing of what sounds. Owned by one thread.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from tml_ros.sim.scenario.scenario import HallDescription
from tml_ros.sim.sound.noise import Sound, convolved, noise
from tml_ros.turn.micro_turn import SAMPLE_RATE

Point = tuple[float, float, float]

RT60_S: Final = (0.2, 1.5)
HEIGHT_M: Final = 5.0
GRID_M: Final = 2.0

_SOUND_M_S: Final = 343.0
_NEAREST_M: Final = 0.7
_FAVOURS: Final = 8.0
"""Directivity: a talker's 2.2 times a supercardioid's 3.7."""
_UNTIL_DB: Final = 50.0
_BANDS: Final = (
    (((60, 0), (300, 0), (700, -60)), 1.15),
    (((200, -60), (400, 0), (2200, 0), (3200, -60)), 1.0),
    (((1800, -60), (2600, 0), (7600, -3)), 0.55),
)
"""Spectrum and RT60, as a share of the hall's, of the parts of the tail."""
_SHARES: Final = (0.35, 0.75, 0.5)
_SEED: Final = 0x4007


class Room:
    """A hall's echo. seed: of its tails."""

    def __init__(self, hall: HallDescription, seed: int) -> None:
        """Work out nothing yet."""
        self._size = (*hall.size, HEIGHT_M)
        self._seed = seed
        self.rt60_s = RT60_S[0] + (RT60_S[1] - RT60_S[0]) * hall.echo
        self._responses: dict[tuple[Point, Point], Sound] = {}

    def heard(self, sound: Sound, source: Point, microphone: Point) -> Sound:
        """A sound, float32 [n], as it arrives, with its tail; as loud as 1 m away at 1 m."""
        return convolved(sound, self.response(source, microphone))

    def response(self, source: Point, microphone: Point) -> Sound:
        """float32, read-only; begins with the direct sound."""
        x, y = (GRID_M * round(value / GRID_M) for value in source[:2])
        key = ((x, y, round(source[2], 1)), microphone)
        found = self._responses.get(key)
        if found is None:
            found = self._responses[key] = self._made(*key)
        return found

    def _made(self, source: Point, microphone: Point) -> Sound:
        volume = math.prod(self._size)
        width, depth, height = self._size
        surface = 2 * (width * depth + width * height + depth * height)
        absorbed = 1 - math.exp(-0.161 * volume / (surface * self.rt60_s))
        tail = self._tail(source, microphone)
        critical_m = 0.057 * math.sqrt(_FAVOURS * volume / self.rt60_s)
        ramp = round(4 * volume / surface / _SOUND_M_S * SAMPLE_RATE)
        tail[:ramp] *= np.linspace(0, 1, ramp, dtype=np.float32)[: len(tail)]
        tail /= np.float32(critical_m * math.sqrt(float(np.sum(np.square(tail)))))
        direct = max(math.dist(source, microphone), _NEAREST_M)
        tail[0] += 1 / direct
        for image in self._images(source):
            way = math.dist(image, microphone)
            late = (way - direct) / _SOUND_M_S * SAMPLE_RATE
            whole = int(late)
            if 0 <= whole < len(tail) - 1:
                strength = math.sqrt(1 - absorbed) / way
                tail[whole] += strength * (1 - late + whole)
                tail[whole + 1] += strength * (late - whole)
        tail.flags.writeable = False
        return tail

    def _tail(self, source: Point, microphone: Point) -> Sound:
        """Noise that dies away, at any level."""
        count = round(_UNTIL_DB / 60 * self.rt60_s * SAMPLE_RATE)
        places = [round(10 * value) + 10_000 for value in (*source, *microphone)]
        rng = np.random.default_rng(np.random.SeedSequence([self._seed, _SEED, *places]))
        times = np.arange(count) / SAMPLE_RATE
        tail = np.zeros(count, np.float32)
        for (spectrum, share), strength in zip(_BANDS, _SHARES, strict=True):
            decay = np.exp(-math.log(1000) * times / (share * self.rt60_s)).astype(np.float32)
            tail += np.float32(strength) * decay * noise(count, rng, spectrum)
        return tail

    def _images(self, source: Point) -> list[Point]:
        """The source mirrored in the floor, the ceiling and the walls."""
        width, depth, height = self._size
        x, y, z = source
        return [
            *((x, y, -z), (x, y, 2 * height - z)),
            *((width - x, y, z), (-width - x, y, z), (x, depth - y, z), (x, -depth - y, z)),
        ]
