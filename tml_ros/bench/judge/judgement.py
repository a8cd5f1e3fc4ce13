"""One run of one scenario, judged: the door of the judge. Pure.

What it finds is a small record that can be written as JSON, read again, and totalled with others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import TypeAdapter

from tml_ros.bench.judge.behaviour import behaviour_in
from tml_ros.bench.judge.conduct import Conduct
from tml_ros.bench.judge.hazards import (
    LIMITS,
    AlarmOutcome,
    HazardLimits,
    KindTime,
    SpanOutcome,
    judge_hazards,
)
from tml_ros.bench.judge.outcome import Outcome
from tml_ros.bench.judge.scene import Interval, scene_of
from tml_ros.bench.judge.unprovoked import Unprovoked, unprovoked
from tml_ros.sim.truth.truth import Truth
from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class Judgement:
    """seconds: how long the run was. outcomes: one for each expectation, in their order."""

    scenario: str
    seconds: float
    outcomes: tuple[Outcome, ...]
    spans: tuple[SpanOutcome, ...]
    alarms: tuple[AlarmOutcome, ...]
    times: tuple[KindTime, ...]
    unprovoked: tuple[Unprovoked, ...]


def judge(
    truth: Truth,
    conduct: Conduct,
    *,
    scenario: str = "",
    allowed: Iterable[Interval] = (),
    limits: Mapping[HazardKind, HazardLimits] = LIMITS,
) -> Judgement:
    """What was done, beside what would have been right.

    scenario: its name, for people. allowed: further times (from, to) in which speech is no mistake.
    limits: of hazards, by kind where they are not the usual ones.
    """
    scene = scene_of(truth, conduct, allowed=allowed)
    hazards = judge_hazards(
        truth.hazards, truth.doubts, conduct.alarms, conduct.seconds, limits=limits
    )
    return Judgement(
        scenario=scenario,
        seconds=conduct.seconds,
        outcomes=behaviour_in(scene, truth),
        spans=hazards.spans,
        alarms=hazards.alarms,
        times=hazards.times,
        unprovoked=unprovoked(scene),
    )


def as_plain(record: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass of the judge
    """A judgement or totals as dicts, lists, texts and numbers, ready for JSON."""
    return {field.name: _plain(getattr(record, field.name)) for field in dataclasses.fields(record)}


def judgement_of(plain: Mapping[str, Any]) -> Judgement:
    """What `as_plain` made, also after it went through JSON. Raises pydantic's ValidationError."""
    return _READER.validate_python(plain)


_READER = TypeAdapter(Judgement)


def _plain(value: Any) -> Any:  # noqa: ANN401 - walks down whatever a record is made of
    if dataclasses.is_dataclass(value):
        return as_plain(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
