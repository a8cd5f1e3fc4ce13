"""Takeover and latency, after Full-Duplex-Bench v1.0 (Lin et al. 2025, arXiv 2503.04721, sec. 3).

TO of a sample is 1 where the model takes the turn over and 0 where it is silent or only gives signs
of listening (`model_speech` has the rule); the takeover rate TOR is the mean of TO.
- Pause handling, backchannel: TO over all that begins before the user has finished. Low is good.
- Turn taking: TO over all that goes on or begins after the user's last word. High is good.
- User interruption: the same after the end of the interruption; what was being said goes on from
  there as if it began there. High is good.
Latency = beginning of the reply's first word - end of the user's speech, of samples with TO = 1 by
the first stretch that takes over; one that had begun before counts as 0, as in the public scripts.
A model that never stops talking has TOR 1 and latency 0 in turn taking: read it beside the pauses.

A cell's answers are short, and "I cannot tell." is a backchannel by that rule. So beside TOR stands
`answers`: whether any speech at all begins from the user's end on, or goes on then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tml_ros.bench.duplex.model_speech import ModelSpeech, Stretch
from tml_ros.bench.duplex.sample import Span


@dataclass(frozen=True, slots=True)
class Takeover:
    """latency_s: None where nobody took over. early: it had begun before the user's end."""

    took_over: bool
    latency_s: float | None = None
    early: bool = False


def before_the_end(speech: ModelSpeech, end_s: float) -> Takeover:
    """Whether it takes over while the user still has the turn."""
    first = _first(one for one in speech.stretches if one.span.start_s < end_s)
    return Takeover(first is not None)


def in_a_pause(speech: ModelSpeech, pauses: tuple[Span, ...]) -> bool:
    """Whether a takeover begins within a pause."""
    return any(
        pause.start_s <= one.span.start_s < pause.end_s
        for one in speech.stretches
        if one.takes_over
        for pause in pauses
    )


def after_the_end(speech: ModelSpeech, end_s: float) -> Takeover:
    """Whether it takes over from the end of the user's speech on, and how soon."""
    first = _first(speech.from_s(end_s))
    if first is None:
        return Takeover(False)
    early = speech.speaking_at(end_s) is not None and first.span.start_s <= end_s
    return Takeover(True, first.span.start_s - end_s, early)


def answers(speech: ModelSpeech, end_s: float) -> float | None:
    """How long after the end of the user's speech anything is said; None for nothing."""
    return next((one.span.start_s - end_s for one in speech.from_s(end_s)), None)


def _first(stretches: Iterable[Stretch]) -> Stretch | None:
    return next((one for one in stretches if one.takes_over), None)
