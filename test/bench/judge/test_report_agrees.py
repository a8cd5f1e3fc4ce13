"""What a report says of a run's alarms is what the judge of cells says of them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.judge.conduct import AlarmSpan
from tml_ros.bench.judge.hazards import AlarmVerdict, judge_hazards
from tml_ros.bench.judge.outcome import Verdict
from tml_ros.cell.cell_description import CellDescription
from tml_ros.report.session_log import SessionLog
from tml_ros.report.truth_check import Fate, check_truth
from tml_ros.report.truth_record import TruthDoubt, TruthRecord, TruthSpan
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Priority
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.turn.hazard import HazardKind

SECONDS = 40.0
STEP = 0.1
KINDS = (HazardKind.PERSON_IN_ZONE, HazardKind.IMPACT_SOUND)
ZONES = ("east", "west")
QUARTERS = {"units": "fractions", "polygon": [[0, 0], [1, 0], [1, 1]]}
CELL = CellDescription.model_validate(
    {
        "cell": "any",
        "cameras": {"eye": {"zones": dict.fromkeys(ZONES, QUARTERS)}},
        "microphones": {"ear": {}},
    }
)
FOUND = {Fate.ALARMED: Verdict.RIGHT, Fate.LATE: Verdict.WRONG, Fate.MISSED: Verdict.WRONG}

Interval = tuple[float, float]


@st.composite
def intervals(draw: st.DrawFn) -> list[Interval]:
    """Apart from each other, in order, within a run."""
    edges = draw(st.lists(st.integers(3, 330), max_size=10, unique=True))
    edges = sorted(edges)[: len(edges) // 2 * 2]
    return [(a * STEP, b * STEP) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def ns(seconds: float) -> int:
    return round(seconds * 1e9)


def logged(truth: TruthRecord, alarms: Sequence[AlarmSpan]) -> SessionLog:
    log = SessionLog(CELL, started_ns=0)
    log.reach(ns(SECONDS))
    log.truth = truth
    changes = []
    for alarm in alarms:
        changes.append((ns(alarm.raised_s), AlarmEvent.RAISED, alarm))
        if alarm.gone_s is not None:
            changes.append((ns(alarm.gone_s), AlarmEvent.CLEARED, alarm))
    for stamp_ns, event, alarm in sorted(changes, key=lambda change: change[0]):
        raised = event is AlarmEvent.RAISED
        state = AlarmState.ACTIVE_UNACKNOWLEDGED if raised else AlarmState.NORMAL
        told = Alarm(alarm.kind, alarm.zone, state, Priority.HIGH, "guard", stamp_ns, stamp_ns)
        log.record_transition(AlarmTransition(stamp_ns, event, told, stamp_ns))
    return log


@given(
    st.lists(intervals(), min_size=4, max_size=4),
    st.lists(intervals(), min_size=4, max_size=4),
    st.lists(intervals(), min_size=4, max_size=4),
    st.integers(0, 20),
)
def test_hazards_found_and_alarms_without_a_reason_are_the_same(
    there: list[list[Interval]],
    doubtful: list[list[Interval]],
    alarmed: list[list[Interval]],
    evident_after: int,
) -> None:
    places = [(kind, zone) for kind in KINDS for zone in ZONES]

    def everywhere(of: list[list[Interval]]) -> list[tuple[HazardKind, str, float, float]]:
        return [(*place, *span) for place, spans in zip(places, of, strict=True) for span in spans]

    hazards = [
        HazardSpan(kind, zone, start, end, min(start + evident_after * STEP, end))
        for kind, zone, start, end in everywhere(there)
    ]
    doubts = [Doubt(*one) for one in everywhere(doubtful)]
    alarms = [AlarmSpan(*one) for one in everywhere(alarmed)]
    judged = judge_hazards(hazards, doubts, alarms, SECONDS)
    truth = TruthRecord(
        tuple(
            TruthSpan(h.kind, h.zone, ns(h.start_s), ns(h.end_s), ns(h.evident_s or 0.0))
            for h in hazards
        ),
        tuple(TruthDoubt(d.kind, d.zone, ns(d.start_s), ns(d.end_s)) for d in doubts),
    )
    check = check_truth(logged(truth, alarms))
    assert check is not None

    told = {(h.span.kind, h.span.zone, h.span.start_ns): h for h in check.hazards}
    for outcome in judged.spans:
        mine = told[outcome.kind, outcome.zone, ns(outcome.start_s)]
        assert FOUND[mine.fate] is outcome.verdict, (mine, outcome)
        if outcome.delay_s is not None:
            assert mine.after_s is not None
            assert abs(mine.after_s - outcome.delay_s) < 0.011

    false = {(f.episode.kind, f.episode.zone, f.episode.raised_ns): f for f in check.false_alarms}
    for alarm in judged.alarms:
        mine_false = false.pop((alarm.kind, alarm.zone, ns(alarm.raised_s)), None)
        assert (mine_false is None) is (alarm.verdict is AlarmVerdict.RIGHT)
        if mine_false is not None:
            assert mine_false.wrong_zone is (alarm.verdict is AlarmVerdict.WRONG_ZONE)
    assert not false
