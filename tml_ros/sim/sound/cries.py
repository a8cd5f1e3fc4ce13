"""Somebody shouts for help: float32 [n], 16 kHz, at the level of ordinary speech.

A shouting voice is higher, slower, with as much strength in its high notes as in its low ones, and
rough where it overloads. Knows nothing of places and levels. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy import signal

from tml_ros.sim.sound.noise import Sound
from tml_ros.sim.sound.spoken import SPEECH_DB, Spoken, active_db, speak
from tml_ros.sim.sound.voices import Voice
from tml_ros.sim.split import Band, Pool, Split
from tml_ros.turn.micro_turn import SAMPLE_RATE

CRIES: Final = Pool(
    train=("Help!", "Help me!", "Somebody help!", "Help, help!", "Please help me!", "I need help!"),
    held_out=("Help me, please!", "Can somebody help!", "Help! Over here!", "Help us!"),
)
EFFORT: Final = Band(train=((0.35, 0.6), (0.75, 0.95)), held_out=((0.6, 0.75), (0.95, 1.0)))
"""How hard they shout, 0..1."""

_HIGHER: Final = 34
_SLOWER: Final = 0.86
_PRESENCE_DB: Final = 13.0


def cry(
    lasts: float, voice: Voice, rng: np.random.Generator, split: Split, *, folder: Path | None
) -> Sound:
    """Somebody shouts for help again and again, for about so many seconds, but once at least."""
    effort = EFFORT.draw(rng, split)
    made: list[Sound] = []
    length = 0
    while not made or length < lasts * SAMPLE_RATE:
        call = shouted(CRIES.draw(rng, split), voice, effort=effort, folder=folder).samples
        if made and length + len(call) > (lasts + 0.3) * SAMPLE_RATE:
            break
        rest = np.zeros(round(rng.uniform(0.25, 0.9) * SAMPLE_RATE), np.float32)
        made += [call, rest]
        length += len(call) + len(rest)
    return np.concatenate(made[:-1])


def shouted(text: str, voice: Voice, *, effort: float = 0.7, folder: Path | None = None) -> Spoken:
    """The text shouted; see `speak`. effort: 0 raised voice .. 1 at the top of it."""
    loud = replace(
        voice,
        pitch=min(99, voice.pitch + round(_HIGHER * effort)),
        speed=max(110, round(voice.speed * (1 - (1 - _SLOWER) * effort))),
    )
    said = speak(text, loud, folder=folder)
    if not len(said.samples):
        return said
    tilted = np.asarray(signal.lfilter(*_shelf(_PRESENCE_DB * effort), said.samples), np.float32)
    drive = np.float32((1 + 3 * effort) / np.abs(tilted).max())
    rough = np.tanh(tilted * drive)
    for start_s, end_s in said.pauses:
        rough[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)] = 0
    samples = (rough * np.float32(10 ** ((SPEECH_DB - active_db(rough)) / 20))).astype(np.float32)
    samples.flags.writeable = False
    return Spoken(samples, said.pauses)


def _shelf(gain_db: float) -> tuple[list[float], list[float]]:
    """A high shelf of first order about 1.1 kHz (bilinear)."""
    high = 10 ** (gain_db / 20)
    warped = float(np.tan(np.pi * 1100 / SAMPLE_RATE))
    scale = 1 + warped
    return [(high + warped) / scale, (warped - high) / scale], [1.0, (warped - 1) / scale]
