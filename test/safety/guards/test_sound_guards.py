"""What every guard of a microphone keeps, whatever it listens for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sound_stream import NAME, START_NS, block_at, hear
from synthetic_sounds import blows, decibels, machine, placed, siren

from tml_ros.safety.guards.impact import ImpactGuard
from tml_ros.safety.guards.microphone_health import MicrophoneHealth
from tml_ros.safety.guards.siren import SirenGuard
from tml_ros.turn.hazard import HazardSource

GUARDS = [MicrophoneHealth, SirenGuard, ImpactGuard]
guards = pytest.mark.parametrize("guard_class", GUARDS)


def eventful():
    """Eight seconds in which every guard changes its mind."""
    rng = np.random.default_rng(7001)
    sound = 0.1 * machine(rng, 8) + placed(siren(rng, "yelp", 3), 8, 2)
    sound += blows(rng, 8, [1.0], level=0.8)
    sound[5 * 16_000 : 6 * 16_000] *= 1000.0
    sound[100_000:] = 0.0
    return sound


SOUND = eventful()


@guards
@given(cuts=st.lists(st.integers(1, len(SOUND) - 1), max_size=60))
@settings(max_examples=12, deadline=None)
def test_the_answer_does_not_depend_on_how_the_sound_was_cut_into_blocks(guard_class, cuts):
    whole = hear(guard_class(NAME), SOUND, cuts=[])
    assert hear(guard_class(NAME), SOUND, cuts=cuts) == whole
    assert {hazard.score >= 0.5 for hazard in whole} == {False, True}


@guards
def test_every_call_states_every_kind_even_when_no_decision_fell_due(guard_class):
    guard = guard_class(NAME)
    kinds = {hazard.kind for hazard in guard.observe_audio(block_at(SOUND, 0, 16_000))}
    for first in range(16_000, 16_100, 10):
        stated = guard.observe_audio(block_at(SOUND, first, first + 10))
        assert {hazard.kind for hazard in stated} == kinds


@guards
def test_the_first_block_may_be_empty(guard_class):
    stated = guard_class(NAME).observe_audio(block_at(SOUND, 0, 0))
    assert stated
    assert all(hazard.score == 0.0 for hazard in stated)


@guards
def test_the_zone_is_the_microphone_and_time_is_that_of_the_sound(guard_class):
    stated = hear(guard_class(NAME), SOUND)
    stamps = [hazard.stamp_ns for hazard in stated]
    assert stamps == sorted(stamps)
    assert stamps[0] >= START_NS
    assert stamps[-1] <= START_NS + 8_000_000_000
    assert {(hazard.zone, hazard.source) for hazard in stated} == {(NAME, HazardSource.GUARD)}


@guards
def test_after_a_reset_a_guard_answers_as_a_new_one(guard_class):
    used = guard_class(NAME)
    hear(used, SOUND)
    used.reset()
    assert hear(used, SOUND, start_ns=0) == hear(guard_class(NAME), SOUND, start_ns=0)


@guards
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_taken_for_silence(guard_class, value):
    silent, broken = SOUND.copy(), SOUND.copy()
    silent[30_000:50_000:3] = 0.0
    broken[30_000:50_000:3] = value
    assert hear(guard_class(NAME), broken) == hear(guard_class(NAME), silent)


@guards
def test_sound_beyond_full_scale_is_sound_at_full_scale(guard_class):
    loud = SOUND * 3
    assert hear(guard_class(NAME), loud) == hear(guard_class(NAME), np.clip(loud, -1, 1))


@guards
def test_a_hole_in_the_sound_is_no_event(guard_class):
    sound = machine(np.random.default_rng(7002), 4) * decibels(-6)
    guard = guard_class(NAME)
    hear(guard, sound)
    stated = hear(guard, sound, start_ns=START_NS + 60_000_000_000)
    assert all(hazard.score < 0.5 for hazard in stated)
    assert stated[-1].stamp_ns > START_NS + 63_000_000_000


@guards
def test_stamps_that_jitter_by_milliseconds_change_nothing_but_the_stamps(guard_class):
    rng = np.random.default_rng(7003)
    guard, stated = guard_class(NAME), []
    for first in range(0, len(SOUND), 3200):
        jitter_ns = int(rng.integers(-4_000_000, 4_000_000)) if first else 0
        block = block_at(SOUND, first, first + 3200, START_NS + jitter_ns)
        stated += guard.observe_audio(block)
    even = hear(guard_class(NAME), SOUND)
    assert [h for i, h in enumerate(stated) if h not in stated[max(0, i - 2) : i]] == even
