"""What is there to fool an ear: fans, tones that are no sirens, a radio.

float32 [n], 16 kHz, RMS 1 while they sound. Knows nothing of places and levels. Pure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from tml_ros.sim.sound.noise import Sound, convolved, faded, noise, seconds, tone, turns_of, unit
from tml_ros.sim.sound.spoken import speak
from tml_ros.sim.sound.voices import drawn_voice
from tml_ros.sim.split import Band, Pool, Split
from tml_ros.turn.micro_turn import SAMPLE_RATE

FAN_HZ: Final = Band(train=((38, 62), (80, 120)), held_out=((62, 80), (120, 140)))
"""Blades that pass."""
AIR_HZ: Final = Band(train=((350, 650), (900, 1500)), held_out=((650, 900), (1500, 1900)))
BEEP_HZ: Final = Band(
    train=((950, 1150), (1300, 1700), (2100, 2600)), held_out=((1150, 1300), (1700, 2100))
)
BEEP_S: Final = Band(train=((0.08, 0.2), (0.35, 0.55)), held_out=((0.2, 0.35), (0.55, 0.62)))
TEMPO: Final = Band(train=((70, 92), (104, 128)), held_out=((92, 104), (128, 140)))
KEY_HZ: Final = Band(train=((110, 150), (175, 205)), held_out=((150, 175), (205, 220)))
SYLLABLES: Final = Pool(
    train=("ba", "ton", "li", "mer", "sho", "kan", "du", "ves", "ro", "pel", "tin", "ga", "oss"),
    held_out=("fa", "run", "si", "ker", "cho", "lam", "vu", "bes", "no", "gol", "min", "ja"),
)
"""Of what a radio says: the sound of speech without a word in it."""

_CHORDS: Final = (
    (0, 4, 7), (5, 9, 12), (7, 11, 14), (-3, 0, 4), (2, 5, 9)
)  # fmt: skip


def fan(lasts: float, rng: np.random.Generator, split: Split) -> Sound:
    """Runs up, blows, and runs down."""
    count = max(1, round(lasts * SAMPLE_RATE))
    turns = turns_of(FAN_HZ.draw(rng, split), count, rng.uniform())
    corner = AIR_HZ.draw(rng, split)
    air = noise(count, rng, ((60, -6), (150, 0), (corner, -2), (3 * corner, -16), (7600, -30)))
    air *= 1 + np.float32(rng.uniform(0.1, 0.35)) * tone(turns, [1.0])
    hum = tone(turns, rng.lognormal(0, 0.4, 5) / np.arange(1, 6))
    made = unit(air) + np.float32(rng.uniform(0.2, 0.7)) * unit(hum)
    return faded(unit(made), min(0.7, lasts / 3))


def beeps(lasts: float, rng: np.random.Generator, split: Split) -> Sound:
    """Beeps of one pitch in an even rhythm, or a machine's short signal now and then."""
    count = max(1, round(lasts * SAMPLE_RATE))
    times = seconds(count)
    hertz, length = BEEP_HZ.draw(rng, split), BEEP_S.draw(rng, split)
    if rng.uniform() < 0.6:
        sounds = times % (2 * length) < length
    else:
        number, pause = int(rng.integers(1, 4)), rng.uniform(1.2, 3.0)
        beat = times % (1.6 * number * length + pause)
        sounds = (beat < 1.6 * number * length) & (beat % (1.6 * length) < length)
    share = rng.uniform(0.05, 0.6)
    harmonics = [share**number for number in range(1 + int(7000 / hertz))]
    edge = np.hanning(98)[1:-1] / np.hanning(98).sum()
    made = tone(turns_of(hertz, count), harmonics) * np.convolve(sounds, edge, "same")
    loud = float(np.sqrt(np.mean(np.square(made[sounds]))))
    return (made / loud).astype(np.float32)


def radio(
    lasts: float, rng: np.random.Generator, split: Split, *, folder: Path | None = None
) -> Sound:
    """Talk over music, as a small loudspeaker gives it."""
    count = max(1, round(lasts * SAMPLE_RATE))
    talk = np.zeros(count, np.float32)
    at, voice = 0, drawn_voice(rng, split)
    while at < count:
        words = (
            "".join(SYLLABLES.draw(rng, split) for _ in range(int(rng.integers(1, 4))))
            for _ in range(int(rng.integers(4, 11)))
        )
        said = speak(" ".join(words), voice, folder=folder).samples
        part = talk[at : at + len(said)]
        part += said[: len(part)]
        at += len(said) + round(rng.exponential(0.9) * SAMPLE_RATE) + 2000
        if rng.uniform() < 0.3:
            voice = drawn_voice(rng, split)
    both = unit(talk) + np.float32(rng.uniform(0.25, 1.0)) * unit(_music(count, rng, split))
    small = noise(400, rng, ((250, -40), (400, 0), (3200, 0), (3800, -40)))
    # A short piece of such noise is an uneven band filter, as a cheap loudspeaker is one.
    small *= np.exp(-seconds(400) * 900).astype(np.float32)
    return faded(unit(convolved(both, small)[:count]), 0.05)


def _music(count: int, rng: np.random.Generator, split: Split) -> Sound:
    """Chords that are plucked, over a beat."""
    beat = 60 / TEMPO.draw(rng, split)
    key = KEY_HZ.draw(rng, split)
    order = rng.integers(0, len(_CHORDS), 4)
    made = np.zeros(count, np.float32)
    times = seconds(round(1.2 * beat * SAMPLE_RATE))
    dying = np.exp(-times * 3.0)
    knock = noise(len(times), rng, ((60, -20), (2000, 0), (6000, 0))) * np.exp(-times * 70)
    knock *= 0.6 / np.abs(knock).max()
    strums = {}
    for index in set(order.tolist()):
        strum = np.zeros(len(times))
        for note in _CHORDS[index]:
            turns = key * 2 ** (note / 12) * times
            strum += tone(turns, (1.0, 0.6, 0.4, 0.25, 0.15))
        strums[index] = (dying * strum + knock).astype(np.float32)
    for number in range(int(count / (beat * SAMPLE_RATE)) + 1):
        begin = round(number * beat * SAMPLE_RATE)
        part = made[begin : begin + len(times)]
        part += strums[int(order[number // 4 % 4])][: len(part)]
    return made
