"""What sounds like a blow and what does not; thresholds were chosen on seeds below 1000."""

import numpy as np
import pytest
from sound_stream import NAME, hear, spans
from synthetic_sounds import (
    RATE,
    SIRENS,
    blows,
    coloured_noise,
    decibels,
    echoing,
    machine,
    placed,
    radio,
    scaled,
    siren,
    time,
    voice,
)

from tml_ros.safety.alarm import Priority
from tml_ros.safety.attention_tone import attention_tone
from tml_ros.safety.guards.impact import ImpactGuard
from tml_ros.turn.hazard import HazardKind


def judged(sound):
    return spans(hear(ImpactGuard(NAME), sound), HazardKind.IMPACT_SOUND)


@pytest.mark.parametrize("seed", range(9001, 9007))
def test_a_blow_far_above_the_machines_is_heard_at_once_and_for_half_a_second(seed):
    rng = np.random.default_rng(seed)
    ((came, went),) = judged(0.1 * machine(rng, 8) + blows(rng, 8, [5.0], level=0.9))
    assert 5.1 <= came <= 5.25
    assert went - came == pytest.approx(0.5, abs=0.051)


def test_a_blow_in_an_echoing_hall_is_one_blow():
    rng = np.random.default_rng(9010)
    hit = echoing(rng, blows(rng, 8, [5.0]))
    assert len(judged(0.05 * machine(rng, 8) + hit / np.abs(hit).max())) == 1


def test_a_press_is_known_after_its_third_stroke_and_a_harder_blow_is_not_the_press():
    rng = np.random.default_rng(9011)
    strokes = 0.25 * blows(rng, 20, np.arange(2, 19), same=True)
    found = judged(0.05 * machine(rng, 20) + strokes)
    assert [round(came) for came, _ in found] == [2, 3, 4]
    found = judged(0.05 * machine(rng, 20) + strokes + blows(rng, 20, [12.5]))
    assert [round(came, 0) for came, _ in found[3:]] == [13]


def test_a_press_that_has_stood_still_is_news_again():
    rng = np.random.default_rng(9012)
    times = [*range(2, 9), *range(22, 26)]
    found = judged(0.05 * machine(rng, 30) + 0.5 * blows(rng, 30, times, same=True))
    assert [round(came) for came, _ in found] == [2, 3, 4, 22, 23, 24]


def sirens(rng, seconds):
    return placed(siren(rng, str(rng.choice(SIRENS)), seconds - 3), seconds, 3)


def motor_start(rng, seconds):
    return placed(machine(rng, seconds - 3), seconds, 3)


def closing_door(rng, seconds):
    t = time(0.6)
    thud = coloured_noise(rng, 0.6, -18) * np.exp(-t / 0.05) * np.minimum(1, t / 0.01)
    return placed(scaled(thud, 0.05), seconds, 4)


@pytest.mark.parametrize("priority", Priority)
@pytest.mark.parametrize("level", [0.002, 0.3])
def test_the_cells_own_attention_tone_is_no_blow(priority, level):
    rng = np.random.default_rng(9013)
    assert judged(level * machine(rng, 6) + placed(attention_tone(priority), 6, 3)) == []


def nothing(_rng, seconds):
    return np.zeros(round(seconds * RATE), np.float32)


@pytest.mark.parametrize("seed", [9021, 9022])
@pytest.mark.parametrize("level", [6, 20])
@pytest.mark.parametrize("made", [nothing, voice, sirens, motor_start, closing_door, radio])
def test_what_is_no_blow_raises_none(made, level, seed):
    rng = np.random.default_rng(seed)
    assert judged(0.3 * machine(rng, 20) + 0.3 * decibels(level) * made(rng, 20)) == []
