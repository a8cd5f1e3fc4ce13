from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from tml_ros.sim.scenario.scenario import MicrophonePart
from tml_ros.sim.sound.echo_path import EchoPath

TURN = 3200


def path(echo_db: float = -20.0, echo_ms: float = 60.0, seed: int = 1) -> EchoPath:
    return EchoPath(MicrophonePart(at=(0, 4, 2.5), echo_db=echo_db, echo_ms=echo_ms), seed)


def through(one: EchoPath, sound: np.ndarray) -> np.ndarray:
    return np.concatenate([one.heard(turn) for turn in sound.reshape(-1, TURN)])


def voice(turns: int, seed: int = 0) -> np.ndarray:
    band = signal.butter(4, (300, 3000), "bandpass", fs=16_000, output="sos")
    noise = np.random.default_rng(seed).standard_normal(turns * TURN)
    return (0.1 * signal.sosfilt(band, noise)).astype(np.float32)


@pytest.mark.parametrize("echo_ms", [5.0, 60.0, 199.0, 500.0])
def test_turn_by_turn_equals_the_whole_at_once(echo_ms: float) -> None:
    click = np.zeros(6 * TURN, np.float32)
    click[0] = 1
    response = through(path(echo_ms=echo_ms), click)
    said = voice(6)
    whole = np.convolve(said.astype(np.float64), response)[: len(said)]
    assert np.allclose(through(path(echo_ms=echo_ms), said), whole, atol=1e-6)


@pytest.mark.parametrize("step", [77, 320, 1000, 5 * TURN])
def test_pieces_of_any_length_equal_turns(step: int) -> None:
    said = voice(5)
    one = path()
    pieces = [one.back(said[first : first + step]) for first in range(0, len(said), step)]
    assert np.allclose(np.concatenate(pieces), through(path(), said), atol=1e-6)


@pytest.mark.parametrize("echo_ms", [5.0, 60.0, 350.0])
@pytest.mark.parametrize("echo_db", [-35.0, -12.0, 3.0])
def test_it_comes_back_after_its_time_and_at_its_level(echo_db: float, echo_ms: float) -> None:
    said = voice(20)
    back = through(path(echo_db, echo_ms), said)
    lag = int(np.argmax(np.abs(signal.correlate(back[:16_000], said[:16_000])[15_999:])))
    assert lag / 16 == pytest.approx(echo_ms, abs=1.0)
    level = 10 * np.log10(np.mean(back[2 * lag + 3200 :] ** 2) / np.mean(said**2))
    assert level == pytest.approx(echo_db, abs=1.0)


def test_what_was_said_is_heard_out_and_then_there_is_silence() -> None:
    one = path(echo_ms=150)
    first = one.heard(voice(1))
    after = [one.heard(None) for _ in range(4)]
    assert np.abs(first).max() > 0
    assert np.abs(after[0]).max() > 0
    assert not after[-1].any()


def test_after_a_reset_nothing_comes_back() -> None:
    one = path()
    one.heard(voice(1))
    one.reset()
    assert not one.heard(None).any()
    assert np.array_equal(through(one, voice(3)), through(path(), voice(3)))


def test_a_turn_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3200 samples"):
        path().heard(np.zeros(1600, np.float32))
