from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.bench.cascade.endpointing import (
    FRAME,
    Endpointer,
    SpeechBegan,
    SpeechEnded,
    levels_db,
)
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

SILENCE = 30


def noise(seconds, db=-50.0, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(round(seconds * SAMPLE_RATE)) * 10 ** (db / 20)).astype(np.float32)


def hum(seconds, db=-20.0, pitch=300.0):
    """A vowel of sorts: RMS of `db`."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (np.sqrt(2) * 10 ** (db / 20) * np.sin(2 * np.pi * pitch * time)).astype(np.float32)


def with_hums(seconds, hums, db=-50.0):
    sound = noise(seconds, db)
    for begin, lasts in hums:
        at = round(begin * SAMPLE_RATE)
        sound[at : at + round(lasts * SAMPLE_RATE)] += hum(lasts)
    return sound


def events_of(sound, own=None, **options):
    return Endpointer(**options).push(sound, np.zeros_like(sound) if own is None else own)


def ended(events):
    return [event for event in events if isinstance(event, SpeechEnded)]


def test_speech_begins_and_ends_where_it_does_and_is_known_after_the_silence_that_ends_it():
    began, over = events_of(with_hums(4, [(1.0, 1.5)]))
    assert began.at / SAMPLE_RATE == pytest.approx(1.0, abs=0.02)
    assert began.known / SAMPLE_RATE == pytest.approx(1.08, abs=0.03)
    assert over.begin == began.at
    assert over.end / SAMPLE_RATE == pytest.approx(2.5, abs=0.04)
    assert over.known - over.end == pytest.approx(0.6 * SAMPLE_RATE, abs=FRAME)
    assert not over.cut and not over.over_own


@pytest.mark.parametrize(("pause", "utterances"), [(0.3, 1), (0.5, 1), (0.7, 2), (1.2, 2)])
def test_a_pause_ends_speech_if_it_is_longer_than_the_silence(pause, utterances):
    sound = with_hums(6, [(1.0, 1.0), (2.0 + pause, 1.0)])
    assert len(ended(events_of(sound))) == utterances


@pytest.mark.parametrize("silence_s", [0.3, 0.6, 1.0])
def test_the_silence_is_what_it_is_set_to(silence_s):
    (over,) = ended(events_of(with_hums(5, [(1.0, 1.0)]), silence_s=silence_s))
    assert over.known - over.end == pytest.approx(silence_s * SAMPLE_RATE, abs=FRAME)


@pytest.mark.parametrize("db", [-100.0, -70.0, -40.0, -20.0])
def test_steady_noise_is_no_speech_however_loud(db):
    assert events_of(noise(20, db)) == []


def test_beside_a_machine_that_thumps_speech_begins_and_ends_where_it_does():
    thumps = [(0.2 + 0.4 * number, 0.06) for number in range(48)]
    sound = noise(20)
    for begin, lasts in thumps:
        at = round(begin * SAMPLE_RATE)
        sound[at : at + round(lasts * SAMPLE_RATE)] += hum(lasts, -42.0, pitch=250)
    sound[10 * SAMPLE_RATE : 12 * SAMPLE_RATE] += hum(2.0)
    began, over = events_of(sound)
    assert began.at / SAMPLE_RATE == pytest.approx(10.0, abs=0.05)
    assert over.end / SAMPLE_RATE == pytest.approx(12.0, abs=0.05)


def test_soft_speech_is_heard_once_the_noise_is_known_to_be_steady():
    sound = noise(12, -30.0)
    sound[8 * SAMPLE_RATE : 9 * SAMPLE_RATE] += hum(1.0, -25.0)
    (over,) = ended(events_of(sound))
    assert over.begin / SAMPLE_RATE == pytest.approx(8.0, abs=0.05)


def test_a_click_is_no_speech():
    assert events_of(with_hums(4, [(2.0, 0.04)])) == []


def test_a_machine_that_is_switched_on_is_taken_for_speech_once_at_most_twice():
    sound = noise(40)
    sound[5 * SAMPLE_RATE :] += noise(35, -25.0, seed=3)
    cuts = ended(events_of(sound))
    assert 1 <= len(cuts) <= 2 and cuts[0].cut


def test_long_speech_is_cut_and_goes_on():
    syllables = [(1.0 + 0.4 * number, 0.25) for number in range(40)]
    first, second = ended(events_of(with_hums(20, syllables)))
    assert first.cut and not second.cut
    assert first.end - first.begin <= 10 * SAMPLE_RATE


def test_its_own_echo_does_not_begin_speech_but_who_talks_louder_does():
    own = with_hums(8, [(0.5, 6.0)], db=-90.0)
    room = noise(8) + np.float32(0.1) * own
    assert events_of(room, own) == []
    room[3 * SAMPLE_RATE : 4 * SAMPLE_RATE] += hum(1.0, db=-20.0, pitch=500)
    began, over = events_of(room, own)
    assert began.over_own and over.over_own
    assert 0.12 <= began.known / SAMPLE_RATE - 3.0 <= 0.3


def test_speech_softer_than_the_echo_is_not_heard():
    own = with_hums(8, [(0.5, 6.0)], db=-90.0)
    room = noise(8) + np.float32(0.5) * own
    room[3 * SAMPLE_RATE : 4 * SAMPLE_RATE] += hum(1.0, db=-32.0, pitch=500)
    assert events_of(room, own) == []


def test_levels_are_of_the_band_of_speech():
    inside, rumble, hiss = (hum(0.02, -20.0, pitch) for pitch in (1000.0, 50.0, 6000.0))
    levels = levels_db(np.stack([inside, rumble, hiss]))
    assert levels[0] == pytest.approx(-20.0, abs=0.1)
    assert max(levels[1:]) < -40.0


def test_quiet_since_counts_from_the_last_voiced_frame():
    ear = Endpointer()
    sound = with_hums(4, [(1.0, 1.0)])
    ear.push(sound, np.zeros_like(sound))
    assert ear.quiet_s == pytest.approx(2.0, abs=0.05)
    assert not ear.speaking


@pytest.mark.parametrize(
    "options",
    [{"off_db": 0.0}, {"on_db": 2.0, "off_db": 3.0}, {"silence_s": 0.0}, {"longest_s": 0.5}],
)
def test_figures_without_meaning_are_refused(options):
    with pytest.raises(ValueError, match="are wanted"):
        Endpointer(**options)


def test_what_is_heard_and_played_must_be_equally_long():
    with pytest.raises(ValueError, match="equally long"):
        Endpointer().push(noise(1), noise(2))


def same(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, SpeechBegan):
        return one == other
    return (
        (one.begin, one.end, one.known, one.cut) == (other.begin, other.end, other.known, other.cut)
        and np.array_equal(one.samples, other.samples)
        and np.array_equal(one.voiced, other.voiced)
    )


PIECES = st.lists(st.integers(1, 5000), min_size=1, max_size=30)
SPANS = st.lists(st.tuples(st.booleans(), st.floats(0.02, 1.5)), min_size=1, max_size=12)


def sound_of(spans):
    parts = [hum(lasts, -25.0) if loud else hum(lasts, -80.0) for loud, lasts in spans]
    return noise(0.6 + sum(len(p) for p in parts) / SAMPLE_RATE + 1.0)[: -SAMPLE_RATE // 2], parts


@settings(max_examples=40, deadline=None)
@given(spans=SPANS, pieces=PIECES)
def test_the_same_sound_gives_the_same_events_in_whatever_pieces(spans, pieces):
    sound, parts = sound_of(spans)
    speech = np.concatenate(parts)
    sound[10_000 : 10_000 + len(speech)] += speech[: len(sound) - 10_000]
    whole = events_of(sound)
    ear, found, begin = Endpointer(), [], 0
    for piece in [*pieces, len(sound)]:
        part = sound[begin : begin + piece]
        found += ear.push(part, np.zeros_like(part))
        begin += piece
    assert len(found) == len(whole)
    assert all(map(same, found, whole))


@settings(max_examples=40, deadline=None)
@given(spans=SPANS)
def test_beginnings_and_ends_alternate_and_never_run_ahead(spans):
    sound, parts = sound_of(spans)
    speech = np.concatenate(parts)
    sound[10_000 : 10_000 + len(speech)] += speech[: len(sound) - 10_000]
    ear, known, open_ = Endpointer(), 0, None
    for begin in range(0, len(sound), TURN_SAMPLES):
        part = sound[begin : begin + TURN_SAMPLES]
        for event in ear.push(part, np.zeros_like(part)):
            assert begin < event.known <= begin + TURN_SAMPLES
            assert event.known >= known
            known = event.known
            if isinstance(event, SpeechBegan):
                assert open_ is None and event.at < event.known
                open_ = event.at
            else:
                assert open_ == event.begin < event.end <= event.known
                assert event.cut or event.known - event.end >= SILENCE * FRAME
                assert len(event.samples) == len(event.voiced) * FRAME
                assert event.voiced.any()
                open_ = None
        assert ear.speaking == (open_ is not None)


@settings(max_examples=20, deadline=None)
@given(spans=SPANS)
def test_one_that_was_reset_is_as_fresh(spans):
    sound, parts = sound_of(spans)
    used = Endpointer()
    used.push(np.concatenate(parts), np.zeros(sum(map(len, parts)), np.float32))
    used.reset()
    again = used.push(sound, np.zeros_like(sound))
    assert all(map(same, again, events_of(sound)))
