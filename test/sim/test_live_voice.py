"""The loudspeaker of a simulated cell: what is heard when, and when the cell began to speak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.sim.live_voice import PAUSE_S, LiveVoice

RATE = 16_000


def loud(seconds: float, level: float = 0.5) -> np.ndarray:
    return np.full(round(seconds * RATE), level, np.float32)


def quiet(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE), np.float32)


def level_at(voice: LiveVoice, seconds: float) -> float:
    return float(voice.heard(round(seconds * RATE), 1)[0])


def test_what_comes_while_something_is_played_is_played_after_it() -> None:
    voice = LiveVoice(10)
    voice.say(loud(1.0, 0.25), 2.0)
    voice.say(loud(1.0, 0.5), 2.1)
    levels = {1.99: 0, 2.0: 0.25, 2.99: 0.25, 3.0: 0.5, 3.99: 0.5, 4.0: 0}
    assert {at: level_at(voice, at) for at in levels} == levels
    assert voice.begins == (2.0,)


def test_a_flush_silences_at_once_and_what_comes_then_is_played_at_once() -> None:
    voice = LiveVoice(10)
    voice.say(loud(3.0, 0.25), 1.0)
    voice.flush(2.0)
    voice.say(loud(0.5, 0.75), 2.0)
    assert [level_at(voice, at) for at in (1.99, 2.0, 2.49, 2.5)] == [0.25, 0.75, 0.75, 0.0]
    assert voice.begins == (1.0, 2.0), "what breaks in begins anew"


def test_a_warning_takes_the_place_of_speech_and_speech_and_flushes_wait_for_its_end() -> None:
    voice = LiveVoice(10)
    voice.say(loud(3.0, 0.25), 1.0)
    voice.warn(loud(1.0, 0.75), 2.0)
    voice.say(loud(1.0, 0.25), 2.5)
    voice.flush(2.5)
    voice.say(loud(0.5, 0.25), 3.0)
    levels = {1.99: 0.25, 2.0: 0.75, 2.99: 0.75, 3.0: 0.25, 3.49: 0.25, 3.5: 0}
    assert {at: level_at(voice, at) for at in levels} == levels


def test_a_warning_without_sound_ends_the_one_being_played() -> None:
    voice = LiveVoice(10)
    voice.warn(loud(3.0, 0.75), 1.0)
    voice.warn(quiet(0), 2.0)
    voice.say(loud(1.0, 0.25), 2.0)
    assert [level_at(voice, at) for at in (1.99, 2.0, 2.99, 3.0)] == [0.75, 0.25, 0.25, 0.0]


def test_what_was_flushed_before_it_was_heard_never_began() -> None:
    voice = LiveVoice(10)
    voice.say(loud(1.0), 1.0)
    voice.say(np.concatenate([quiet(1.0), loud(1.0)]), 1.0)
    assert voice.begins == (1.0, 3.0)
    voice.flush(1.5)
    assert voice.begins == (1.0,)


@pytest.mark.parametrize(("pause", "begins"), [(PAUSE_S - 0.05, 1), (PAUSE_S + 0.05, 2)])
def test_who_pauses_for_long_begins_anew(pause: float, begins: int) -> None:
    voice = LiveVoice(10)
    voice.say(loud(1.0), 1.0)
    voice.say(loud(1.0), 2.0 + pause)
    assert len(voice.begins) == begins


def test_silence_that_is_sent_is_no_beginning_and_speech_begins_with_its_first_sound() -> None:
    voice = LiveVoice(10)
    voice.say(np.concatenate([quiet(0.4), loud(0.2)]), 1.0)
    assert voice.begins == (pytest.approx(1.4),)


def test_nothing_is_heard_before_the_beginning_or_behind_the_end() -> None:
    voice = LiveVoice(1.0)
    voice.say(loud(5.0), 0.5)
    assert not voice.heard(-100, 50).any()
    heard = voice.heard(15_900, 200)
    assert (heard[:100] == 0.5).all() and not heard[100:].any()
    voice.say(loud(1.0), 7.0)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["say", "flush"]), st.floats(0, 0.5), st.integers(1, 8000)),
        max_size=20,
    )
)
def test_what_was_heard_is_never_changed_afterwards(story: list[tuple[str, float, int]]) -> None:
    voice, now = LiveVoice(20), 0.0
    heard = np.zeros(0, np.float32)
    for what, passes, count in story:
        now += passes
        first = round(now * RATE)
        heard = np.concatenate([heard, voice.heard(len(heard), first - len(heard))])
        if what == "say":
            voice.say(np.full(count, 0.5, np.float32), now)
        else:
            voice.flush(now)
        assert np.array_equal(voice.heard(0, len(heard)), heard)
        assert list(voice.begins) == sorted(voice.begins)
