"""The figures of a task over all of its samples, each with its interval.

A share has Wilson's interval, a rate Garwood's, a mean a bootstrap over samples; all 95 %. What was
not measured in a sample does not count in it: `count` says of how many samples a figure is. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tml_ros.bench.duplex.metrics.behaviour import Behaviour
from tml_ros.bench.duplex.metrics.mean import mean
from tml_ros.bench.duplex.score import Values
from tml_ros.bench.duplex.task import OVERLAPS, Task
from tml_ros.bench.judge.interval import Estimate, rate, share


@dataclass(frozen=True, slots=True)
class FigureKind:
    """name: of the value of a sample. unit: "share", "s", "per s" or "". better: "low", "high" or
    "" for neither. about: one line for people.
    """

    name: str
    title: str
    unit: str
    better: str
    about: str


@dataclass(frozen=True, slots=True)
class Figure:
    """estimate: None where nothing was measured. count: of so many samples."""

    kind: FigureKind
    estimate: Estimate | None
    count: int


_TOR_LOW: Final = FigureKind("tor", "takeover rate", "share", "low", "speaks into the user's turn")
_TOR_HIGH: Final = FigureKind("tor", "takeover rate", "share", "high", "replies at all")
_LATENCY: Final = FigureKind(
    "latency_s", "latency", "s", "low", "end of the user's speech to the first word of the reply"
)
_EARLY: Final = FigureKind(
    "early", "spoke already", "share", "low", "of those that reply, began before the user's end"
)
_SHORT: Final = (
    FigureKind("answers", "says anything", "share", "high", "short answers too"),
    FigureKind("answer_s", "after", "s", "low", "to the first sound, of short answers too"),
)
_ANSWERS: Final = FigureKind(
    "right", "right answer", "share", "high", "says what is right, by rule"
)
_RIGHT: Final = FigureKind(
    "right", "right", "share", "high", "the right words at the right time, nothing else"
)
_ON_TIME: Final = FigureKind("on_time", "on time", "share", "high", "whatever the words are")
_OVERLAP: Final = (
    FigureKind("right", "right behaviour", "share", "high", "responds to what is meant for it"),
    *(
        FigureKind(one.value, one.value, "share", "", "class of behaviour, by rule")
        for one in Behaviour
    ),
    FigureKind("speaking", "was speaking", "share", "", "when it was talked over"),
    FigureKind(
        "stopped", "stopped", "share", "", "of those speaking, silent before the overlap's end"
    ),
    FigureKind("stop_s", "stop latency", "s", "low", "both speak, from the overlap's beginning"),
    FigureKind("response_s", "response latency", "s", "low", "overlap's end to next speech"),
)

KINDS: Final[Mapping[Task, tuple[FigureKind, ...]]] = MappingProxyType(
    {
        Task.PAUSE_HANDLING: (
            _TOR_LOW,
            FigureKind("tor_in_pause", "in a pause", "share", "low", "takeover begins in a pause"),
        ),
        Task.BACKCHANNEL: (
            _TOR_LOW,
            FigureKind("signs", "frequency", "per s", "high", "signs of listening"),
            FigureKind("jsd", "divergence", "", "low", "of their times, from the reference; 0..1"),
        ),
        Task.TURN_TAKING: (_TOR_HIGH, _LATENCY, _EARLY, *_SHORT, _ANSWERS),
        Task.INTERRUPTION: (_TOR_HIGH, _LATENCY, _EARLY, *_SHORT, _ANSWERS),
        **dict.fromkeys(OVERLAPS, _OVERLAP),
        Task.SET_TIME: (
            _RIGHT,
            _ON_TIME,
            FigureKind("off_s", "off by", "s", "low", "of those on time, from the due moment"),
        ),
        Task.CUE: (
            _RIGHT,
            _ON_TIME,
            FigureKind("off_s", "late by", "s", "low", "of those on time, after the sound"),
        ),
        Task.COUNT: (
            _RIGHT,
            FigureKind("off_by_one", "off by one at most", "share", "high", "OBO of RepCount"),
            FigureKind("mae", "error", "", "low", "|said - counted| / counted; MAE of RepCount"),
            _ON_TIME,
        ),
        Task.HOW_LONG_AGO: (
            _RIGHT,
            FigureKind("error_s", "off by", "s", "low", "of those that say a number"),
            _ON_TIME,
        ),
    }
)
"""The first of each task is its head figure."""


def figures(task: Task, values: Sequence[Values], *, seed: int = 0) -> tuple[Figure, ...]:
    """All figures of a task. values: of each sample."""
    return tuple(_figure(kind, values, seed) for kind in KINDS[task])


def _figure(kind: FigureKind, values: Sequence[Values], seed: int) -> Figure:
    known = [float(one[kind.name] or 0.0) for one in values if one[kind.name] is not None]
    if kind.unit == "share":
        return Figure(kind, share(round(sum(known)), len(known)), len(known))
    if kind.unit == "per s":
        hours = sum(float(one["seconds"] or 0.0) for one in values) / 3600
        hourly = rate(round(sum(known)), hours)
        return Figure(kind, None if hourly is None else _per_second(hourly), len(known))
    return Figure(kind, mean(known, seed=seed), len(known))


def _per_second(hourly: Estimate) -> Estimate:
    low, high = (None if one is None else one / 3600 for one in (hourly.low, hourly.high))
    return Estimate(hourly.value / 3600, low, high)
