"""What happened about a mistake, as rows of bars: what was there, who raised what, who spoke.

Geometry and words only; the page draws. Knows nothing of SVG. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.judge.conduct import AlarmSpan, Conduct, Speaker
from tml_ros.bench.judge.window import line_starts, windows
from tml_ros.sim.truth.truth import Truth
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import TURN_NS

BEFORE_S, AFTER_S = 8.0, 10.0
_MOST_TRUTHS = 5
"""Rows of what was there."""
_LEAST = 0.4
"""Percent: what is shorter is drawn so wide, to be seen."""
_STEP_S = 2.0

Scores = Mapping[tuple[HazardKind, str], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Bar:
    """at, width: percent of the chart. look: what the page's sheet calls it."""

    at: float
    width: float
    look: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """name: what it is of; more: in smaller letters below. curve: "x,y ..." in percent, or ""."""

    name: str
    more: str
    bars: tuple[Bar, ...]
    curve: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Something said, for the list below the chart. who: "cell" or a person. mine: the cell's."""

    at_s: float
    who: str
    text: str
    mine: bool


@dataclass(frozen=True, slots=True)
class ExampleChart:
    """ticks: where, percent, and what to write there. mark: the moment that is looked at."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    mark: float
    heard: Bar | None
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """Everything of a scenario that a chart may show. names, judged: of the opinions there are."""

    truth: Truth
    conduct: Conduct
    alarms: Mapping[Opinion, tuple[AlarmSpan, ...]]
    scores: Scores
    names: Mapping[Opinion, str]
    judged: Mapping[Opinion, frozenset[HazardKind]]


def example_chart(
    happened: Happened,
    at_s: float,
    *,
    kind: HazardKind | None = None,
    zone: str = "",
    expectation: int | None = None,
    heard: tuple[float, float] | None = None,
) -> ExampleChart:
    """The chart about a moment.

    kind, zone: what the mistake is about, where it is an alarm's. expectation: its index in the
    truth, where it is one of behaviour. heard: from when to when one can listen, s.
    """
    seconds = happened.conduct.seconds
    view = _View(max(0.0, at_s - BEFORE_S), min(seconds, at_s + AFTER_S))
    rows = [
        *_there(happened, view, kind, zone),
        *_raised(happened, view, kind, zone),
        *_scored(happened, view, kind, zone),
        *_people(happened, view),
        *_cell(happened, view, expectation),
    ]
    return ExampleChart(
        rows=tuple(rows),
        ticks=view.ticks(),
        mark=view.percent(at_s),
        heard=None if heard is None else view.bar(*heard, "heard", "what one can listen to"),
        said=tuple(sorted(_said(happened, view), key=lambda said: said.at_s)),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """The stretch of time that is shown."""

    from_s: float
    to_s: float

    def percent(self, at_s: float) -> float:
        """Where a moment lies."""
        share = (at_s - self.from_s) / max(self.to_s - self.from_s, 1e-9)
        return round(100 * min(1.0, max(0.0, share)), 3)

    def bar(self, start_s: float, end_s: float, look: str, words: str) -> Bar:
        """A stretch, as far as it is in view."""
        at, end = self.percent(start_s), self.percent(end_s)
        width = max(_LEAST, round(end - at, 3))
        return Bar(min(at, 100 - width), width, look, f"{words}, {start_s:.1f} to {end_s:.1f} s")

    def shows(self, start_s: float, end_s: float) -> bool:
        """Whether any of it is in view."""
        return end_s > self.from_s and start_s < self.to_s

    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Every two seconds."""
        first = np.ceil(self.from_s / _STEP_S) * _STEP_S
        return tuple(
            (self.percent(float(at)), f"{at:g}")
            for at in np.arange(first, self.to_s + 1e-9, _STEP_S)
        )


