"""What a guardian wrote down is read back as it was seen, and what was changed is found."""

from __future__ import annotations

import sqlite3

import pytest

from test.bench.chaos.made_histories import RAISED, RETURNED, transition
from tml_ros.audit.record_body import transition_body
from tml_ros.audit.record_log import RecordLog
from tml_ros.audit.record_store import FILE_NAME
from tml_ros.bench.chaos.checker import _identity
from tml_ros.bench.chaos.recorded import recorded_transitions

WRITTEN = (transition(RAISED, 10.9), transition(RETURNED, 14.2))


@pytest.fixture
def place(tmp_path):
    return tmp_path / "record", tmp_path / "cell.key", tmp_path / "cell.anchor"


@pytest.fixture
def recorded(place):
    for one in WRITTEN:
        log = RecordLog(*place)
        log.write(one.stamp_ns, "transition", transition_body(one))
        log.close()
    return place


def test_every_transition_is_read_back_with_the_places_at_which_a_guardian_began(recorded):
    found, problem = recorded_transitions(*recorded)
    assert problem == ""
    assert [one and _identity(one) for one in found] == [
        None,
        _identity(WRITTEN[0]),
        None,
        _identity(WRITTEN[1]),
    ]


def test_where_there_is_no_record_nothing_is_claimed_of_it(place):
    assert recorded_transitions(*place) == (None, "")


def test_a_record_that_was_changed_is_told(recorded):
    with sqlite3.connect(recorded[0] / FILE_NAME) as connection:
        connection.execute(
            "UPDATE records SET body = replace(body, 'hall', 'gate') WHERE kind = 'transition'"
        )
    connection.close()
    _, problem = recorded_transitions(*recorded)
    assert problem
