"""A machine's sound is held against its own normal; gain and short events are no change."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from tml_ros.background.condition import State
from tml_ros.background.reading import Waveform
from tml_ros.background.trend.acoustic_normal import AcousticNormal
from tml_ros.background.trend.normal_shape import blocks_needed, learn_shape
from tml_ros.background.trend.sound_levels import band_centres, block_levels
from tml_ros.sim.machine_sound import SoundFault, machine_sound, with_event

RATE = 8_000.0
LEARN_S = 240.0


def waveform(samples, *, rate=RATE, rpm=None):
    return Waveform("press_2", "mic", np.asarray(samples, np.float32), rate, "", 5, rpm)


def recorded(take, *, seconds=8.0, machine=7, **how):
    return machine_sound(machine=machine, take=take, seconds=seconds, rate=RATE, **how)


@pytest.fixture(scope="module")
def learned():
    normal = AcousticNormal("press_2", learn_s=LEARN_S, false_alarm_rate=0.05)
    for take in range(12):
        assert normal.learn(waveform(recorded(take, seconds=20.0)))
    return normal


@pytest.fixture
def normal(learned):
    other = AcousticNormal("press_2", learn_s=LEARN_S, false_alarm_rate=0.05)
    other.restore(learned.arrays(), learned.facts())
    return other


def test_normal_sound_is_normal_whatever_the_microphone_s_gain(normal):
    for gain_db in (0.0, 12.0, -18.0):
        states = [
            normal.judge(waveform(recorded(100 + take, gain_db=gain_db)), picture=False).state
            for take in range(10)
        ]
        assert states.count(State.NORMAL) >= 9
    louder = normal.judge(waveform(recorded(100, gain_db=12.0)), picture=False)
    assert louder.figures["level_change"][0] == pytest.approx(12, abs=1)
    assert "12 dB louder, as a moved microphone would be" in louder.sentence


@pytest.mark.parametrize("fault", [SoundFault.HISS, SoundFault.SQUEAL, SoundFault.KNOCK])
def test_a_new_constant_sound_is_a_change_and_then_a_fault(normal, fault):
    judged = [
        normal.judge(waveform(recorded(200 + take, fault=fault, fault_db=6.0)), picture=False)
        for take in range(3)
    ]
    assert [one.state for one in judged] == [State.WATCH, State.WATCH, State.FAULT]
    assert judged[-1].defect == "acoustic_change"
    assert judged[-1].confidence == 0.95
    assert judged[-1].figures["distance"][0] > judged[-1].figures["limit"][0]


def test_the_sentence_says_where_it_sounds_different(normal):
    judged = normal.judge(waveform(recorded(300, fault=SoundFault.SQUEAL, fault_db=-6.0)))
    assert "2.5 kHz" in judged.sentence
    assert "dB more" in judged.sentence
    assert "5.0% of normal blocks exceed" in judged.sentence
    picture = cv2.imdecode(np.frombuffer(judged.picture, np.uint8), cv2.IMREAD_COLOR)
    blue, _, red = (picture[..., channel].astype(int) for channel in range(3))
    assert np.count_nonzero((red > 200) & (blue < 80)) > 40


def test_a_short_loud_event_is_no_change(normal):
    states = [
        normal.judge(waveform(with_event(recorded(400 + take), RATE, take=take))).state
        for take in range(8)
    ]
    assert states.count(State.NORMAL) >= 7


def test_it_refuses_to_judge_before_it_has_learned():
    young = AcousticNormal("press_2", learn_s=LEARN_S)
    young.learn(waveform(recorded(0, seconds=40.0)))
    judged = young.judge(waveform(recorded(1)))
    assert judged.state is State.UNKNOWN
    assert "0.7 of 10.0 minutes have been heard" in judged.sentence
    assert judged.figures == {}


def test_each_speed_has_a_normal_of_its_own(normal):
    at_1800 = waveform(recorded(1, rpm=1_800.0), rpm=1_800.0)
    judged = normal.judge(at_1800)
    assert judged.state is State.UNKNOWN
    assert "at about 1800 rpm" in judged.sentence
    assert normal.learn(at_1800)
    assert normal.learned_s(rpm=1_830.0)[0] == normal.learned_s(rpm=1_800.0)[0] == 8
    assert normal.learned_s(rpm=900.0)[0] == 0
    assert normal.learned_s(load="idle")[0] == 0


@pytest.mark.parametrize(
    ("samples", "rate", "words"),
    [
        (np.zeros(64_000), RATE, "hears nothing"),
        (np.zeros(0), RATE, "no sound"),
        (np.full(64_000, np.nan), RATE, "no numbers"),
        (np.sign(np.sin(np.arange(64_000))), RATE, "overloaded"),
        (recorded(1)[:9_000], RATE, "shorter than two seconds"),
        (recorded(1), 16_000.0, "recorded at 16000 Hz"),
        (recorded(1), float("nan"), "recorded at nan Hz"),
    ],
)
def test_sound_that_says_nothing_is_unknown_and_teaches_nothing(normal, samples, rate, words):
    judged = normal.judge(waveform(samples, rate=rate))
    assert judged.state is State.UNKNOWN
    assert words in judged.sentence
    assert not normal.learn(waveform(samples, rate=rate, rpm=700.0))


def test_what_is_learned_is_bounded(normal):
    assert not normal.learn(waveform(recorded(50)))
    fresh = AcousticNormal("m", learn_s=LEARN_S, false_alarm_rate=0.05)
    taken = [fresh.learn(waveform(recorded(1, seconds=4.0), rpm=100.0 * 1.3**k)) for k in range(20)]
    assert taken == [True] * 16 + [False] * 4


def test_a_restored_one_judges_as_the_one_that_was_saved(learned):
    other = AcousticNormal("press_2", learn_s=LEARN_S, false_alarm_rate=0.05)
    other.restore(learned.arrays(), json.loads(json.dumps(learned.facts())))
    sound = waveform(recorded(500, fault=SoundFault.HISS))
    twin = AcousticNormal("press_2", learn_s=LEARN_S, false_alarm_rate=0.05)
    twin.restore(other.arrays(), other.facts())
    assert other.judge(sound) == twin.judge(sound)
    assert other.facts() == twin.facts()


def test_a_state_that_does_not_fit_is_refused_by_name(learned):
    stranger = AcousticNormal("press_3", learn_s=LEARN_S, false_alarm_rate=0.05)
    with pytest.raises(ValueError, match="machine is 'press_3'"):
        stranger.restore(learned.arrays(), learned.facts())
    same = AcousticNormal("press_2", learn_s=LEARN_S, false_alarm_rate=0.05)
    with pytest.raises(ValueError, match=r"levels\.any"):
        same.restore({}, learned.facts())


def test_a_rate_or_span_that_means_nothing_raises():
    with pytest.raises(ValueError, match="false_alarm_rate=0"):
        AcousticNormal("m", false_alarm_rate=0.0)
    with pytest.raises(ValueError, match="learn_s=-1"):
        AcousticNormal("m", learn_s=-1)
    with pytest.raises(ValueError, match="59 blocks"):
        learn_shape(np.zeros((59, 10)), rate=0.1)


def test_a_tone_is_in_the_band_that_holds_it_with_its_power():
    rate = 16_000.0
    centres = band_centres(rate)
    assert centres[np.argmin(abs(centres - 1_000))] == pytest.approx(1_000)
    time = np.arange(4 * 16_000) / rate
    for hz in (100.0, 1_000.0, 5_000.0):
        levels = block_levels((0.5 * np.sin(2 * np.pi * hz * time)).astype(np.float32), rate)
        assert levels.shape == (1, len(centres))
        loudest = int(np.argmax(levels[0]))
        assert centres[loudest] / 10**0.05 <= hz <= centres[loudest] * 10**0.05
        # A sine of amplitude a has the power a * a / 2.
        assert levels[0, loudest] == pytest.approx(10 * np.log10(0.125), abs=0.3)


def test_the_limit_is_exceeded_as_often_as_is_stated():
    rng = np.random.default_rng(1)
    mixing = rng.normal(size=(20, 20))

    def blocks(count):
        levels = rng.normal(size=(count, 20)) @ mixing + 5 * rng.normal(size=(count, 1))
        levels[rng.random(count) < 0.02] += 30 * rng.normal(size=20)
        return levels

    shares = []
    for _ in range(6):
        shape = learn_shape(blocks(300), rate=0.05)
        shares.append(np.mean(shape.distances(blocks(1_000)) > shape.limit))
    assert blocks_needed(0.05) <= 300
    assert 0.02 < np.mean(shares) < 0.08
    assert shape.rarity(0.0) == pytest.approx(1.0)
    assert shape.rarity(1e9) == pytest.approx(1 / 301)
