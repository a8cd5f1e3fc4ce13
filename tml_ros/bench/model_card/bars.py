"""What a model has to reach, and whether it does. Pure.

Each bar is held against one figure of an evaluation with looks that were never trained; where
several have it, against the one with most to judge. Thresholds are those that the weights came
with, not any that suit the scenarios they are judged on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.wording import plain
from tml_ros.bench.judge.interval import Estimate, share
from tml_ros.bench.judge.outcome import Fault
from tml_ros.bench.model_bars import (
    HAZARDS,
    PLAIN,
    RIGHT_REPLIES,
    UNASKED_PER_HOUR,
    WITH_GUARDS,
    HazardBar,
)
from tml_ros.bench.model_card.evidence import REPLIES, Done, Evaluation, Evidence
from tml_ros.sim.truth.expectation import Rule
from tml_ros.turn.hazard import HazardKind

HARD = (
    HazardKind.PERSON_DOWN,
    HazardKind.SMOKE_OR_FIRE,
    HazardKind.VEHICLE_NEAR_PERSON,
    HazardKind.MISSING_HELMET,
)
WARNED_S = 0.6
QUIET_DB, NOISY_DB = 5.0, 0.0


class Unit(str, Enum):
    """What a figure is in."""

    SHARE = "share"
    SECONDS = "s"
    PER_HOUR = "an hour"
    MS = "ms"


class Standing(str, Enum):
    """How a figure stands to its bar."""

    MET = "met"
    UNSURE = "met, not for certain"
    """The figure reaches it, the worse end of its interval does not."""
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Measured:
    """count: how many it is of, None where that means nothing. command: what measured it."""

    estimate: Estimate
    count: int | None
    command: str


@dataclass(frozen=True, slots=True)
class Bar:
    """limit: to be reached; with `most` not to be exceeded. find: its figure, if there is one."""

    what: str
    limit: float
    unit: Unit
    find: Callable[[Evidence], Measured | None]
    most: bool = False

    def held(self, evidence: Evidence) -> Held:
        """Beside what was measured."""
        found = self.find(evidence)
        if found is None:
            return Held(self, None, Standing.NOT_MEASURED)
        worst = found.estimate.high if self.most else found.estimate.low
        if not self._reaches(found.estimate.value):
            return Held(self, found, Standing.MISSED)
        sure = worst is None or self._reaches(worst)
        return Held(self, found, Standing.MET if sure else Standing.UNSURE)

    def _reaches(self, value: float) -> bool:
        return value <= self.limit if self.most else value >= self.limit


@dataclass(frozen=True, slots=True)
class Held:
    """A bar, and what became of it."""

    bar: Bar
    measured: Measured | None
    standing: Standing


def held_bars(evidence: Evidence) -> tuple[Held, ...]:
    """All bars, in the order in which they are told."""
    return tuple(bar.held(evidence) for bar in bars())


def bars() -> Iterator[Bar]:
    """All of them."""
    for kind in PLAIN:
        yield from _hazard(kind, Opinion.MODEL, HAZARDS[kind])
        late = partial(_of_hazard, kind=kind, opinion=Opinion.MODEL, key="delay_p95")
        yield Bar(f"model alone, {plain(kind.value)}: delay, p95", 0.8, Unit.SECONDS, late, True)
    for kind in HARD:
        yield from _hazard(kind, Opinion.MODEL, HAZARDS[kind])
    for kind in PLAIN:
        yield from _hazard(kind, Opinion.BOTH, WITH_GUARDS)
    yield from _talk()
    yield Bar("voice: understood, of what is of espeak-ng", 0.95, Unit.SHARE, _voice)
    yield Bar("one turn, p99", 20.0, Unit.MS, _turn, True)


def _hazard(kind: HazardKind, by: Opinion, bar: HazardBar) -> Iterator[Bar]:
    who = "guards and model" if by is Opinion.BOTH else "model alone"
    name = f"{who}, {plain(kind.value)}"
    find = partial(_of_hazard, kind=kind, opinion=by)
    yield Bar(f"{name}: found", bar.recall, Unit.SHARE, partial(find, key="recall"))
    false = partial(find, key="false_per_hour")
    yield Bar(f"{name}: false alarms", bar.per_hour, Unit.PER_HOUR, false, True)


def _talk() -> Iterator[Bar]:
    quiet = partial(_replies, least=QUIET_DB, below=None)
    noisy = partial(_replies, least=NOISY_DB, below=QUIET_DB)
    yield Bar("right reply, speech 5 dB or more above all else", RIGHT_REPLIES, Unit.SHARE, quiet)
    yield Bar("right reply, 0 to 5 dB", 0.85, Unit.SHARE, noisy)
    for percent, limit in ((50, 0.35), (95, 0.6)):
        find = partial(_of_rule, rule=Rule.ANSWER, key=f"delay_p{percent}")
        yield Bar(f"answers begin after a question, p{percent}", limit, Unit.SECONDS, find, True)
    for rule, name in (
        (Rule.HOLD, "takes over in a pause for thought"),
        (Rule.QUIET, "answers chatter that is not meant for it"),
    ):
        yield Bar(name, 0.05, Unit.SHARE, partial(_wrong_of_rule, rule=rule), True)
    yield Bar("speaks unasked", UNASKED_PER_HOUR, Unit.PER_HOUR, _unasked, True)
    fall_silent = partial(_of_rule, rule=Rule.FALL_SILENT, key="share")
    yield Bar("silent in time when told to stop or talked over", 0.95, Unit.SHARE, fall_silent)
    yield Bar(f"warns within {WARNED_S:g} s", 0.9, Unit.SHARE, _warned)
    set_time = partial(_of_rule, rule=Rule.AT_TIME, key="share")
    yield Bar("speaks within 0.4 s of a time that was set", 0.9, Unit.SHARE, set_time)
    yield Bar("counts, off by one at most", 0.8, Unit.SHARE, _counts)


def _of_hazard(
    evidence: Evidence, *, kind: HazardKind, opinion: Opinion, key: str
) -> Measured | None:
    def row(one: Evaluation) -> Mapping[str, Any] | None:
        found = one.of_hazards["hazards"].get(opinion.value, {}).get(kind.value)
        return found if found and found["spans"] else None

    return _most(evidence, row, "spans", lambda found: _estimate(found[key]))


def _of_rule(evidence: Evidence, *, rule: Rule, key: str) -> Measured | None:
    return _most(
        evidence, partial(_rule_row, rule=rule), "count", lambda found: _estimate(found[key])
    )


def _wrong_of_rule(evidence: Evidence, *, rule: Rule) -> Measured | None:
    return _most(
        evidence,
        partial(_rule_row, rule=rule),
        "count",
        lambda found: share(found["count"] - found["right"], found["count"]),
    )


def _counts(evidence: Evidence) -> Measured | None:
    def close(found: Mapping[str, Any]) -> Estimate | None:
        near = found["right"] + found["faults"].get(Fault.OFF_BY_ONE.value, 0)
        return share(near, found["count"])

    return _most(evidence, partial(_rule_row, rule=Rule.COUNT), "count", close)


def _rule_row(one: Evaluation, rule: Rule) -> Mapping[str, Any] | None:
    found = one.told["all"]["behaviour"].get(rule.value)
    return found if found and found["count"] else None


def _unasked(evidence: Evidence) -> Measured | None:
    """Of the run that is about talk, where there is one: silence is no merit where nobody talks."""

    def figures(one: Evaluation) -> Mapping[str, Any] | None:
        talks = one.told["suites"].get("dialogue")
        return talks if talks and talks["unprovoked_per_hour"] else None

    found = _most(evidence, figures, "hours", lambda row: _estimate(row["unprovoked_per_hour"]))
    return found and Measured(found.estimate, None, found.command)


def _replies(evidence: Evidence, *, least: float, below: float | None) -> Measured | None:
    return _share_of_done(
        evidence,
        lambda one: (
            one.rule in REPLIES
            and one.snr_db is not None
            and one.snr_db >= least
            and (below is None or one.snr_db < below)
        ),
        lambda one: one.right,
    )


def _warned(evidence: Evidence) -> Measured | None:
    return _share_of_done(
        evidence,
        lambda one: one.rule is Rule.WARN,
        lambda one: one.right and one.delay_s is not None and one.delay_s <= WARNED_S,
    )


def _voice(evidence: Evidence) -> Measured | None:
    for one in evidence.counted:
        heard = ((one.told.get("voice") or {}).get("understood") or {}).get("all")
        if heard and heard["originals"]:
            # Of a phrase that espeak-ng itself cannot make understood nothing can be told.
            right, count = min(heard["right"], heard["originals"]), heard["originals"]
            estimate = share(right, count)
            return Measured(estimate, count, one.command) if estimate else None
    return None


def _turn(evidence: Evidence) -> Measured | None:
    if evidence.turn is None:
        return None
    p99 = float(evidence.turn["turn_ms"]["p99"])
    return Measured(Estimate(p99, None, None), None, "tml-ros bench turn --json")


def _share_of_done(
    evidence: Evidence, belongs: Callable[[Done], bool], right: Callable[[Done], bool]
) -> Measured | None:
    best: Measured | None = None
    for one in evidence.counted:
        done = [item for item in one.done or () if belongs(item)]
        estimate = share(sum(map(right, done)), len(done))
        if estimate is not None and (best is None or len(done) > (best.count or 0)):
            best = Measured(estimate, len(done), one.command)
    return best


def _most(
    evidence: Evidence,
    row_of: Callable[[Evaluation], Mapping[str, Any] | None],
    counted: str,
    estimate_of: Callable[[Mapping[str, Any]], Estimate | None],
) -> Measured | None:
    """The figure of the evaluation that has most of it."""
    rows = ((one, row) for one in evidence.counted if (row := row_of(one)) is not None)
    found: Iterable[tuple[float, Measured]] = (
        (row[counted], Measured(estimate, int(row[counted]), one.command))
        for one, row in rows
        if (estimate := estimate_of(row)) is not None
    )
    return max(found, key=lambda pair: pair[0], default=(0, None))[1]


def _estimate(plain_one: Mapping[str, Any] | None) -> Estimate | None:
    return None if plain_one is None else Estimate(**plain_one)
