"""Where somebody begins and stops to speak, by the level of the sound alone.

A frame of 20 ms counts as voiced where its level between 200 and 3,800 Hz is well above a noise
floor that adapts. Speech begins with most of six frames voiced, over the cell's own voice of
ten, and ends with 0.6 s of none, the usual choice: shorter cuts people off who think, and all of
it is waited for before anybody is answered. It is what costs a cascade most of its time.

Half duplex: there is no echo cancellation. While the cell itself is heard, the threshold lies above
the echo that its own playback makes, so that only somebody louder than the echo gets through. Knows
nothing of words. The same sound gives the same events, in whatever pieces it comes. Of the thread
of its session.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.cascade.echo_guard import EchoGuard
from tml_ros.bench.cascade.noise_floor import NoiseFloor
from tml_ros.turn.micro_turn import SAMPLE_RATE

Samples = NDArray[np.float32]

FRAME: Final = SAMPLE_RATE // 50
"""320 samples."""
BAND_HZ: Final = (200.0, 3800.0)
PRE_ROLL: Final = 20
"""Frames kept from before speech began: its first sound, and what the noise is like."""
AFTER_ROLL: Final = 15
"""Frames kept of the silence that ended it."""
ONSET: Final = (4, 6)
"""Speech begins with so many voiced frames of so many."""
ONSET_OVER_OWN: Final = (6, 10)
"""Over the cell's own voice: whoever interrupts it does so for longer than a click or a clatter."""
_BINS: Final = slice(
    round(BAND_HZ[0] * FRAME / SAMPLE_RATE), round(BAND_HZ[1] * FRAME / SAMPLE_RATE) + 1
)


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Somebody speaks since sample `at`; known with sample `known`. over_own: over the cell."""

    at: int
    known: int
    over_own: bool


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Somebody has spoken in samples [begin, end); known with sample `known`.

    samples: float32 [n], from up to 0.4 s before to 0.3 s after it. voiced: bool [n / 320].
    cut: it had become too long and may go on. over_own: as it began.
    """

    begin: int
    end: int
    known: int
    samples: Samples
    voiced: NDArray[np.bool_]
    cut: bool
    over_own: bool


SpeechEvent = SpeechBegan | SpeechEnded


