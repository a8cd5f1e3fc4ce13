"""Stop and response latency, after Full-Duplex-Bench v1.5 (Lin et al. 2025, arXiv 2507.23159, 2.3).

Of the model's stretches of speech (sound with pauses shorter than 0.5 s) and an overlap [t0, t1]:
- Stop latency, where the model speaks at t0: min(end of that stretch, t1) - t0: how long both
  speak. It ends with the overlap: a model that does not stop has the length of the overlap, and
  `stopped` is no.
- Response latency, where the model is silent at t1: beginning of its next stretch - t1. None where
  it speaks on or says nothing more.
v1.5 also compares prosody before and after the overlap (pitch, intensity, rate, UTMOS); that is
left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.bench.duplex.model_speech import ModelSpeech
from tml_ros.bench.duplex.sample import Span


@dataclass(frozen=True, slots=True)
class OverlapTimes:
    """speaking: the model spoke when it was talked over. stopped: it was silent before the overlap
    ended; None where it did not speak.
    """

    speaking: bool
    stopped: bool | None = None
    stop_s: float | None = None
    response_s: float | None = None


def overlap_times(speech: ModelSpeech, overlap: Span) -> OverlapTimes:
    """Who spoke when."""
    over = speech.speaking_at(overlap.start_s)
    response = None
    if speech.speaking_at(overlap.end_s) is None:
        starts = (one.span.start_s for one in speech.stretches)
        following = min((start for start in starts if start >= overlap.end_s), default=None)
        response = None if following is None else following - overlap.end_s
    if over is None:
        return OverlapTimes(False, response_s=response)
    end_s = min(over.span.end_s, overlap.end_s)
    stopped = over.span.end_s < overlap.end_s
    return OverlapTimes(True, stopped, end_s - overlap.start_s, response)
