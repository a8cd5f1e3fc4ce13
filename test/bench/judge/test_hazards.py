"""Alarms beside hazards: found, missed, false, in the wrong zone, overlong."""

from __future__ import annotations

import pytest

from tml_ros.bench.judge.conduct import AlarmSpan
from tml_ros.bench.judge.hazards import AlarmVerdict, HazardLimits, HazardsJudged, judge_hazards
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.turn.hazard import HazardKind

KIND = HazardKind.PERSON_IN_ZONE
RIGHT, FALSE, ELSEWHERE = AlarmVerdict.RIGHT, AlarmVerdict.FALSE, AlarmVerdict.WRONG_ZONE


def there(
    start: float, end: float, evident: float | None, zone: str = "press", kind: HazardKind = KIND
) -> HazardSpan:
    return HazardSpan(kind, zone, start, end, evident)


def up(
    raised: float, gone: float | None, zone: str = "press", kind: HazardKind = KIND
) -> AlarmSpan:
    return AlarmSpan(kind, zone, raised, gone)


def found(judged: HazardsJudged) -> list[float | str]:
    return [
        round(span.delay_s, 6) if span.delay_s is not None else span.verdict.value
        for span in judged.spans
    ]


# One visit from 10 to 20 s, evident at 11 s.
@pytest.mark.parametrize(
    ("alarms", "span", "verdicts"),
    [
        ([], "wrong", []),
        ([up(11.5, 20)], 0.5, [RIGHT]),
        ([up(9.8, 20)], -1.0, [RIGHT]),
        ([up(10.2, 10.4)], -0.8, [RIGHT]),
        ([up(9.6, 20)], "wrong", [FALSE]),
        ([up(2.0, None)], "wrong", [FALSE]),
        ([up(14.0, 20)], 3.0, [RIGHT]),
        ([up(14.1, 20)], "wrong", [RIGHT]),
        ([up(20.4, 21)], "wrong", [RIGHT]),
        ([up(20.6, 21)], "wrong", [FALSE]),
        ([up(14.5, 15), up(12, 13)], 1.0, [RIGHT, RIGHT]),
        ([up(11.5, 20, "robot")], "wrong", [ELSEWHERE]),
        ([up(30, 31, "robot")], "wrong", [FALSE]),
        ([up(11.5, 20, kind=HazardKind.SIREN)], "wrong", [FALSE]),
    ],
)
def test_an_alarm_is_what_it_was_when_raised(
    alarms: list[AlarmSpan], span: float | str, verdicts: list[AlarmVerdict]
) -> None:
    judged = judge_hazards([there(10, 20, 11)], [], alarms, 60.0)
    assert found(judged) == [span]
    assert [alarm.verdict for alarm in judged.alarms] == verdicts


# Visits from 10 to 15 and from `second` to 40 s, evident 1 s after their beginning.
@pytest.mark.parametrize(
    ("second", "alarms", "spans", "overlong"),
    [
        (18, [up(11, 40)], [0.0, -1.0], 0),
        (18, [up(11, 17), up(19.5, 40)], [0.0, 0.5], 0),
        (18, [up(11, 17)], [0.0, "wrong"], 0),
        (18, [up(11, 18)], [0.0, -1.0], 0),
        (30, [up(11, 40)], [0.0, "wrong"], 1),
        (30, [up(11, None)], [0.0, "wrong"], 1),
        (30, [up(11, None), up(31.5, 40)], [0.0, 0.5], 1),
        (18, [up(11, 44.9)], [0.0, -1.0], 0),
        (18, [up(11, 45.1)], [0.0, -1.0], 1),
        (18, [up(15.2, 15.4)], ["wrong", "wrong"], 0),
    ],
)
def test_an_alarm_held_across_two_visits_tells_of_both_unless_it_was_overlong(
    second: float, alarms: list[AlarmSpan], spans: list[float | str], overlong: int
) -> None:
    hazards = [there(10, 15, 11), there(second, 40, second + 1)]
    judged = judge_hazards(hazards, [], alarms, 60.0)
    assert found(judged) == spans
    assert sum(alarm.overlong for alarm in judged.alarms) == overlong
    assert all(alarm.verdict is RIGHT for alarm in judged.alarms)


def test_a_latching_alarm_may_stay() -> None:
    hazards = [there(10, 15, 11), there(30, 40, 31)]
    limits = {KIND: HazardLimits(latching=True)}
    judged = judge_hazards(hazards, [], [up(11, None)], 60.0, limits=limits)
    assert found(judged) == [0.0, -1.0]
    assert not judged.alarms[0].overlong


def test_nobody_is_blamed_in_doubt() -> None:
    doubts = [Doubt(KIND, "press", 8, 10), Doubt(KIND, "press", 30, 31)]
    hazards = [there(10, 20, 11), there(40, 45, None)]
    alarms = [up(8.5, 20), up(30.5, 31), up(41, 45)]
    judged = judge_hazards(hazards, doubts, alarms, 60.0)
    assert found(judged) == [-1.0, "void"]
    assert [alarm.verdict for alarm in judged.alarms] == [RIGHT] * 3
    silent = judge_hazards(hazards, doubts, [], 60.0)
    assert found(silent) == ["wrong", "void"]


@pytest.mark.parametrize(
    ("evident", "end", "verdict"),
    [(56.0, 60.0, "wrong"), (58.0, 60.0, "void"), (56.0, 59.0, "wrong"), (58.0, 59.4, "wrong")],
)
def test_what_the_run_did_not_see_the_end_of_is_void(
    evident: float, end: float, verdict: str
) -> None:
    assert found(judge_hazards([there(55, end, evident)], [], [], 60.0)) == [verdict]


def test_a_bang_may_be_told_of_when_it_is_over() -> None:
    bang, siren = HazardKind.IMPACT_SOUND, HazardKind.SIREN
    for kind, span in ((bang, 1.5), (siren, "wrong")):
        hazards = [there(10, 10.3, 10.1, "hall", kind)]
        judged = judge_hazards(hazards, [], [up(11.6, 12, "hall", kind)], 60.0)
        assert found(judged) == [span]


def test_quiet_time_is_when_no_zone_has_a_reason() -> None:
    hazards = [there(10, 20, 11), there(15, 25, 16, "robot")]
    doubts = [Doubt(KIND, "press", 50, 58)]
    alarms = [up(12, 20), up(30, 35), up(32, 36, "robot")]
    siren = HazardKind.SIREN
    hazards.append(there(40, 45, 41, "hall", siren))
    time, of_siren = judge_hazards(hazards, doubts, alarms, 60.0).times
    assert (of_siren.kind, of_siren.idle_s) == (siren, 0.0)
    assert of_siren.open_s == pytest.approx(5.8)
    assert time.open_s == pytest.approx((25.5 - 9.7) + (58.5 - 49.7))
    assert time.idle_s == pytest.approx(6.0)
