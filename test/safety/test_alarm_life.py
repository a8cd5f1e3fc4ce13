"""Every state of an alarm under everything that can befall it, against a table written by hand."""

import pytest

from tml_ros.safety.alarm import AlarmEvent, AlarmPolicy, AlarmState, Priority
from tml_ros.safety.alarm_life import AlarmInput, AlarmLife, next_state
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

NORMAL = AlarmState.NORMAL
ACTIVE = AlarmState.ACTIVE_UNACKNOWLEDGED
ACKED = AlarmState.ACTIVE_ACKNOWLEDGED
RETURNED = AlarmState.RETURNED_UNACKNOWLEDGED
LATCHED = AlarmState.LATCHED_UNACKNOWLEDGED
LATCHED_ACKED = AlarmState.LATCHED_ACKNOWLEDGED

CAME, WENT, ACK, RESET, REALARM = AlarmInput

EXPECTED = {
    (NORMAL, CAME): ("raised", ACTIVE),
    (NORMAL, WENT): None,
    (NORMAL, ACK): None,
    (NORMAL, RESET): None,
    (NORMAL, REALARM): None,
    (ACTIVE, CAME): None,
    (ACTIVE, WENT): {False: ("returned", RETURNED), True: ("returned", LATCHED)},
    (ACTIVE, ACK): ("acknowledged", ACKED),
    (ACTIVE, RESET): None,
    (ACTIVE, REALARM): ("realarmed", ACTIVE),
    (ACKED, CAME): None,
    (ACKED, WENT): {False: ("cleared", NORMAL), True: ("returned", LATCHED_ACKED)},
    (ACKED, ACK): None,
    (ACKED, RESET): None,
    (ACKED, REALARM): ("realarmed", ACTIVE),
    (RETURNED, CAME): ("raised", ACTIVE),
    (RETURNED, WENT): None,
    (RETURNED, ACK): ("cleared", NORMAL),
    (RETURNED, RESET): None,
    (RETURNED, REALARM): None,
    (LATCHED, CAME): ("raised", ACTIVE),
    (LATCHED, WENT): None,
    (LATCHED, ACK): ("acknowledged", LATCHED_ACKED),
    (LATCHED, RESET): None,
    (LATCHED, REALARM): None,
    (LATCHED_ACKED, CAME): ("raised", ACTIVE),
    (LATCHED_ACKED, WENT): None,
    (LATCHED_ACKED, ACK): None,
    (LATCHED_ACKED, RESET): ("cleared", NORMAL),
    (LATCHED_ACKED, REALARM): None,
}


@pytest.mark.parametrize("latching", [False, True])
@pytest.mark.parametrize("happens", AlarmInput)
@pytest.mark.parametrize("state", AlarmState)
def test_every_state_answers_every_input_as_the_table_says(state, happens, latching):
    expected = EXPECTED[state, happens]
    if isinstance(expected, dict):
        expected = expected[latching]
    answer = next_state(state, happens, latching=latching)
    assert (answer and (answer[0].value, answer[1])) == expected


def test_the_table_above_is_complete():
    assert set(EXPECTED) == {(state, happens) for state in AlarmState for happens in AlarmInput}


def life(**policy):
    return AlarmLife(HazardKind.SIREN, "mic", AlarmPolicy(Priority.HIGH, **policy))


def said(score, stamp_ns, *, source=HazardSource.GUARD):
    return Hazard(HazardKind.SIREN, "mic", score, source, stamp_ns)


def events(transitions):
    return [(t.event, t.due_ns) for t in transitions]


@pytest.mark.parametrize(
    ("stamps", "due_ns"),
    [([(1.0, 100)], 130), ([(1.0, 100), (0.0, 129)], None), ([(1.0, 100), (1.0, 125)], 130)],
    ids=["lasting", "gone before the delay is over", "said again"],
)
def test_an_on_delay_counts_from_the_first_of_unbroken_statements(stamps, due_ns):
    alarm = life(on_delay_ns=30)
    for score, stamp_ns in stamps:
        assert alarm.observe(said(score, stamp_ns), stamp_ns) == []
    assert alarm.due_ns == due_ns


def test_a_return_is_due_when_the_last_of_all_sources_stopped_seeing_it():
    alarm = life(off_delay_ns=50)
    alarm.observe(said(1.0, 100), 100)
    alarm.observe(said(1.0, 110, source=HazardSource.MODEL), 110)
    alarm.observe(said(0.0, 200), 200)
    alarm.observe(said(0.0, 230), 230)
    alarm.observe(said(0.0, 190, source=HazardSource.MODEL), 240)
    assert alarm.due_ns == 250


def test_a_late_statement_older_than_its_sources_newest_changes_nothing():
    alarm = life(on_delay_ns=30)
    alarm.observe(said(1.0, 100), 100)
    alarm.observe(said(0.0, 90), 110)
    assert alarm.due_ns == 130


def test_what_is_learned_late_never_ends_an_alarm_before_it_began():
    alarm = life(on_delay_ns=30)
    alarm.observe(said(1.0, 100), 100)
    raised = alarm.advance(140, 140)
    alarm.observe(said(0.0, 120), 150)
    returned = alarm.advance(150, 150)
    assert events(raised + returned) == [(AlarmEvent.RAISED, 130), (AlarmEvent.RETURNED, 130)]


def test_realarms_missed_in_a_long_silence_are_all_told_with_their_own_times():
    alarm = life(realarm_ns=100)
    alarm.observe(said(1.0, 0), 0)
    assert events(alarm.advance(350, 350)) == [
        (AlarmEvent.RAISED, 0),
        *((AlarmEvent.REALARMED, due) for due in (100, 200, 300)),
    ]


def test_a_clock_set_forward_by_years_realarms_once():
    alarm = life(realarm_ns=60_000_000_000)
    alarm.observe(said(1.0, 0), 0)
    alarm.advance(0, 0)
    years = 50 * 365 * 86_400_000_000_000
    told = alarm.advance(years + 7, years + 7)
    assert events(told) == [(AlarmEvent.REALARMED, years)]


def test_who_has_left_when_the_realarm_falls_due_is_not_warned_again():
    alarm = life(off_delay_ns=40, realarm_ns=100)
    alarm.observe(said(1.0, 0), 0)
    alarm.advance(0, 0)
    alarm.observe(said(0.0, 60), 60)
    assert [event for event, _ in events(alarm.advance(500, 500))] == [AlarmEvent.RETURNED]
