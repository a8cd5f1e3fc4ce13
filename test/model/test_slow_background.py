"""The slow background against the same mean computed plainly in float64."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tml_ros.model.slow_background import SlowBackground

TURN = 200_000_000
SECOND = 1_000_000_000
SHAPE = (40, 80, 3)


def background(*, seconds: float = 30.0, gain: float = 2.0) -> SlowBackground:
    return SlowBackground(width=80, height=40, seconds=seconds, gain=gain)


def pictures(count: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, SHAPE, np.uint8) for _ in range(count)]


def flat(level: int) -> np.ndarray:
    return np.full(SHAPE, level, np.uint8)


def test_differences_are_those_to_the_mean_of_earlier_pictures() -> None:
    seconds, gain = 2.0, 1.5
    rng = np.random.default_rng(1)
    stamps = np.cumsum(rng.integers(1, 400_000_000, 60))
    slow = background(seconds=seconds, gain=gain)
    mean = np.zeros(SHAPE)
    for n, (picture, stamp) in enumerate(zip(pictures(60), stamps.tolist(), strict=True)):
        given = slow.difference(picture, stamp).astype(np.float64)
        share = 1 / (n + 1)
        if n == 0:
            assert not given.any()
        else:
            exact = np.clip(gain * (picture - mean) / 255, -1, 1) * 127
            assert np.abs(given - exact).max() <= 0.51
            lasted = (stamp - stamps[n - 1]) / SECOND
            share = max(share, 1 - math.exp(-lasted / seconds))
        mean += share * (picture - mean)


def test_few_pictures_have_a_plain_mean() -> None:
    slow = background()
    for n, level in enumerate((10, 20, 60)):
        slow.difference(flat(level), n * TURN)
    assert np.unique(slow.difference(flat(130), 3 * TURN)) == round(2 * (130 - 30) * 127 / 255)


def test_black_after_white_stays_within_what_has_an_opposite() -> None:
    slow = background(gain=50.0)
    slow.difference(flat(255), 0)
    assert np.unique(slow.difference(flat(0), TURN)) == -127
    slow.reset()
    slow.difference(flat(0), 0)
    assert np.unique(slow.difference(flat(255), TURN)) == 127


def mean_after(stamps: tuple[int, int], *, seconds: float) -> float:
    slow = background(seconds=seconds)
    for n in range(100):
        slow.difference(flat(0), n)
    slow.difference(flat(0), stamps[0])
    slow.difference(flat(200), stamps[1])
    return float(slow.arrays()["mean"][0, 0, 0])


@pytest.mark.parametrize(
    ("stamps", "lasted"),
    [
        ((10 * SECOND, 10 * SECOND + SECOND // 2), 0.5),
        ((10 * SECOND, 9 * SECOND), 0.2),
        ((10 * SECOND, 10 * SECOND), 0.2),
        ((10 * SECOND, 3600 * SECOND), 1.0),
    ],
    ids=["half a second", "clock went back", "clock stood", "camera was away for an hour"],
)
def test_a_picture_counts_for_the_time_since_the_last(
    stamps: tuple[int, int], lasted: float
) -> None:
    expected = 200 * (1 - math.exp(-lasted / 5.0))
    assert mean_after(stamps, seconds=5.0) == pytest.approx(expected, rel=1e-4)


def test_restored_goes_on_as_if_never_stopped() -> None:
    whole, first = background(), background()
    shown = pictures(12)
    for n, picture in enumerate(shown[:6]):
        whole.difference(picture, n * TURN)
        first.difference(picture, n * TURN)
    second = background()
    second.difference(flat(3), 0)
    second.restore(
        {name: array.copy() for name, array in first.arrays().items()},
        json.loads(json.dumps(first.facts())),
    )
    for n, picture in enumerate(shown[6:], 6):
        np.testing.assert_array_equal(
            second.difference(picture, n * TURN), whole.difference(picture, n * TURN)
        )


@pytest.mark.parametrize(
    ("arrays", "facts", "named"),
    [
        ({}, {"frames": 1, "stamp_ns": 0}, "mean"),
        ({"mean": np.zeros((8, 8, 3), np.float32)}, {"frames": 1, "stamp_ns": 0}, "mean"),
        ({"mean": np.zeros(SHAPE, np.float64)}, {"frames": 1, "stamp_ns": 0}, "float64"),
        ({"mean": np.full(SHAPE, np.nan, np.float32)}, {"frames": 1, "stamp_ns": 0}, "finite"),
        ({"mean": np.zeros(SHAPE, np.float32)}, {"stamp_ns": 0}, "frames"),
        ({"mean": np.zeros(SHAPE, np.float32)}, {"frames": 1.5, "stamp_ns": 0}, "frames"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(arrays: dict, facts: dict, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        background().restore(arrays, facts)
