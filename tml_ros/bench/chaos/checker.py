"""The proof: from what was seen and recorded, what the guardian made of each fault.

Knows nothing of ROS, of clocks and of how faults are done. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tml_ros.bench.chaos.alarm_history import AlarmHistory
from tml_ros.bench.chaos.faults import (
    FLOOD_ZONE,
    HEALTH_KINDS,
    LOAD_KINDS,
    SECOND,
    Expectation,
    FaultKind,
    Place,
    expectation,
)
from tml_ros.bench.chaos.history import History, Struck
from tml_ros.bench.chaos.legality import illegal_transitions
from tml_ros.cell.cell_description import CellDescription, policies
from tml_ros.cell.cell_nodes import Role
from tml_ros.safety.alarm import AlarmEvent, AlarmState, AlarmTransition

SETTLED_NS = SECOND // 2
"""A transition so shortly before the end may have no `alarms` after it."""


class Outcome(str, Enum):
    """What became of one fault."""

    PROVEN = "proven"
    LATE = "late"
    NOT_ALARMED = "not alarmed"
    WITHDRAWN = "withdrawn too early"
    """The alarm went while the fault was still there."""
    NOT_GONE = "not gone"
    NOT_BACK = "not back"
    """What was struck did not work again in time."""
    MASKED = "masked"
    """It was alarmed before the fault began: nothing can be said."""
    NOT_DONE = "not done"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one fault. after_ns: from its beginning to `alarmed_as`; None for never.

    gone_ns: from its end until no alarm of it was left; None for never. required: whether anything
        had to be alarmed.
    """

    struck: Struck
    outcome: Outcome
    alarmed_as: tuple[str, ...] = ()
    after_ns: int | None = None
    gone_ns: int | None = None
    required: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """All that was found. Each text says what is wrong; empty where nothing is.

    invented: raised without any fault to explain it. missing: seen on the topic and not on record.
    only_recorded: on record and never seen on the topic, which may have been full. illegal:
    transitions that cannot follow. astray: alarms whose last state on `alarms` is not what their
    transitions say. crashed: nodes that ended by themselves.
    """

    rows: tuple[Row, ...]
    invented: tuple[str, ...]
    of_load: int
    missing: tuple[str, ...] | None
    only_recorded: int
    illegal: tuple[str, ...]
    astray: tuple[str, ...]
    crashed: tuple[str, ...]
    record_problem: str

    @property
    def holds(self) -> bool:
        """Whether everything is as it has to be."""
        proven = all(row.outcome is Outcome.PROVEN for row in self.rows)
        wrong = (self.invented, self.missing, self.illegal, self.astray, self.crashed)
        return proven and not any(wrong) and not self.record_problem

    @property
    def after_ns(self) -> tuple[int, ...]:
        """How long each fault that had to be alarmed took to be, in rising order."""
        taken = (row.after_ns for row in self.rows if row.required)
        return tuple(sorted(after_ns for after_ns in taken if after_ns is not None))

    @property
    def lost(self) -> int:
        """Faults that had to be alarmed and never were."""
        return sum(row.outcome is Outcome.NOT_ALARMED for row in self.rows)


def check(history: History, cell: CellDescription) -> Proof:
    """Judge a run of this cell."""
    present = [place for place, state in history.before.items() if state.condition_present]
    alarms = AlarmHistory(history.seen, before=present)
    missing, only_recorded = _compared(history)
    invented, of_load = _unexplained(history, cell)
    return Proof(
        rows=tuple(_row(struck, history, alarms, cell) for struck in history.struck),
        invented=invented,
        of_load=of_load,
        missing=missing,
        only_recorded=only_recorded,
        illegal=_illegal(history, cell),
        astray=_astray(history),
        crashed=tuple(
            f"{restart.node} ended by itself" for restart in history.restarts if not restart.wanted
        ),
        record_problem=history.record_problem,
    )


def _row(struck: Struck, history: History, alarms: AlarmHistory, cell: CellDescription) -> Row:
    expected = expectation(struck.fault, cell)
    if struck.problem:
        required = bool(expected.alarms) or expected.silence
        return Row(struck, Outcome.NOT_DONE, required=required, note=struck.problem)
    if expected.silence:
        return _silence_row(struck, expected, history)
    if not expected.alarms:
        return Row(struck, Outcome.PROVEN, required=False)
    return _alarm_row(struck, expected, alarms)


def _alarm_row(struck: Struck, expected: Expectation, alarms: AlarmHistory) -> Row:
    began_ns, ended_ns = struck.began_ns, struck.ended_ns
    if alarms.present(expected.alarms, began_ns):
        return Row(struck, Outcome.MASKED)
    until_ns = max(ended_ns, began_ns + expected.within_ns)
    firsts = {place: alarms.first(place, began_ns, until_ns) for place in expected.alarms}
    found = {place: first_ns for place, first_ns in firsts.items() if first_ns is not None}
    lost = len(expected.alarms) - len(found) if expected.all_of_them else not found
    named = tuple(sorted({kind.value for kind, _ in found}))
    if lost:
        note = f"{lost} of {len(expected.alarms)} never" if expected.all_of_them else ""
        return Row(struck, Outcome.NOT_ALARMED, named, note=note)
    known_ns = max(found.values()) if expected.all_of_them else min(found.values())
    after_ns = known_ns - began_ns
    absent_ns = alarms.absent_from(expected.alarms, known_ns)
    gone_ns = None if absent_ns is None else max(0, absent_ns - ended_ns)
    if after_ns > expected.within_ns:
        outcome = Outcome.LATE
    elif absent_ns is not None and absent_ns < ended_ns:
        outcome = Outcome.WITHDRAWN
    elif gone_ns is None or gone_ns > expected.gone_within_ns:
        outcome = Outcome.NOT_GONE
    else:
        outcome = Outcome.PROVEN
    return Row(struck, outcome, named, after_ns, gone_ns)