class Endpointer:
    """Takes in sound, gives out where speech begins and ends.

    on_db, off_db: above the noise as it often is; a frame is voiced above `on_db`, and while
    somebody speaks above `off_db`. silence_s: without a voiced frame, after which speech has ended.
    longest_s: after which it is cut. The defaults are those with which most lines of training
    scenarios end where they do.

    Raises ValueError for figures without meaning.
    """

    def __init__(
        self,
        *,
        silence_s: float = 0.6,
        longest_s: float = 10.0,
        on_db: float = 4.0,
        off_db: float = 2.0,
    ) -> None:
        """Start in silence."""
        if not (0 < off_db <= on_db and 0.1 <= silence_s < longest_s):
            raise ValueError(
                "0 < off_db <= on_db and 0.1 <= silence_s < longest_s are wanted, not "
                f"{off_db}, {on_db}, {silence_s}, {longest_s}"
            )
        self._silence = round(silence_s * SAMPLE_RATE / FRAME)
        self._longest = round(longest_s * SAMPLE_RATE / FRAME)
        self._on_db, self._off_db = on_db, off_db
        self.reset()

    def reset(self) -> None:
        """Forget everything, as fresh."""
        self._floor = NoiseFloor()
        self._echo = EchoGuard()
        self._rest = np.zeros((2, 0), np.float32)
        self._frames: list[Samples] = []
        self._voiced: list[bool] = []
        self._number = 0
        """Of the next frame."""
        self._begin: int | None = None
        """Frame with which the present speech begins."""
        self._over_own = False
        self._last_voiced = -(1 << 40)

    @property
    def speaking(self) -> bool:
        """Whether somebody speaks, or has not been silent for long enough."""
        return self._begin is not None

    @property
    def quiet_s(self) -> float:
        """For how long no frame was voiced."""
        return (self._number - 1 - self._last_voiced) * FRAME / SAMPLE_RATE

    @property
    def floor_db(self) -> float:
        """Level of the noise, dB of full scale."""
        return self._floor.level_db

    def push(self, heard: Samples, own: Samples) -> list[SpeechEvent]:
        """Go on by this sound. own: what the cell's loudspeaker played meanwhile, as long.

        Raises ValueError where they are not equally long.
        """
        if heard.shape != own.shape or heard.ndim != 1:
            raise ValueError(f"heard {heard.shape} and own {own.shape} must be equally long")
        both = np.concatenate([self._rest, np.stack([heard, own])], axis=1)
        whole = both.shape[1] // FRAME * FRAME
        self._rest = both[:, whole:]
        frames = both[:, :whole].reshape(2, -1, FRAME)
        levels = levels_db(frames)
        events: list[SpeechEvent] = []
        for frame, level, own_level in zip(frames[0], levels[0], levels[1], strict=True):
            events += self._frame(frame, float(level), float(own_level))
        return events

    def _frame(self, frame: Samples, level: float, own: float) -> list[SpeechEvent]:
        above = self._off_db if self._begin is not None else self._on_db
        echo = self._echo.threshold_db(own)
        threshold = max(self._floor.level_db + self._floor.bump_db + above, echo)
        voiced = self._floor.ready and level > threshold
        self._frames.append(frame)
        self._voiced.append(voiced)
        if voiced:
            self._last_voiced = self._number
        self._number += 1
        speaking = self._begin is not None
        self._echo.learn(level, floor_db=self._floor.level_db, doubtful=speaking or voiced)
        # The cell's own voice only adds to the noise: what is softer than the floor shows it.
        if not self._echo.playing or not self._floor.ready or level < self._floor.level_db:
            self._floor.learn(level, speaking=speaking)
        return self._began() if self._begin is None else self._ended()

    def _began(self) -> list[SpeechEvent]:
        needed, of = ONSET_OVER_OWN if self._echo.playing else ONSET
        recent = self._voiced[-of:]
        if sum(recent) < needed:
            del self._frames[:-PRE_ROLL], self._voiced[:-PRE_ROLL]
            return []
        self._begin = self._number - len(recent) + recent.index(True)
        self._over_own = self._echo.playing
        return [SpeechBegan(self._begin * FRAME, self._number * FRAME, self._over_own)]

    def _ended(self) -> list[SpeechEvent]:
        begin = self._begin
        assert begin is not None  # noqa: S101 - only asked while somebody speaks
        cut = self._number - begin >= self._longest
        silent = self._number - 1 - self._last_voiced
        if silent < self._silence and not cut:
            return []
        end = self._last_voiced + 1
        keep = len(self._frames) - max(0, silent - AFTER_ROLL)
        ended = SpeechEnded(
            begin * FRAME,
            end * FRAME,
            self._number * FRAME,
            np.concatenate(self._frames[:keep]),
            np.array(self._voiced[:keep]),
            cut,
            self._over_own,
        )
        if cut:
            # What never paused may be a machine that was switched on.
            self._floor.heard_for_long()
        self._begin = None
        del self._frames[:-PRE_ROLL], self._voiced[:-PRE_ROLL]
        # Old speech must not begin new speech.
        self._voiced = [False] * len(self._voiced)
        return [ended]


def levels_db(frames: Samples) -> NDArray[np.float64]:
    """Level of each frame between 200 and 3,800 Hz, dB of full scale: [..., 320] to [...]."""
    window = np.hanning(FRAME + 1)[:-1]
    spectrum = np.fft.rfft(frames * window, axis=-1)[..., _BINS]
    power = 2.0 * np.sum(np.abs(spectrum) ** 2, axis=-1) / (FRAME * np.sum(window**2))
    return np.asarray(10.0 * np.log10(power + 1e-12))
