from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.bench.cascade.timers import MOST, Timers
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES


def run(timers, seconds):
    """What goes off, turn by turn."""
    found = []
    for turn in range(round(seconds * 5)):
        end = (turn + 1) * TURN_SAMPLES
        due = timers.due(end)
        assert all(end - TURN_SAMPLES <= one.at < end for one in due)
        found += due
    return found


@given(begun=st.integers(0, 10 * SAMPLE_RATE), seconds=st.integers(1, 50))
def test_a_reminder_goes_off_once_to_the_sample(begun, seconds):
    timers = Timers()
    timers.set(seconds, begun=begun, again=False)
    (due,) = run(timers, 65)
    assert due.at == begun + seconds * SAMPLE_RATE
    assert due.text == f"Reminder. {seconds} second{'s are' if seconds > 1 else ' is'} over."


@given(begun=st.integers(0, SAMPLE_RATE), seconds=st.integers(1, 7))
def test_calls_do_not_drift(begun, seconds):
    timers = Timers()
    timers.set(seconds, begun=begun, again=True)
    due = run(timers, 30)
    assert [one.at for one in due] == [
        begun + seconds * SAMPLE_RATE * n for n in range(1, len(due) + 1)
    ]
    assert due[-1].at + seconds * SAMPLE_RATE >= 30 * SAMPLE_RATE


def test_stopping_the_calls_leaves_reminders_and_clearing_leaves_nothing():
    timers = Timers()
    timers.set(2, begun=0, again=True)
    timers.set(5, begun=0, again=False)
    assert timers.calling
    timers.stop_calling()
    assert not timers.calling
    assert [one.text for one in run(timers, 10)] == ["Reminder. 5 seconds are over."]
    timers.set(5, begun=0, again=False)
    timers.clear()
    assert run(timers, 10) == []


def test_what_was_slept_through_is_given_out_in_order():
    timers = Timers()
    timers.set(2, begun=0, again=True)
    timers.set(3, begun=0, again=False)
    texts = [one.text for one in timers.due(5 * SAMPLE_RATE)]
    assert texts == ["2 seconds.", "Reminder. 3 seconds are over.", "4 seconds."]


def test_no_more_than_so_many_are_kept_and_none_goes_off_at_once():
    timers = Timers()
    for seconds in range(1, MOST + 3):
        timers.set(seconds, begun=0, again=False)
    assert len(timers.due(100 * SAMPLE_RATE)) == MOST
    with pytest.raises(ValueError, match="at least 1 s"):
        timers.set(0, begun=0, again=True)
