"""What a session tells of itself: ages and counters, bounded and readable."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.model.event_ages import EVENTS, OLDEST, Event, EventAges
from tml_ros.model.own_state import (
    AGE_WIDTH,
    COUNTER_WIDTH,
    OWN_STATE_WIDTH,
    OwnState,
    age_features,
    counter_features,
    own_state_features,
)
from tml_ros.turn.turn_output import Floor


@given(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)))
def test_an_age_is_always_told_within_bounds(seconds):
    features = age_features(seconds)
    assert features.shape == (AGE_WIDTH,)
    assert features.dtype == np.float32
    assert (np.abs(features) <= 1).all()


def test_an_age_can_be_read_back():
    """Independently: the log part gives the seconds roughly, the shortest wave exactly."""
    for seconds in (0.2, 1.4, 12.6, 47.8, 99.0):
        _, log, *waves = age_features(seconds).astype(float)
        rough = math.expm1(log * math.log(3601))
        phase = math.atan2(waves[0], waves[1]) / (2 * math.pi) * 1.6
        exact = phase + 1.6 * round((rough - phase) / 1.6)
        assert exact == pytest.approx(seconds, abs=1e-3)


def test_never_just_now_and_long_ago_are_three_things():
    assert not age_features(None).any()
    assert np.array_equal(age_features(math.nan), age_features(None))
    assert age_features(0.0)[:2].tolist() == [1, 0]
    assert np.array_equal(age_features(-1.0), age_features(0.0))
    assert age_features(102.4)[2:].tolist() == [0] * 12
    assert age_features(3599.0)[1] < 1
    for long in (3600.0, 36_000.0, math.inf):
        assert age_features(long).tolist() == [1, 1] + [0] * 12


def test_waves_fade_without_a_step():
    fine = np.array([age_features(50 + step / 100) for step in range(5500)])
    assert np.abs(np.diff(fine, axis=0)).max() < 0.05


def test_a_counter_tells_turns_apart_and_stands_still_by_its_linear_part():
    assert not counter_features(None).any()
    told = {counter_features(turns).tobytes() for turns in range(65)}
    assert len(told) == 65
    assert counter_features(640)[0] == 1
    assert counter_features(10**9 * 64 + 3)[1:].tolist() == counter_features(3)[1:].tolist()
    assert counter_features(0).shape == (COUNTER_WIDTH,)


def test_each_fact_has_its_own_places():
    plain = own_state_features(OwnState())
    assert plain.shape == (OWN_STATE_WIDTH,)
    changes = [
        OwnState(floor=Floor.SPEAK),
        OwnState(started=True),
        OwnState(speaking=3),
        OwnState(waiting=True),
        OwnState(urgent=True),
        OwnState(told_to_yield=True),
        OwnState(delegating=True),
        *(OwnState(ages={event: 1.0}) for event in EVENTS),
    ]
    places = [set(np.flatnonzero(own_state_features(state) != plain)) for state in changes]
    assert all(places)
    assert sum(map(len, places)) == len(set.union(*places))


def test_ages_count_turns_and_stand_still_after_an_hour():
    ages = EventAges()
    assert ages.seconds() == {}
    ages.happened(Event.TYPED)
    assert ages.seconds() == {Event.TYPED: 0.0}
    ages.pass_turns(7)
    ages.happened(Event.DELEGATION)
    ages.pass_turns()
    assert ages.seconds() == pytest.approx({Event.TYPED: 1.6, Event.DELEGATION: 0.2})
    ages.pass_turns(10**9)
    assert ages.facts()["typed"] == OLDEST
    restored = EventAges()
    restored.restore(ages.facts())
    assert restored.facts() == ages.facts()
    with pytest.raises(ValueError, match=r"ages\.typed"):
        restored.restore(ages.facts() | {"typed": OLDEST + 1})
    with pytest.raises(ValueError, match=r"lacks \[.*'typed'\]"):
        restored.restore({"other": 1})
