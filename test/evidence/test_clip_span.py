import pytest
from clips import BEGIN, SECOND, at, raised
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.evidence.clip_span import LONGEST_NS, MAX_ALARMS, ClipPlan
from tml_ros.safety.alarm import AlarmEvent, Hearing, Priority
from tml_ros.turn.hazard import HazardKind


def plan():
    return ClipPlan(before_ns=5 * SECOND, after_ns=5 * SECOND)


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({}, True),
        ({"priority": Priority.MEDIUM}, True),
        ({"priority": Priority.LOW}, False),
        ({"kind": HazardKind.NODE_LOST, "zone": "interaction"}, True),
        ({"kind": HazardKind.CAMERA_LOST, "zone": "hall"}, True),
        ({"kind": HazardKind.EVIDENCE_FAILED, "zone": ""}, False),
        ({"hearing": Hearing.WITHHELD}, False),
        ({"hearing": Hearing.SUMMARISED}, False),
        ({"event": AlarmEvent.REALARMED}, False),
        ({"event": AlarmEvent.RETURNED}, False),
    ],
)
def test_a_clip_begins_with_an_alarm_of_weight_that_is_announced(changes, begins):
    assert plan().alarm(raised(10, **changes)) is begins


def test_a_clip_holds_the_time_before_and_after_its_alarm():
    made = plan()
    made.alarm(raised(10))
    assert (made.span.begin_ns, made.span.end_ns) == (at(5), at(15))
    assert not made.is_over(at(15))
    assert made.is_over(at(15) + 1)
    assert not made.end()
    assert made.span is None


def test_an_alarm_that_comes_meanwhile_is_named_and_prolongs_the_clip():
    made = plan()
    made.alarm(raised(10))
    assert not made.alarm(raised(13, zone="robot"))
    assert [one.alarm.zone for one in made.span.alarms] == ["press", "robot"]
    assert made.span.end_ns == at(18)


def test_an_alarm_nobody_is_told_of_is_named_but_does_not_prolong():
    made = plan()
    made.alarm(raised(10))
    made.alarm(raised(13, hearing=Hearing.WITHHELD))
    assert len(made.span.alarms) == 2
    assert made.span.end_ns == at(15)


def test_after_a_minute_the_next_clip_begins_with_the_alarm_that_went_beyond_it():
    made = plan()
    made.alarm(raised(0))
    for second in range(4, 60, 4):
        made.alarm(raised(second, zone=f"zone{second}"))
    assert made.span.end_ns == BEGIN + LONGEST_NS
    assert made.end()
    assert made.span.alarms[0].alarm.zone == "zone56"
    assert (made.span.begin_ns, made.span.end_ns) == (at(51), at(61))


def test_what_a_flood_of_alarms_leaves_in_memory_is_bounded():
    made = plan()
    made.alarm(raised(0))
    for number in range(MAX_ALARMS + 50):
        made.alarm(raised(1, zone=f"zone{number}"))
    assert len(made.span.alarms) == MAX_ALARMS
    assert made.span.more_alarms == 51


@given(st.lists(st.floats(0, 20), min_size=1, max_size=60))
def test_every_alarm_lies_in_a_clip_with_its_time_after_it(pauses):
    made, spans, seconds = plan(), [], 0.0
    alarms = []
    for pause in pauses:
        seconds += pause
        while made.is_over(at(seconds)):
            spans.append(made.span)
            made.end()
        made.alarm(raised(seconds))
        alarms.append(at(seconds))
    while made.span is not None:
        spans.append(made.span)
        made.end()
    for stamp_ns in alarms:
        assert any(s.begin_ns <= stamp_ns and stamp_ns + 5 * SECOND <= s.end_ns for s in spans)
    assert all(span.end_ns - span.raised_ns <= LONGEST_NS for span in spans)
