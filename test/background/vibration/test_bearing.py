"""Bearings are judged: defects named at all speeds, sound ones left alone, the rest unknown."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy import signal

from tml_ros.background.condition import Condition, State
from tml_ros.background.reading import Waveform
from tml_ros.background.vibration.bearing import MIN_TURNS, bearing_condition
from tml_ros.background.vibration.bearing_geometry import BearingGeometry, named_bearing
from tml_ros.sim.bearing_signal import bearing_waveform

GEOMETRY = named_bearing("6205")
RATE = 12_000.0


def judged(
    samples: np.ndarray,
    *,
    rpm: float | None = 1797.0,
    rate: float = RATE,
    geometry: BearingGeometry | None = GEOMETRY,
) -> Condition:
    block = Waveform("spindle", "DE", np.asarray(samples, np.float32), rate, "g", 7, rpm)
    return bearing_condition(block, geometry)


def made(defect: str, *, rpm: float = 1797.0, seconds: float = 5.0, seed: int = 1) -> np.ndarray:
    return bearing_waveform(
        defect, rpm=rpm, rate=RATE, seconds=seconds, severity=0.75, seed=seed, geometry=GEOMETRY
    )


@pytest.mark.parametrize("defect", ["inner_race", "outer_race", "ball", "cage"])
@pytest.mark.parametrize("rpm", [700.0, 1480.0, 3300.0])
def test_a_defect_is_named_at_any_speed(defect: str, rpm: float) -> None:
    found = judged(made(defect, rpm=rpm, seconds=60 * 100 / rpm), rpm=rpm)
    assert (found.state, found.defect) == (State.FAULT, defect)
    assert found.confidence > 0.6
    assert found.grade is not None and found.grade < 65
    order = {
        "inner_race": GEOMETRY.bpfi,
        "outer_race": GEOMETRY.bpfo,
        "ball": 2 * GEOMETRY.bsf,
        "cage": GEOMETRY.ftf,
    }[defect]
    assert found.figures["defect_rate"][0] == pytest.approx(order * rpm / 60, rel=0.025)


@pytest.mark.parametrize("seed", range(6))
def test_a_sound_machine_with_its_gears_is_no_fault(seed: int) -> None:
    found = judged(made("", seed=100 + seed))
    assert (found.state, found.defect) == (State.NORMAL, "")
    assert found.grade is not None and found.grade >= 80


def test_gears_and_mains_that_drown_everything_are_no_bearing() -> None:
    rng = np.random.default_rng(5)
    times = np.arange(60_000) / RATE
    mesh = 3 * np.sin(2 * np.pi * 31 * 29.95 * times) * (1 + 0.5 * np.cos(2 * np.pi * 73.1 * times))
    mains = sum(np.sin(2 * np.pi * 60 * k * times + k) for k in (1, 2, 4, 6))
    found = judged(mesh + mains + 0.3 * rng.standard_normal(len(times)))
    assert found.state is State.NORMAL


@pytest.mark.parametrize("percent", [-3, 3])
def test_a_wrong_speed_is_noticed_and_the_defect_named_all_the_same(percent: int) -> None:
    found = judged(made("outer_race"), rpm=1797 * (1 + percent / 100))
    assert found.defect == "outer_race"
    assert "the shaft turns at 179" in found.sentence
    assert found.figures["speed"][0] == pytest.approx(1797, rel=2e-3)


def test_the_band_of_the_resonance_is_found() -> None:
    rng = np.random.default_rng(3)
    strikes = np.zeros(60_000)
    places = np.cumsum(1 / (107.4 / RATE) * (1 + 0.005 * rng.standard_normal(500)))
    strikes[places[places < 60_000].astype(int)] = 1.0
    ring = np.exp(-np.arange(200) / 25) * np.sin(2 * np.pi * 4100 / RATE * np.arange(200))
    wave = signal.fftconvolve(strikes, ring)[:60_000] + 0.25 * rng.standard_normal(60_000)
    found = judged(wave)
    assert found.defect == "outer_race"
    low, high = (found.figures[name][0] for name in ("band_low", "band_high"))
    assert low < 4100 < high
    assert high - low < 3000


def test_the_same_block_gives_the_same_judgement() -> None:
    assert judged(made("ball")) == judged(made("ball"))


def test_the_sentence_has_numbers_and_the_picture_can_be_read() -> None:
    found = judged(made("inner_race"))
    assert "inner race" in found.sentence
    assert " Hz" in found.sentence and " %" in found.sentence
    assert (found.machine, found.method, found.stamp_ns) == ("spindle", "bearing_envelope", 7)
    picture = cv2.imdecode(np.frombuffer(found.picture, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (500, 900, 3)


HEALTHY = made("")
BROKEN = {
    "not known, its geometry": ({"geometry": None}, HEALTHY, "geometry is not known"),
    "no speed": ({"rpm": None}, HEALTHY, "speed is not known"),
    "standing still": ({"rpm": 0.0}, HEALTHY, "0 rpm says nothing"),
    "speed that is no number": ({"rpm": np.nan}, HEALTHY, "nan rpm"),
    "too short": ({}, HEALTHY[:4000], "turns of the shaft, and 12 are needed"),
    "empty": ({}, HEALTHY[:0], "0 samples"),
    "one sample": ({}, HEALTHY[:1], "1 samples"),
    "constant": ({}, np.full(60_000, 0.25), "stands still at 0.25"),
    "nothing but zeros": ({}, np.zeros(60_000), "stands still"),
    "not numbers": ({}, np.where(np.arange(60_000) == 9, np.nan, HEALTHY), "1 of its 60000"),
    "infinite": ({}, np.where(np.arange(60_000) == 9, np.inf, HEALTHY), "are not numbers"),
    "clipped": ({}, np.clip(HEALTHY, -0.05, 0.05), "clipped"),
    "slow sampling": ({"rate": 300.0}, HEALTHY, "too few at 1797 rpm"),
    "no rate": ({"rate": 0.0}, HEALTHY, "sample rate is 0"),
    "a negative rate": ({"rate": -12_000.0}, HEALTHY, "sample rate is -12000"),
    "rate that is no number": ({"rate": np.nan}, HEALTHY, "sample rate is nan"),
    "two rows": ({}, np.stack([HEALTHY, HEALTHY]), "not one row"),
}


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_what_cannot_be_judged_is_unknown_and_says_why(case: str) -> None:
    given, samples, reason = BROKEN[case]
    found = judged(samples, **given)
    assert (found.state, found.defect, found.confidence) == (State.UNKNOWN, "", 0.0)
    assert found.grade is None
    assert reason in found.sentence


def test_the_turns_that_are_asked_for_are_enough() -> None:
    enough = round(1.02 * MIN_TURNS * 60 / 1797 * RATE)
    assert judged(HEALTHY[:enough]).state is not State.UNKNOWN


def test_a_rate_next_to_the_shafts_own_is_said_to_be_out_of_sight() -> None:
    # 6203: balls pass the outer race 3.053 times a turn.
    found = judged(HEALTHY[:24_000], geometry=named_bearing("6203"))
    assert "too short to see a defect of the outer race" in found.sentence
    assert "76 turns are needed" in found.sentence


@pytest.mark.parametrize("slip", [0.0, -0.01, 0.2, np.nan])
def test_a_slip_without_meaning_is_refused(slip: float) -> None:
    block = Waveform("", "", HEALTHY, RATE, "g", 0, 1797.0)
    with pytest.raises(ValueError, match="slip"):
        bearing_condition(block, GEOMETRY, slip=slip)


@pytest.mark.parametrize(
    ("file", "rate", "state", "defect"),
    [
        ("1797_Normal", 48_000.0, State.NORMAL, ""),
        ("1797_Normal", 12_000.0, State.NORMAL, ""),
        ("1797_IR_7_DE12", 12_000.0, State.FAULT, "inner_race"),
        ("1797_OR_6_7_DE12", 12_000.0, State.FAULT, "outer_race"),
        ("1797_B_14_DE12", 12_000.0, State.FAULT, "ball"),
    ],
)
def test_the_real_recordings_are_named_right_at_every_sensor(
    real_data: Path, file: str, rate: float, state: State, defect: str
) -> None:
    with np.load(real_data / "bearings" / f"{file}.npz", allow_pickle=False) as arrays:
        for channel in arrays:
            found = judged(arrays[channel].ravel(), rate=rate)
            assert (found.state, found.defect) == (state, defect), channel
