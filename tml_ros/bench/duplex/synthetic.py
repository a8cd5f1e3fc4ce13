"""Answers made straight from a sample, to judge the bench: who does everything right, nothing, too
late, or never stops must get the figures that theory gives.

They know the sample and hear nothing. A tone stands for speech. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from tml_ros.bench.duplex.output_words import Word
from tml_ros.bench.duplex.sample import Sample, Span
from tml_ros.bench.duplex.stream import Output, Outputs
from tml_ros.bench.duplex.task import INTERRUPTIONS, OVERLAPS, Task
from tml_ros.turn.micro_turn import SAMPLE_RATE

ANSWERS_AFTER_S: Final = 0.2
ON_TIME_AFTER_S: Final = 0.1
STOPS_AFTER_S: Final = 0.3
SIGN_AFTER_S: Final = 0.4
SIGN_S: Final = 0.4
WORD_S: Final = 0.3
SHORTEST_S: Final = 1.2

Said = tuple[str, Span]


def perfect(sample: Sample, *, late_s: float = 0.0) -> Outputs:
    """Does what is right; late_s: everything but falling silent so much later."""
    if sample.task in (*INTERRUPTIONS, *OVERLAPS):
        return _talked_over(sample, late_s)
    after_s = ANSWERS_AFTER_S if sample.task is Task.TURN_TAKING else ON_TIME_AFTER_S
    said = [_spoken(one.reply, one.due_s + after_s + late_s) for one in sample.wanted]
    if sample.task is Task.BACKCHANNEL:
        begins = [pause.start_s + SIGN_AFTER_S + late_s for pause in sample.pauses]
        said = [("mm-hm", Span(begin, begin + SIGN_S)) for begin in begins]
    return Outputs(_output(sample, said))


def mute(sample: Sample) -> Outputs:
    """Says nothing."""
    return Outputs(_output(sample, ()), None if sample.clean is None else _output(sample, ()))


def endless(sample: Sample) -> Outputs:
    """Never stops talking."""
    talk = _output(sample, [("and so on and on and on", Span(0.0, sample.seconds))])
    return Outputs(talk, None if sample.clean is None else talk)


AGENTS: Final[Mapping[str, Callable[[Sample], Outputs]]] = MappingProxyType(
    {
        "perfect": perfect,
        "0.5 s late": lambda sample: perfect(sample, late_s=0.5),
        "mute": mute,
        "endless": endless,
    }
)


def _talked_over(sample: Sample, late_s: float) -> Outputs:
    (handed,) = sample.handed_over
    over = sample.overlap
    assert over is not None  # noqa: S101 - these tasks have one
    begin = handed.at_s
    whole = (handed.text, Span(begin, sample.seconds))
    clean = None if sample.clean is None else _output(sample, [whole])
    if sample.task not in INTERRUPTIONS:
        return Outputs(_output(sample, [whole]), clean)
    words = handed.text.split()
    until_s = over.start_s + STOPS_AFTER_S
    share = (until_s - begin) / (sample.seconds - begin)
    cut = " ".join(words[: round(share * len(words))])
    said = [(cut, Span(begin, until_s))]
    said += [_spoken(one.reply, one.due_s + ANSWERS_AFTER_S + late_s) for one in sample.wanted]
    return Outputs(_output(sample, said), clean)


def _spoken(text: str, begin_s: float) -> Said:
    return text, Span(begin_s, begin_s + max(SHORTEST_S, WORD_S * len(text.split())))


def _output(sample: Sample, said: Iterable[Said]) -> Output:
    samples = np.zeros(len(sample.samples), np.float32)
    words: list[Word] = []
    for text, span in said:
        low, high = (round(time_s * SAMPLE_RATE) for time_s in span)
        part = samples[low:high]
        part += np.float32(0.2) * np.sin(np.arange(len(part)) * 0.08, dtype=np.float32)
        spelled = text.split()
        step = span.seconds / max(len(spelled), 1)
        words += [
            Word(word, span.start_s + step * place, span.start_s + step * (place + 1))
            for place, word in enumerate(spelled)
        ]
    return Output(samples, tuple(words), sample.seconds)
