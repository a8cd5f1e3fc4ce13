"""Alarms beside the hazards that were there, event by event. Pure.

A *reason* is a hazard's span or a doubt, of the same kind and zone, widened by `before_s` and
`after_s`. An alarm is judged by the moment it is raised:

- Raised within a reason it is right, even where nobody is blamed for its absence. It stands for
  that reason, and for each later one that begins while it is active, as long as it was not
  overlong by then: one alarm held across two visits has told of both, one that is never taken back
  tells nothing.
- Raised where another zone has a reason of the kind it names the wrong zone.
- Raised elsewhere it is false, and what comes while it is still active is not found by it.

An alarm that goes on for more than `overlong_s` after its last reason is overlong, unless its kind
is latching; it is counted apart and is no second false alarm. A hazard is found by the first alarm
that stands for it and was raised not later than `late_s` after it was evident. Quiet time, to which
false alarms are related, is when no zone has a reason of the kind.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from tml_ros.bench.judge.conduct import AlarmSpan
from tml_ros.bench.judge.intervals import joined, length, overlap, without
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.bench.judge.window import EPSILON_S, UNSEEN_S
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.turn.hazard import HazardKind

Reason = HazardSpan | Doubt


@dataclass(frozen=True, slots=True)
class HazardLimits:
    """See the module; seconds."""

    before_s: float = 0.3
    after_s: float = 0.5
    late_s: float = 3.0
    overlong_s: float = 5.0
    latching: bool = False


USUAL = HazardLimits()
MOMENTARY = HazardLimits(after_s=2.0)
"""Over before anybody can judge it: to be told of it afterwards is right."""

LIMITS: Mapping[HazardKind, HazardLimits] = MappingProxyType(
    {HazardKind.IMPACT_SOUND: MOMENTARY, HazardKind.CRY_FOR_HELP: MOMENTARY}
)
"""By kind where they are not the usual ones."""


class AlarmVerdict(str, Enum):
    """What an alarm was when it was raised."""

    RIGHT = "right"
    FALSE = "false"
    WRONG_ZONE = "wrong_zone"


@dataclass(frozen=True, slots=True)
class SpanOutcome:
    """Whether a hazard was found. Void: never evident, or the run ended before it was late.

    delay_s: from evident to the alarm, or to the hazard's beginning where the alarm was up before.
    """

    kind: HazardKind
    zone: str
    start_s: float
    verdict: Verdict
    delay_s: float | None
    why: str


@dataclass(frozen=True, slots=True)
class AlarmOutcome:
    """What an alarm was. overlong: it went on for too long after its last reason."""

    kind: HazardKind
    zone: str
    raised_s: float
    verdict: AlarmVerdict
    overlong: bool = False


@dataclass(frozen=True, slots=True)
class KindTime:
    """Of the run: open_s seconds with a reason in any zone; idle_s: without, but with an alarm."""

    kind: HazardKind
    open_s: float
    idle_s: float


@dataclass(frozen=True, slots=True)
class HazardsJudged:
    """In order of time. times: of each kind that was there or raised, in order of its name."""

    spans: tuple[SpanOutcome, ...]
    alarms: tuple[AlarmOutcome, ...]
    times: tuple[KindTime, ...]


def judge_hazards(
    spans: Iterable[HazardSpan],
    doubts: Iterable[Doubt],
    alarms: Iterable[AlarmSpan],
    seconds: float,
    *,
    limits: Mapping[HazardKind, HazardLimits] = LIMITS,
) -> HazardsJudged:
    """All spans and alarms of a run of so many seconds. limits: by kind, USUAL where not given."""
    spans = sorted(spans, key=lambda s: (s.start_s, s.end_s, s.kind.value, s.zone))
    reasons: list[Reason] = [*spans, *doubts]
    raised = sorted(alarms, key=lambda a: (a.raised_s, _gone(a), a.kind.value, a.zone))
    lives = [_life(alarm, reasons, seconds, limits.get(alarm.kind, USUAL)) for alarm in raised]
    kinds = sorted({item.kind for item in (*reasons, *raised)}, key=lambda kind: kind.value)
    return HazardsJudged(
        tuple(_found(span, lives, seconds, limits.get(span.kind, USUAL)) for span in spans),
        tuple(_alarm(life) for life in lives),
        tuple(_times(kind, reasons, raised, seconds, limits.get(kind, USUAL)) for kind in kinds),
    )


@dataclass(frozen=True, slots=True)
class _Life:
    """An alarm and the reasons that it stands for."""

    alarm: AlarmSpan
    verdict: AlarmVerdict
    reasons: tuple[Reason, ...]
    overlong: bool


def _life(
    alarm: AlarmSpan, reasons: Sequence[Reason], seconds: float, limits: HazardLimits
) -> _Life:
    of_kind = [reason for reason in reasons if reason.kind is alarm.kind]
    here = sorted(
        (reason for reason in of_kind if reason.zone == alarm.zone),
        key=lambda reason: (reason.start_s, reason.end_s),
    )
    stands_for = [reason for reason in here if _within(alarm.raised_s, reason, limits)]
    if not stands_for:
        elsewhere = any(_within(alarm.raised_s, reason, limits) for reason in of_kind)
        verdict = AlarmVerdict.WRONG_ZONE if elsewhere else AlarmVerdict.FALSE
        return _Life(alarm, verdict, (), overlong=False)
    patience_s = math.inf if limits.latching else limits.overlong_s
    covered_s = max(reason.end_s for reason in stands_for)
    for reason in here:
        later = reason not in stands_for and reason.start_s > alarm.raised_s
        if later and reason.start_s <= min(_gone(alarm), covered_s + patience_s) + EPSILON_S:
            stands_for.append(reason)
            covered_s = max(covered_s, reason.end_s)
    ends_s = min(_gone(alarm), seconds)
    overlong = ends_s > covered_s + patience_s + EPSILON_S
    return _Life(alarm, AlarmVerdict.RIGHT, tuple(stands_for), overlong)


def _alarm(life: _Life) -> AlarmOutcome:
    alarm = life.alarm
    return AlarmOutcome(alarm.kind, alarm.zone, alarm.raised_s, life.verdict, life.overlong)


def _found(
    span: HazardSpan, lives: Sequence[_Life], seconds: float, limits: HazardLimits
) -> SpanOutcome:
    def outcome(verdict: Verdict, why: str, delay_s: float | None = None) -> SpanOutcome:
        return SpanOutcome(span.kind, span.zone, span.start_s, verdict, delay_s, why)

    if span.evident_s is None:
        return outcome(Verdict.VOID, "was never evident")
    latest_s = min(span.evident_s + limits.late_s, span.end_s + limits.after_s)
    if latest_s > seconds + UNSEEN_S:
        return outcome(Verdict.VOID, "the scenario ended first")
    standing = [life.alarm for life in lives if span in life.reasons]
    if not standing:
        return outcome(Verdict.WRONG, "no alarm")
    at_s = max(standing[0].raised_s, span.start_s)
    delay_s = at_s - span.evident_s
    if at_s > latest_s + EPSILON_S:
        return outcome(Verdict.WRONG, f"raised {delay_s:.1f} s after it was evident: too late")
    side = "before" if round(delay_s, 2) < 0 else "after"
    return outcome(Verdict.RIGHT, f"raised {abs(delay_s):.2f} s {side} it was evident", delay_s)


def _times(
    kind: HazardKind,
    reasons: Sequence[Reason],
    alarms: Sequence[AlarmSpan],
    seconds: float,
    limits: HazardLimits,
) -> KindTime:
    run = (0.0, seconds)
    there = joined(
        overlap(
            [
                (reason.start_s - limits.before_s, reason.end_s + limits.after_s)
                for reason in reasons
                if reason.kind is kind
            ],
            run,
        )
    )
    up = joined(overlap([(a.raised_s, _gone(a)) for a in alarms if a.kind is kind], run))
    return KindTime(kind, length(there), length(without(up, there)))


def _within(time_s: float, reason: Reason, limits: HazardLimits) -> bool:
    return (
        reason.start_s - limits.before_s - EPSILON_S
        <= time_s
        <= reason.end_s + limits.after_s + EPSILON_S
    )


def _gone(alarm: AlarmSpan) -> float:
    return math.inf if alarm.gone_s is None else alarm.gone_s
