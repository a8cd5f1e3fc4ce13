"""From when to when somebody speaks in a recording: by energy alone.

A step of 10 ms is speech where its power is at most 35 dB below the loudest step, and above -55 dB
of full scale; stretches closer together than 0.5 s are one, shorter ones than 50 ms are clicks.
The public benchmark uses Silero VAD and a recogniser's words instead; of recordings with much noise
in them these segments are too long. Pure.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tml_ros.bench.duplex.sample import Samples, Span
from tml_ros.turn.micro_turn import SAMPLE_RATE

STEP_S: Final = 0.01
BELOW_LOUDEST_DB: Final = 35.0
LEAST_DB: Final = -55.0
MERGE_S: Final = 0.5
SHORTEST_S: Final = 0.05


def speech_segments(samples: Samples, *, merge_s: float = MERGE_S) -> tuple[Span, ...]:
    """Segments of float32 [n], mono, 16 kHz, in order, apart by at least `merge_s`."""
    step = round(STEP_S * SAMPLE_RATE)
    whole = samples[: len(samples) // step * step].reshape(-1, step)
    power = np.mean(np.square(whole), axis=1, dtype=np.float64)
    least = max(power.max(initial=0.0) * 10 ** (-BELOW_LOUDEST_DB / 10), 10 ** (LEAST_DB / 10))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], power > least, [False]]).astype(int)))
    found = [Span(low * STEP_S, high * STEP_S) for low, high in edges.reshape(-1, 2).tolist()]
    return tuple(
        span for span in merged(found, merge_s=merge_s) if span.seconds >= SHORTEST_S - 1e-9
    )


def merged(spans: list[Span], *, merge_s: float = MERGE_S) -> list[Span]:
    """Spans in order with those that are closer together than `merge_s` made one."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start_s - out[-1].end_s < merge_s:
            out[-1] = Span(out[-1].start_s, max(out[-1].end_s, span.end_s))
        else:
            out.append(span)
    return out
