"""An example laid out to be drawn: who sounded when, beside what was marked. Percent and units.

Knows nothing of HTML. x runs over the sample, 0..1000; a lane's waveform is 40 units high, its
middle at 20. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from tml_ros.bench.duplex.model_speech import Stretch
from tml_ros.bench.duplex.sample import Sample, Samples
from tml_ros.bench.duplex.tally import Example

WIDTH: Final = 1000.0
COLUMNS: Final = 500
HALF: Final = 18.0


@dataclass(frozen=True, slots=True)
class Mark:
    """What was marked in the sample. look: "pause", "overlap", "wanted" or "end"."""

    look: str
    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a model's speech."""

    x: float
    width: float
    takes_over: bool
    at: str
    words: str


@dataclass(frozen=True, slots=True)
class Lane:
    """wave: path of its waveform, "" for none."""

    name: str
    wave: str
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True, slots=True)
class Tick:
    """A second on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The user's lane comes first."""

    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]


def chart_of(example: Example) -> Chart:
    """Of one sample and all models."""
    sample = example.sample
    scale = WIDTH / sample.seconds
    lanes = [Lane("user", _wave(sample.samples, len(sample.samples)))]
    for model, outputs in example.outputs.items():
        noisy = outputs.noisy
        wave = "" if noisy.samples is None else _wave(noisy.samples, len(sample.samples))
        stretches = noisy.speech.stretches
        lanes.append(Lane(model, wave, tuple(_bar(one, scale) for one in stretches)))
    step = 1 if sample.seconds <= 10 else 2 if sample.seconds <= 24 else 5
    ticks = (
        Tick(second * scale, f"{second} s") for second in range(0, int(sample.seconds) + 1, step)
    )
    return Chart(tuple(lanes), tuple(_marks(sample, scale)), tuple(ticks))


def _marks(sample: Sample, scale: float) -> list[Mark]:
    marks = [
        Mark("pause", span.start_s * scale, span.seconds * scale, "pause in thought")
        for span in sample.pauses
    ]
    if sample.overlap is not None:
        span = sample.overlap
        marks.append(Mark("overlap", span.start_s * scale, span.seconds * scale, "overlap"))
    for wanted in sample.wanted:
        span = wanted.window
        words = f"speech is wanted to begin here: {wanted.reply}"
        marks.append(Mark("wanted", span.start_s * scale, span.seconds * scale, words))
    if sample.turn_end_s is not None:
        marks.append(Mark("end", sample.turn_end_s * scale, 0.0, "the user has finished"))
    return marks


def _bar(stretch: Stretch, scale: float) -> Bar:
    low, high = stretch.span
    what = "" if stretch.takes_over else " (too short to take the turn)"
    words = stretch.text or "(words unknown)"
    return Bar(
        low * scale,
        (high - low) * scale,
        stretch.takes_over,
        f"{low:.2f} to {high:.2f} s",
        f"{words}{what}",
    )


def _wave(samples: Samples, length: int) -> str:
    """An outline over the length of the sample; loudness as ears take it, its root."""
    step = math.ceil(length / COLUMNS)
    padded = np.pad(samples[:length], (0, max(0, step * COLUMNS - len(samples[:length]))))
    peaks = np.sqrt(np.abs(padded.reshape(-1, step)).max(axis=1))
    loudest = float(peaks.max(initial=0.0))
    if not loudest:
        return ""
    x = np.arange(len(peaks)) * (WIDTH * step / length)
    high = 20 - HALF * peaks / max(loudest, 0.3)
    low = 40 - high
    upper = [f"{a:.1f} {b:.1f}" for a, b in zip(x, high, strict=True)]
    lower = [f"{a:.1f} {b:.1f}" for a, b in zip(x[::-1], low[::-1], strict=True)]
    return f"M{' L'.join(upper + lower)} Z"
