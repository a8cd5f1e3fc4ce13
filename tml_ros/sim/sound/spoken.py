"""What somebody says, as sound: exact in its beginning, its end and its pauses, even in its level.

"..." in a text is a pause in thought; each part between pauses is spoken by itself. Knows nothing
of rooms and microphones. Speech that was asked for lately is remembered. Any thread.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.sound.espeak import espeak
from tml_ros.sim.sound.voices import Voice
from tml_ros.turn.micro_turn import SAMPLE_RATE

Sound = NDArray[np.float32]

SPEECH_DB: Final = -23.0
"""Ordinary speech: RMS of its active parts, dB of full scale. Peaks are then some 16 dB higher."""
PAUSE_S: Final = (0.8, 1.4)
"""How long somebody thinks."""
MARGIN_S: Final = 0.02
"""Left before and after speech, so that no sound is cut."""

_ACTIVE_DB: Final = 25.0
_STEP: Final = SAMPLE_RATE // 100
_BEGINS, _ENDS = 0.012, 0.025
"""Of its peak: last vowels of espeak-ng fade for a tenth of a second where nobody hears them."""
_REMEMBERED: Final = 400
_PAUSE: Final = re.compile(r"\s*(?:\.\.\.+|…)[\s.…]*")


@dataclass(frozen=True, slots=True)
class Spoken:
    """samples: float32 [n], mono, 16 kHz, read-only. pauses: from when to when in it, in seconds,
    nothing is said; the margins about what was said before and after are not in them.
    """

    samples: Sound
    pauses: tuple[tuple[float, float], ...] = ()

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / SAMPLE_RATE


def speak(text: str, voice: Voice, *, folder: Path | None = None) -> Spoken:
    """The text in that voice, active parts at SPEECH_DB; nothing for text without words.

    folder: where pieces of speech are kept between processes, see `espeak`.

    Raises as `espeak` does.
    """
    return _spoken(text, voice, folder)


@lru_cache(maxsize=_REMEMBERED)
def _spoken(text: str, voice: Voice, folder: Path | None) -> Spoken:
    parts = [
        _trimmed(espeak(part, voice, folder=folder).astype(np.float32) / np.float32(32768))
        for part in _PAUSE.split(text)
        if re.search(r"\w", part)
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return Spoken(_frozen(np.zeros(0, np.float32)))
    rng = np.random.default_rng(_number(text, voice))
    pieces: list[Sound] = []
    pauses: list[tuple[float, float]] = []
    length = 0
    for part in parts:
        if pieces:
            pause = round(rng.uniform(*PAUSE_S) * SAMPLE_RATE)
            pauses.append((length / SAMPLE_RATE, (length + pause) / SAMPLE_RATE))
            pieces.append(np.zeros(pause, np.float32))
            length += pause
        gain = 10 ** ((SPEECH_DB - active_db(part) + rng.uniform(*voice.amplitude_db)) / 20)
        pieces.append(part * np.float32(gain))
        length += len(part)
    whole = np.concatenate(pieces)
    whole *= np.float32(10 ** ((SPEECH_DB - active_db(whole)) / 20))
    return Spoken(_frozen(whole), tuple(pauses))


def active_db(sound: Sound) -> float:
    """RMS of the active parts, dB of full scale; -inf for silence."""
    steps = active_steps(sound)
    parts = sound[: steps.size * _STEP].reshape(steps.size, _STEP)[steps]
    return decibels(float(np.mean(np.square(parts), dtype=np.float64)) if parts.size else 0.0)


def active_steps(sound: Sound) -> NDArray[np.bool_]:
    """Which whole steps of 10 ms are active: at most 25 dB below the loudest one, so that pauses
    do not count. bool [n].
    """
    steps = sound[: len(sound) // _STEP * _STEP].reshape(-1, _STEP)
    power = np.mean(np.square(steps), axis=1, dtype=np.float64)
    active: NDArray[np.bool_] = power > power.max(initial=0.0) * 10 ** (-_ACTIVE_DB / 10)
    return active


def decibels(power: float) -> float:
    """Of a mean square; -inf for 0."""
    return 10 * float(np.log10(power)) if power > 0 else -np.inf


def _trimmed(sound: Sound) -> Sound:
    """Without the silence before and after, but for a margin that fades in and out."""
    loud = np.abs(sound)
    begins = np.flatnonzero(loud > _BEGINS * loud.max(initial=0.0))
    ends = np.flatnonzero(loud > _ENDS * loud.max(initial=0.0))
    if not len(ends):
        return np.zeros(0, np.float32)
    margin = round(MARGIN_S * SAMPLE_RATE)
    padded = np.pad(sound, margin)
    part: Sound = padded[begins[0] : ends[-1] + 1 + 2 * margin].copy()
    fade = np.linspace(0, 1, margin // 2, dtype=np.float32)
    part[: len(fade)] *= fade
    part[-len(fade) :] *= fade[::-1]
    return part


def _number(text: str, voice: Voice) -> int:
    """A number for these words in this voice."""
    return int.from_bytes(hashlib.sha256(f"{voice}\0{text}".encode()).digest()[:8], "little")


def _frozen(samples: Sound) -> Sound:
    samples.flags.writeable = False
    return samples
