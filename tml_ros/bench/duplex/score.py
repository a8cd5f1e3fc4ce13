"""One answer to one sample, measured: every figure of its task, by name.

Which definition a figure has stands in `metrics`; None is what could not be measured: of a latency,
because nobody spoke; of what was said, because there are no words. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from tml_ros.bench.duplex.metrics.backchannels import clause_ends, divergence, signs
from tml_ros.bench.duplex.metrics.behaviour import Behaviour, behaviour, right
from tml_ros.bench.duplex.metrics.overlap import overlap_times
from tml_ros.bench.duplex.metrics.takeover import (
    after_the_end,
    answers,
    before_the_end,
    in_a_pause,
)
from tml_ros.bench.duplex.metrics.timing import timing
from tml_ros.bench.duplex.model_speech import ModelSpeech
from tml_ros.bench.duplex.sample import Sample, Span
from tml_ros.bench.duplex.speech_segments import speech_segments
from tml_ros.bench.duplex.task import OVERLAPS, Task

Values = Mapping[str, float | None]


class UnmarkedSampleError(ValueError):
    """A sample lacks what its task is measured by; the message says what."""


def score(sample: Sample, noisy: ModelSpeech, clean: ModelSpeech | None = None) -> Values:
    """The figures of a sample. Raises UnmarkedSampleError."""
    if sample.task in OVERLAPS:
        return _overlap(sample, noisy, clean)
    return _SCORES[sample.task](sample, noisy)


def _pause_handling(sample: Sample, speech: ModelSpeech) -> Values:
    end_s = sample.seconds if sample.turn_end_s is None else sample.turn_end_s
    return {
        "tor": before_the_end(speech, end_s).took_over,
        "tor_in_pause": in_a_pause(speech, sample.pauses) if sample.pauses else None,
    }


def _backchannel(sample: Sample, speech: ModelSpeech) -> Values:
    user = [part.span for part in sample.parts if part.who == "user"]
    heard: list[Span] = user or list(speech_segments(sample.samples, merge_s=0.3))
    said = signs(speech)
    return {
        "tor": before_the_end(speech, sample.seconds).took_over,
        "signs": len(said),
        "seconds": sample.seconds,
        "jsd": divergence(said, clause_ends(heard), sample.seconds),
    }


def _turn_taking(sample: Sample, speech: ModelSpeech) -> Values:
    if sample.turn_end_s is None:
        raise UnmarkedSampleError("the end of the user's turn is not marked")
    return _reply(sample, speech, sample.turn_end_s)


def _interruption(sample: Sample, speech: ModelSpeech) -> Values:
    if sample.overlap is None:
        raise UnmarkedSampleError("the interruption is not marked")
    return _reply(sample, speech, sample.overlap.end_s)


def _reply(sample: Sample, speech: ModelSpeech, end_s: float) -> Values:
    taken = after_the_end(speech, end_s)
    answer_s = answers(speech, end_s)
    return {
        "tor": taken.took_over,
        "latency_s": taken.latency_s,
        "early": taken.early if taken.took_over else None,
        "answers": answer_s is not None,
        "answer_s": answer_s,
        "right": _says(sample, speech, end_s),
    }


def _says(sample: Sample, speech: ModelSpeech, end_s: float) -> bool | None:
    """Whether any stretch from then on says what is right; None where that cannot be told."""
    wanted = [one.says for one in sample.wanted if one.says is not None]
    if not wanted or not speech.has_words:
        return None
    return any(says.holds(one.text) for one in speech.from_s(end_s) for says in wanted)


def _overlap(sample: Sample, noisy: ModelSpeech, clean: ModelSpeech | None) -> Values:
    if sample.overlap is None:
        raise UnmarkedSampleError("the overlap is not marked")
    times = overlap_times(noisy, sample.overlap)
    found = behaviour(sample, noisy, clean)
    return {
        "right": None if found is None else found is right(sample),
        **{one.value: None if found is None else found is one for one in Behaviour},
        "speaking": times.speaking,
        "stopped": times.stopped,
        "stop_s": times.stop_s,
        "response_s": times.response_s,
    }


def _timed(sample: Sample, speech: ModelSpeech) -> Values:
    if not sample.wanted:
        raise UnmarkedSampleError("it is not marked when something is to be said")
    found = timing(sample, speech)
    late = [abs(late_s) for late_s in found.late_s]
    return {
        "right": found.right,
        "on_time": found.on_time,
        "off_s": sum(late) / len(late) if late else None,
    }


def _count(sample: Sample, speech: ModelSpeech) -> Values:
    counted = _number(sample)
    found = timing(sample, speech)
    error = counted if found.error is None else found.error
    known = speech.has_words
    return {
        "right": found.right,
        "off_by_one": (found.error is not None and error <= 1) if known else None,
        "mae": error / counted if known else None,
        "on_time": found.on_time,
    }


def _how_long_ago(sample: Sample, speech: ModelSpeech) -> Values:
    _number(sample)
    found = timing(sample, speech)
    return {"right": found.right, "error_s": found.error, "on_time": found.on_time}


def _number(sample: Sample) -> float:
    if not sample.number or not sample.wanted:
        raise UnmarkedSampleError("the number that is right is not marked")
    return sample.number


_SCORES: Final[Mapping[Task, Callable[[Sample, ModelSpeech], Values]]] = MappingProxyType(
    {
        Task.PAUSE_HANDLING: _pause_handling,
        Task.BACKCHANNEL: _backchannel,
        Task.TURN_TAKING: _turn_taking,
        Task.INTERRUPTION: _interruption,
        Task.SET_TIME: _timed,
        Task.CUE: _timed,
        Task.COUNT: _count,
        Task.HOW_LONG_AGO: _how_long_ago,
    }
)