def _there(happened: Happened, view: _View, kind: HazardKind | None, zone: str) -> Iterator[Row]:
    truth = happened.truth
    spans = [one for one in truth.hazards if view.shows(one.start_s, one.end_s)]
    doubts = [one for one in truth.doubts if view.shows(one.start_s, one.end_s)]
    keys = {(one.kind, one.zone): None for one in spans}
    keys |= {(one.kind, one.zone): None for one in doubts}
    if kind is not None:
        keys = {(kind, zone): None, **keys}
    for of_kind, of_zone in list(keys)[:_MOST_TRUTHS]:
        bars = [
            view.bar(one.start_s, one.end_s, "doubt", "neither right nor wrong")
            for one in doubts
            if (one.kind, one.zone) == (of_kind, of_zone)
        ]
        for one in spans:
            if (one.kind, one.zone) != (of_kind, of_zone):
                continue
            bars.append(view.bar(one.start_s, one.end_s, "there", "it was there"))
            if one.evident_s is not None and one.evident_s < one.end_s:
                evident = view.bar(one.evident_s, one.end_s, "evident", "evident")
                bars.append(evident)
        there = "there" if bars else "not there"
        yield Row(_words(of_kind), f"{_words(of_zone)}: {there}", tuple(bars))


def _raised(happened: Happened, view: _View, kind: HazardKind | None, zone: str) -> Iterator[Row]:
    """Of guards and model each; both together have no more alarms than they."""
    for opinion, name in happened.names.items():
        spans = [
            (one, happened.conduct.seconds if one.gone_s is None else one.gone_s)
            for one in happened.alarms.get(opinion, ())
        ]
        shown = [(one, gone) for one, gone in spans if view.shows(one.raised_s, gone)]
        others = [(one, gone) for one, gone in shown if (one.kind, one.zone) != (kind, zone)]
        bars = [
            view.bar(one.raised_s, gone, "other", f"{_words(one.kind)} {_words(one.zone)}")
            for one, gone in others
        ]
        bars += [
            view.bar(one.raised_s, gone, "raised", "alarm")
            for one, gone in shown
            if (one.kind, one.zone) == (kind, zone)
        ]
        about_it = kind is not None and kind in happened.judged.get(opinion, ())
        if opinion is not Opinion.BOTH and (bars or about_it):
            told = ", ".join(dict.fromkeys(_words(one.kind) for one, _ in others))
            yield Row(f"{name}: alarms", f"pale: {told}" if told else "", tuple(bars))


def _scored(happened: Happened, view: _View, kind: HazardKind | None, zone: str) -> Iterator[Row]:
    scores = None if kind is None else happened.scores.get((kind, zone))
    if scores is None:
        return
    turn_s = TURN_NS / 1e9
    points = [
        f"{view.percent(turn_s * (turn + 1))},{100 - 100 * min(1.0, float(score)):.1f}"
        for turn, score in enumerate(np.nan_to_num(scores))
        if view.from_s <= turn_s * (turn + 1) <= view.to_s
    ]
    if points:
        yield Row("score", "of the model, 0 to 1", (), " ".join(points))


def _people(happened: Happened, view: _View) -> Iterator[Row]:
    bars = [
        view.bar(start, end, "person", f"{who}: {text}")
        for who, text, start, end in _lines(happened)
        if view.shows(start, end)
    ]
    if bars:
        yield Row("people", "speak", tuple(bars))


def _cell(happened: Happened, view: _View, expectation: int | None) -> Iterator[Row]:
    bars = []
    if expectation is not None:
        window = windows(happened.truth, happened.conduct)[expectation]
        if window is not None:
            bars.append(view.bar(window.opens_s, window.closes_s, "window", "the time for it"))
    for one in happened.conduct.utterances:
        if view.shows(one.start_s, one.end_s):
            look = "sign" if one.backchannel else one.by.value
            bars.append(view.bar(one.start_s, one.end_s, look, f"cell: {one.text}"))
    yield Row("cell", "speaks", tuple(bars))


def _said(happened: Happened, view: _View) -> Iterable[Said]:
    for who, text, start, end in _lines(happened):
        if view.shows(start, end):
            yield Said(start, _words(who), text, mine=False)
    for one in happened.conduct.utterances:
        if view.shows(one.start_s, one.end_s):
            who = "warning" if one.by is Speaker.GUARDIAN else "cell"
            yield Said(one.start_s, who, one.text or "(sounds without words)", mine=True)


def _lines(happened: Happened) -> Iterator[tuple[str, str, float, float]]:
    """Who said what from when to when; lines that were never said are not in it."""
    starts = line_starts(happened.truth, happened.conduct)
    for line in happened.truth.lines:
        if line.index in starts:
            yield line.who, line.text, starts[line.index], starts[line.index] + line.seconds


def _words(name: str | HazardKind) -> str:
    return str(name.value if isinstance(name, HazardKind) else name).replace("_", " ")