def _silence_row(struck: Struck, expected: Expectation, history: History) -> Row:
    until_ns = max(struck.ended_ns, struck.began_ns + expected.within_ns)
    noticed = [at_ns for at_ns in history.silences if struck.began_ns <= at_ns <= until_ns]
    # What it had sent before may still be on its way.
    fresh_ns = struck.began_ns + SETTLED_NS
    if struck.fault.kind is not FaultKind.KILL:
        fresh_ns = struck.ended_ns
    # Where it was started anew, it spoke before it was seen to work.
    anew = [one.up_ns for one in history.restarts if one.node == struck.fault.target and one.up_ns]
    if any(struck.began_ns <= up_ns <= struck.ended_ns for up_ns in anew):
        fresh_ns = struck.began_ns + SETTLED_NS
    spoke_ns = next((at_ns for at_ns in history.spoken if at_ns >= fresh_ns), None)
    after_ns = min(noticed) - struck.began_ns if noticed else None
    gone_ns = None if spoke_ns is None else max(0, spoke_ns - struck.ended_ns)
    if after_ns is None:
        outcome = Outcome.NOT_ALARMED
    elif after_ns > expected.within_ns:
        outcome = Outcome.LATE
    elif gone_ns is None or gone_ns > expected.gone_within_ns:
        outcome = Outcome.NOT_BACK
    else:
        outcome = Outcome.PROVEN
    return Row(struck, outcome, ("silence",) if noticed else (), after_ns, gone_ns)


def _unexplained(history: History, cell: CellDescription) -> tuple[tuple[str, ...], int]:
    """Alarms about the cell itself that no fault explains, and how many a busy machine does."""
    windows = []
    for struck in history.struck:
        expected = expectation(struck.fault, cell)
        until_ns = struck.ended_ns + expected.gone_within_ns
        windows.append((struck.began_ns, until_ns, expected))
    invented, of_load = [], 0
    for seen in history.seen:
        alarm = seen.transition.alarm
        if seen.transition.event is not AlarmEvent.RAISED or seen.steady_ns < history.began_ns:
            continue
        if alarm.kind not in HEALTH_KINDS and not alarm.zone.startswith(FLOOD_ZONE):
            continue
        place = (alarm.kind, alarm.zone)
        if any(
            began_ns <= seen.steady_ns <= until_ns and _explains(expected, place)
            for began_ns, until_ns, expected in windows
        ):
            continue
        if alarm.kind in LOAD_KINDS:
            of_load += 1
            continue
        seconds = (seen.steady_ns - history.began_ns) / 1e9
        invented.append(f"{alarm.kind.value} '{alarm.zone}' at {seconds:.1f} s")
    return tuple(invented), of_load


def _explains(expected: Expectation, place: Place) -> bool:
    return place in expected.alarms | expected.provokes or place[0] in expected.explains


def _compared(history: History) -> tuple[tuple[str, ...] | None, int]:
    if history.recorded is None:
        return None, 0
    seen = Counter(_identity(event.transition) for event in history.seen)
    written = [transition for transition in history.recorded if transition is not None]
    recorded = Counter(map(_identity, written))
    missing = (seen - recorded).elements()
    first_ns = min((event.transition.stamp_ns for event in history.seen), default=0)
    last_ns = max((event.transition.stamp_ns for event in history.seen), default=0)
    only_recorded = sum(
        first_ns <= identity[0] <= last_ns for identity in (recorded - seen).elements()
    )
    return tuple(
        f"{event} of {kind} '{zone}' at {stamp_ns}" for stamp_ns, event, kind, zone, _ in missing
    ), only_recorded


def _identity(transition: AlarmTransition) -> tuple[int, str, str, str, str]:
    alarm = transition.alarm
    event = transition.event.value
    return transition.stamp_ns, event, alarm.kind.value, alarm.zone, alarm.state.value


def _illegal(history: History, cell: CellDescription) -> tuple[str, ...]:
    rules = policies(cell)
    told = illegal_transitions(_with_restarts(history), rules, before=history.before)
    if history.recorded is None:
        return told
    # The record begins before the run does, and says nothing of what came before it.
    return told + tuple(
        f"on record, {problem}" for problem in illegal_transitions(history.recorded, rules)
    )


def _with_restarts(history: History) -> Iterator[AlarmTransition | None]:
    """What was seen, with None where the guardian began anew."""
    deaths = [one.died_ns for one in history.restarts if one.node == Role.GUARDIAN.value]
    for event in history.seen:
        while deaths and deaths[0] <= event.steady_ns:
            deaths.pop(0)
            yield None
        yield event.transition


def _astray(history: History) -> tuple[str, ...]:
    if history.standing is None:
        return ()
    last_ns = max((event.steady_ns for event in history.seen), default=0)
    if not history.spoken or history.spoken[-1] < last_ns + SETTLED_NS:
        return ()
    states = dict(history.before)
    for event in history.seen:
        alarm = event.transition.alarm
        states[alarm.kind, alarm.zone] = alarm.state
    wrong = []
    for place in sorted(states.keys() | history.standing.keys()):
        by_events = states.get(place, AlarmState.NORMAL)
        told = history.standing.get(place, AlarmState.NORMAL)
        if by_events is not told:
            kind, zone = place
            wrong.append(f"{kind.value} '{zone}' is {told.value}, by its events {by_events.value}")
    return tuple(wrong)
