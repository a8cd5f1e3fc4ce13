"""The checker finds each thing that can be wrong, and nothing in a run where all was right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from test.bench.chaos.made_histories import (
    ACKNOWLEDGED,
    CELL,
    CLEARED,
    LOST,
    RAISED,
    RETURNED,
    changed,
    seen,
    sound_history,
    struck,
    transition,
)
from tml_ros.bench.chaos.checker import Outcome, check
from tml_ros.bench.chaos.faults import SECOND, FaultKind, flooded_places
from tml_ros.bench.chaos.history import History, Restart
from tml_ros.safety.alarm import AlarmEvent, AlarmState
from tml_ros.turn.hazard import HazardKind


def test_a_run_in_which_all_was_right_is_proven():
    proof = check(sound_history(), CELL)
    assert proof.holds
    (row,) = proof.rows
    assert (row.outcome, row.alarmed_as) == (Outcome.PROVEN, ("camera_lost",))
    assert row.after_ns == pytest.approx(0.9 * SECOND)
    assert row.gone_ns == pytest.approx(1.2 * SECOND)
    assert proof.after_ns == (row.after_ns,)


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        ((), Outcome.NOT_ALARMED),
        ((seen(RAISED, 9.0), seen(RETURNED, 9.5)), Outcome.NOT_ALARMED),
        ((seen(RAISED, 12.0), seen(RETURNED, 14.2)), Outcome.LATE),
        ((seen(RAISED, 16.0), seen(RETURNED, 17.0)), Outcome.NOT_ALARMED),
        ((seen(RAISED, 10.9), seen(RETURNED, 12.0)), Outcome.WITHDRAWN),
        ((seen(RAISED, 10.9),), Outcome.NOT_GONE),
        ((seen(RAISED, 10.9), seen(RETURNED, 29.0)), Outcome.NOT_GONE),
        ((seen(RAISED, 10.9, zone="gate"), seen(RETURNED, 14.2, zone="gate")), Outcome.NOT_ALARMED),
        ((seen(RAISED, 8.0), seen(RETURNED, 14.2)), Outcome.MASKED),
        (
            # Withdrawn for a moment and raised again: it was not there all the time.
            (seen(RAISED, 10.5), seen(RETURNED, 11), seen(RAISED, 11.5), seen(RETURNED, 14)),
            Outcome.WITHDRAWN,
        ),
    ],
)
def test_what_became_of_a_fault_is_told_by_the_times_of_its_alarm(events, outcome):
    (row,) = check(changed(seen=events), CELL).rows
    assert row.outcome is outcome


def test_an_alarm_that_no_fault_explains_is_invented():
    extra = seen(RAISED, 28.0, kind=HazardKind.NODE_LOST, zone="speaker")
    history = sound_history()
    proof = check(replace(history, seen=(*history.seen, extra)), CELL)
    assert proof.invented == ("node_lost 'speaker' at 28.0 s",)
    assert not proof.holds


@pytest.mark.parametrize(
    ("kind", "zone", "at_s"),
    [
        (HazardKind.PERSON_IN_ZONE, "press_area", 28.0),
        (HazardKind.CAMERA_COVERED, "hall", 12.0),
        (HazardKind.MODEL_LATE, "", 28.0),
    ],
)
def test_the_scene_the_fault_itself_and_a_busy_machine_explain_alarms(kind, zone, at_s):
    history = sound_history()
    extra = seen(RAISED, at_s, kind=kind, zone=zone)
    events = sorted((*history.seen, extra), key=lambda event: event.steady_ns)
    assert check(replace(history, seen=tuple(events)), CELL).invented == ()


def test_a_transition_that_was_seen_and_is_not_on_record_is_missing():
    history = sound_history()
    proof = check(replace(history, recorded=history.recorded[:1]), CELL)
    assert proof.missing == ("returned of camera_lost 'hall' at 14200000000",)
    assert not proof.holds


def test_the_same_transition_seen_twice_must_be_on_record_twice():
    history = sound_history()
    events = (*history.seen, history.seen[-1])
    assert check(replace(history, seen=events), CELL).missing


def test_without_a_record_nothing_is_said_of_it():
    assert check(changed(recorded=None), CELL).missing is None


def test_what_is_only_on_record_is_counted():
    history = sound_history()
    more = (*history.recorded, transition(RAISED, 12.0, zone="gate"))
    proof = check(replace(history, recorded=more), CELL)
    assert proof.only_recorded == 1
    assert proof.missing == ()


@pytest.mark.parametrize(
    "events",
    [
        (seen(RETURNED, 10.9), seen(RAISED, 11.0), seen(RETURNED, 14.2)),
        (seen(RAISED, 10.9), seen(RAISED, 11.5), seen(RETURNED, 14.2)),
        (seen(RAISED, 10.9), seen(ACKNOWLEDGED, 11.5), seen(RETURNED, 14.2)),
        (seen(RAISED, 10.9), seen(CLEARED, 14.2)),
        (seen(RAISED, 10.9), seen((AlarmEvent.RETURNED, AlarmState.NORMAL), 14.2)),
        (seen((AlarmEvent.SHELVED, AlarmState.ACTIVE_ACKNOWLEDGED), 10.9),),
        (seen((AlarmEvent.UNSHELVED, AlarmState.NORMAL), 10.9),),
        (seen((AlarmEvent.SETTLED, AlarmState.NORMAL), 10.9),),
    ],
)
def test_what_cannot_follow_is_illegal(events):
    assert check(changed(seen=events, recorded=None), CELL).illegal


@pytest.mark.parametrize(
    "events",
    [
        (seen(RAISED, 10.9), seen(ACKNOWLEDGED, 11.5), seen(CLEARED, 14.2)),
        (seen(RAISED, 10.9), seen(RETURNED, 14.2), seen(RAISED, 15), seen(RETURNED, 16)),
        (
            seen(RAISED, 10.9),
            seen((AlarmEvent.SHELVED, AlarmState.ACTIVE_UNACKNOWLEDGED), 11),
            seen((AlarmEvent.UNSHELVED, AlarmState.ACTIVE_UNACKNOWLEDGED), 12),
            seen(RETURNED, 14.2),
        ),
    ],
)
def test_what_an_alarm_can_live_through_is_legal(events):
    assert check(changed(seen=events, recorded=None), CELL).illegal == ()


def test_a_state_from_before_the_run_is_what_the_first_transition_follows():
    events = (seen(RETURNED, 14.2),)
    active = {(LOST, "hall"): AlarmState.ACTIVE_UNACKNOWLEDGED}
    assert check(changed(seen=events, before=active, recorded=None), CELL).illegal == ()
    assert check(changed(seen=events, recorded=None), CELL).illegal


def test_after_the_guardian_began_anew_any_state_may_follow_once():
    events = (seen(RAISED, 10.9), seen(RAISED, 12.0), seen(RAISED, 13.0))
    anew = (Restart("guardian", round(11.5 * SECOND), 12 * SECOND, wanted=True),)
    once = check(changed(seen=events[:2], restarts=anew, recorded=None), CELL)
    assert once.illegal == ()
    assert len(check(changed(seen=events, restarts=anew, recorded=None), CELL).illegal) == 1


def test_an_alarm_whose_last_told_state_is_not_what_its_transitions_say_is_astray():
    proof = check(changed(standing={}), CELL)
    assert proof.astray == ("camera_lost 'hall' is normal, by its events returned_unacknowledged",)
    assert not proof.holds


def test_a_process_that_ended_by_itself_is_a_crash():
    restarts = (
        Restart("speaker", 5 * SECOND, 6 * SECOND, wanted=False),
        Restart("camera_hall", 5 * SECOND, 6 * SECOND, wanted=True),
    )
    proof = check(changed(restarts=restarts), CELL)
    assert proof.crashed == ("speaker ended by itself",)
    assert not proof.holds


def test_a_damaged_record_proves_nothing():
    assert not check(changed(record_problem="record 7 was changed"), CELL).holds


def test_a_fault_that_could_not_be_done_is_told_with_its_reason():
    (one,) = sound_history().struck
    proof = check(changed(struck=(replace(one, problem="not allowed"),), seen=()), CELL)
    assert (proof.rows[0].outcome, proof.rows[0].note) == (Outcome.NOT_DONE, "not allowed")


def _of_the_guardian(**changes: object) -> History:
    usual = {
        "struck": (struck(FaultKind.KILL, "guardian", 10, 13),),
        "seen": (),
        "recorded": None,
        "standing": None,
        "silences": (round(10.9 * SECOND),),
        "spoken": (9 * SECOND, round(10.1 * SECOND), round(12.8 * SECOND)),
        "restarts": (Restart("guardian", 10 * SECOND, 13 * SECOND, wanted=True),),
    }
    return changed(**usual | changes)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.PROVEN),
        ({"silences": ()}, Outcome.NOT_ALARMED),
        ({"silences": (9 * SECOND,)}, Outcome.NOT_ALARMED),
        ({"silences": (round(12.5 * SECOND),)}, Outcome.LATE),
        ({"spoken": (9 * SECOND, round(10.1 * SECOND))}, Outcome.NOT_BACK),
    ],
)
def test_of_the_guardian_itself_its_silence_is_to_be_noticed_and_it_has_to_come_back(
    changes, outcome
):
    (row,) = check(_of_the_guardian(**changes), CELL).rows
    assert row.outcome is outcome


def test_every_hazard_of_a_flood_has_to_be_alarmed():
    places = flooded_places()
    flood = (struck(FaultKind.ALARM_FLOOD, "", 10, 13),)
    events = [seen(RAISED, 10.5, kind=kind, zone=zone) for kind, zone in places]
    gone = [seen(RETURNED, 16.0, kind=kind, zone=zone) for kind, zone in places]
    whole = changed(struck=flood, seen=(*events, *gone), recorded=None, standing=None)
    assert check(whole, CELL).holds
    one_less = replace(whole, seen=(*events[1:], *gone[1:]))
    (row,) = check(one_less, CELL).rows
    assert (row.outcome, row.note) == (Outcome.NOT_ALARMED, f"1 of {len(places)} never")


def test_faults_that_nothing_has_to_come_of_are_no_detections():
    history = changed(struck=(struck(FaultKind.MALFORMED, "", 10, 13),), seen=(), recorded=None)
    proof = check(replace(history, standing=None), CELL)
    assert proof.holds
    assert proof.after_ns == ()
    assert not proof.rows[0].required
