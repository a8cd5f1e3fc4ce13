"""What a microphone may deliver, and what the model gets of it."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.model.dmel import log_mel, quantise
from tml_ros.model.ear import LONG_AGO, Ear
from tml_ros.model.preset import HearingPreset

HEARING = HearingPreset()


def noise(seed=1):
    return (0.1 * np.random.default_rng(seed).standard_normal(3200)).astype(np.float32)


def levels_of(*turns):
    """The last turn's tokens, by the offline transform."""
    mels = log_mel(np.concatenate(turns).astype(np.float32))[-8:]
    return quantise(mels, HEARING).reshape(4, 160)


def test_a_turn_is_tokens_of_frames_in_order():
    ear = Ear(HEARING)
    ear.hear(noise(1))
    heard = ear.hear(noise(2))
    assert heard.bins.dtype == np.uint8
    assert heard.bins.tolist() == levels_of(noise(1), noise(2)).tolist()
    assert (heard.missing, heard.turns_since_sound, heard.seconds_since_sound) == (0.0, 0, 0.0)


def test_a_preset_with_one_frame_per_token_has_eight_tokens():
    assert Ear(HearingPreset(frames_per_token=1)).hear(noise()).bins.shape == (8, 80)


NOTHING = {
    "absent": (None, 0.0),
    "known to be missing": (np.zeros(3200, np.float32), 1.0),
    "missing by more than a turn": (np.zeros(3200, np.float32), 2.5),
    "missing by NaN": (noise(), np.nan),
    "all NaN": (np.full(3200, np.nan, np.float32), 0.0),
    "NaN beside what is known to be missing": (
        np.concatenate([np.zeros(1600), np.full(1600, np.nan)]).astype(np.float32),
        0.5,
    ),
    "too short": (noise()[:-1], 0.0),
    "empty": (np.zeros(0, np.float32), 0.0),
    "two channels": (np.zeros((2, 3200), np.float32), 0.0),
    "integers": (np.ones(3200, np.int16), 0.0),
    "complex numbers": (np.ones(3200, np.complex64), 0.0),
    "objects": (np.array([None] * 3200), 0.0),
    "no array": ([0.1] * 3200, 0.0),
}


@pytest.mark.parametrize(("samples", "missing"), NOTHING.values(), ids=NOTHING)
def test_a_turn_of_which_nothing_came_has_no_tokens_and_leaves_the_tail_silent(samples, missing):
    ear = Ear(HEARING)
    ear.hear(noise(1))
    heard = ear.hear(samples, missing=missing)
    assert heard.bins.shape == (0, 160)
    assert (heard.missing, heard.turns_since_sound) == (1.0, 1)
    after = ear.hear(noise(2))
    assert after.bins.tolist() == levels_of(np.zeros(3200), noise(2)).tolist()


@pytest.mark.parametrize(
    ("samples", "counted"),
    [
        (noise(), {"sound_misfit": 0, "sound_not_finite": 0}),
        (None, {"sound_misfit": 0, "sound_not_finite": 0}),
        (noise()[1:], {"sound_misfit": 1, "sound_not_finite": 0}),
        (np.ones(3200, np.int16), {"sound_misfit": 1, "sound_not_finite": 0}),
        (np.full(3200, np.inf), {"sound_misfit": 0, "sound_not_finite": 1}),
    ],
)
def test_what_could_not_be_used_is_counted(samples, counted):
    ear = Ear(HEARING)
    ear.hear(samples)
    assert ear.counters == counted


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_silence_and_count_as_missing(bad):
    broken, mended = noise(), noise()
    broken[800:1600], mended[800:1600] = bad, 0.0
    heard = Ear(HEARING).hear(broken, missing=0.25)
    assert heard.missing == pytest.approx(0.5)
    assert heard.bins.tolist() == levels_of(mended).tolist()


def test_samples_beyond_full_scale_are_clipped():
    loud = 30 * noise()
    assert Ear(HEARING).hear(loud).bins.tolist() == levels_of(np.clip(loud, -1, 1)).tolist()


@pytest.mark.parametrize("kind", [np.float16, np.float64])
def test_floats_of_any_width_are_heard(kind):
    given_samples = noise().astype(kind)
    assert Ear(HEARING).hear(given_samples).bins.tolist() == levels_of(given_samples).tolist()


def test_a_number_too_large_for_float32_is_only_loud():
    samples = noise().astype(np.float64)
    samples[7] = -1e300
    heard = Ear(HEARING).hear(samples)
    assert heard.missing == 0.0
    samples[7] = -1.0
    assert heard.bins.tolist() == levels_of(samples).tolist()


def test_what_is_handed_over_is_not_written_to():
    samples = noise()
    samples[0] = np.nan
    samples.flags.writeable = False
    Ear(HEARING).hear(samples)


def test_turns_since_there_was_sound_are_counted_up_to_an_hour():
    ear = Ear(HEARING)
    assert ear.hear(None).turns_since_sound == LONG_AGO
    assert ear.hear(noise()).turns_since_sound == 0
    silence = np.zeros(3200, np.float32)
    assert [ear.hear(silence).turns_since_sound for _ in range(2)] == [1, 2]
    for _ in range(LONG_AGO):
        last = ear.hear(None)
    assert last.turns_since_sound == LONG_AGO
    assert last.seconds_since_sound == 3600.0


INPUTS = st.sampled_from(
    [None, noise(1), noise(2), np.zeros(3200, np.float32), noise(3)[:7], np.full(3200, np.nan)]
)


@settings(max_examples=30, deadline=None)
@given(before=st.lists(INPUTS, max_size=4), after=st.lists(INPUTS, max_size=4))
def test_a_restored_ear_goes_on_as_the_one_that_was_saved(before, after):
    whole, other = Ear(HEARING), Ear(HEARING)
    for samples in before:
        whole.hear(samples)
    saved = {name: array.copy() for name, array in whole.arrays().items()}
    other.hear(noise(9))
    other.restore(saved, json.loads(json.dumps(whole.facts())))
    for samples in after:
        mine, others = whole.hear(samples), other.hear(samples)
        assert mine.bins.tolist() == others.bins.tolist()
        assert (mine.missing, mine.turns_since_sound) == (others.missing, others.turns_since_sound)
    assert other.facts() == whole.facts()


def test_a_reset_ear_is_a_new_one():
    ear = Ear(HEARING)
    ear.hear(noise())
    ear.hear(noise()[1:])
    ear.reset()
    assert ear.facts() == Ear(HEARING).facts()
    assert ear.hear(noise(2)).bins.tolist() == levels_of(noise(2)).tolist()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"turns_since_sound": LONG_AGO + 1}, "turns_since_sound"),
        ({"turns_since_sound": -1}, "turns_since_sound"),
        ({"sound_misfit": "2"}, "sound_misfit"),
        ({"sound_not_finite": True}, "sound_not_finite"),
        ({"pitch": 1}, "pitch"),
    ],
)
def test_facts_that_do_not_fit_are_refused_and_change_nothing(change, said):
    ear = Ear(HEARING)
    ear.hear(noise())
    before = ear.facts()
    with pytest.raises(ValueError, match=said):
        ear.restore(ear.arrays(), {**before, **change})
    with pytest.raises(ValueError, match="tail"):
        ear.restore({}, {**before, "turns_since_sound": 5})
    assert ear.facts() == before
