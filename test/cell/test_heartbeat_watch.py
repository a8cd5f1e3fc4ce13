from __future__ import annotations

import pytest

from tml_ros.cell.freshness import STARTUP_GRACE_NS
from tml_ros.cell.heartbeat_watch import LOST_AFTER_NS, HeartbeatWatch
from tml_ros.turn.hazard import HazardKind, HazardSource

MS = 1_000_000
BEAT = 200 * MS


def present(watch, steady_ns):
    hazards = watch.hazards(steady_ns, now_ns=7)
    assert {hazard.kind for hazard in hazards} == {HazardKind.MODEL_LOST, HazardKind.MODEL_LATE}
    assert {(h.source, h.zone, h.stamp_ns) for h in hazards} == {(HazardSource.GUARD, "", 7)}
    return {hazard.kind for hazard in hazards if hazard.score == 1.0}


def beating(*beats):
    """A watch that heard these values, 200 ms apart from 0 on, and the time of the last."""
    watch = HeartbeatWatch()
    for number, values in enumerate(beats):
        watch.beat(values, number * BEAT)
    return watch, (len(beats) - 1) * BEAT


def test_a_model_that_answers_in_time_is_neither_lost_nor_late():
    watch, last_ns = beating(*[{"step_ms": "30.0", "deadline_misses": "4"}] * 5)
    assert present(watch, last_ns + BEAT) == set()


def test_without_a_heartbeat_the_model_is_lost_within_a_second_until_it_is_back():
    watch, last_ns = beating({}, {})
    assert present(watch, last_ns + LOST_AFTER_NS) == set()
    assert present(watch, last_ns + LOST_AFTER_NS + 1) == {HazardKind.MODEL_LOST}
    assert LOST_AFTER_NS < 1_000 * MS
    watch.beat({}, last_ns + 5_000 * MS)
    assert present(watch, last_ns + 5_000 * MS) == set()


def test_beats_of_other_nodes_say_nothing_of_the_model():
    watch, last_ns = beating({"node": "interaction"})
    for step in range(6):
        watch.beat({"node": "camera_front", "deadline_misses": str(step)}, last_ns + step * BEAT)
    assert present(watch, last_ns + LOST_AFTER_NS + 1) == {HazardKind.MODEL_LOST}


def test_a_heartbeat_that_never_came_is_waited_for_as_long_as_a_stream():
    watch = HeartbeatWatch()
    assert present(watch, 0) == set()
    assert present(watch, STARTUP_GRACE_NS) == set()
    assert present(watch, STARTUP_GRACE_NS + 1) == {HazardKind.MODEL_LOST}


@pytest.mark.parametrize(
    ("step_ms", "found"),
    [
        ("199.9", set()),
        ("200.1", {HazardKind.MODEL_LATE}),
        ("799.9", {HazardKind.MODEL_LATE}),
        ("800.1", {HazardKind.MODEL_LOST}),
    ],
)
def test_a_step_that_does_not_end_is_late_and_then_lost_though_the_heart_beats(step_ms, found):
    watch, last_ns = beating({"step_ms": "0"}, {"step_ms": step_ms})
    assert present(watch, last_ns) == found


def test_a_model_is_late_as_long_as_it_goes_on_missing_deadlines():
    watch, last_ns = beating({"deadline_misses": "2"}, {"deadline_misses": "3"})
    assert present(watch, last_ns) == {HazardKind.MODEL_LATE}
    watch.beat({"deadline_misses": "3"}, last_ns + BEAT)
    assert present(watch, last_ns + BEAT) == set()


def test_what_was_missed_before_it_was_watched_does_not_count():
    watch, last_ns = beating({"deadline_misses": "2"})
    assert present(watch, last_ns) == set()


def test_an_interaction_that_begins_anew_is_not_late_for_it():
    watch, last_ns = beating({"deadline_misses": "9"}, {"deadline_misses": "0"})
    assert present(watch, last_ns) == set()


@pytest.mark.parametrize("values", [{"step_ms": "soon"}, {"deadline_misses": "2.5"}])
def test_a_heartbeat_that_makes_no_sense_is_an_error_and_no_sign_of_life(values):
    watch, last_ns = beating({})
    with pytest.raises(ValueError, match=r"."):
        watch.beat(values, last_ns + BEAT)
    assert present(watch, last_ns + BEAT + LOST_AFTER_NS) == {HazardKind.MODEL_LOST}
