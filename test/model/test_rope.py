"""Rotary positions: what matters is the difference, and it matters the same at any age."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tml_ros.model.rope import PERIOD, PLACES, RotaryAngles, rotate


def score(query: torch.Tensor, key: torch.Tensor, at: int, ago: int) -> float:
    angles = RotaryAngles(32, 10_000.0)

    def turned(vector: torch.Tensor, position: int) -> torch.Tensor:
        cos, sin = (torch.from_numpy(part)[:, None, None] for part in angles(np.array([position])))
        return rotate(vector[None, None, None], cos, sin).flatten()

    return float(turned(query, at) @ turned(key, at - ago))


@pytest.mark.parametrize("age", [100_000, 200_000 * PLACES, 10**12])
def test_a_distance_means_the_same_at_any_age(age: int) -> None:
    query, key = torch.randn(2, 32, generator=torch.Generator().manual_seed(0))
    for ago in (0, 1, 31, 5_000):
        assert score(query, key, age, ago) == pytest.approx(
            score(query, key, 10_000, ago), abs=2e-5
        )


def test_angles_repeat_exactly_after_a_period() -> None:
    angles = RotaryAngles(32, 10_000.0)
    positions = np.arange(0, 5_000, 7)
    for young, old in zip(angles(positions), angles(positions + 40 * PERIOD), strict=True):
        np.testing.assert_array_equal(young, old)


def test_frequencies_are_the_usual_ones_to_a_few_percent() -> None:
    cos, sin = RotaryAngles(32, 10_000.0)(np.array([1]))
    usual = 10_000.0 ** (-np.arange(8) / 8)
    np.testing.assert_allclose(np.arctan2(sin[0], cos[0]), usual, rtol=0.05)


def test_rotation_is_that_of_complex_numbers_and_leaves_the_second_half_alone() -> None:
    vector = torch.randn(16, generator=torch.Generator().manual_seed(1))
    cos, sin = (
        torch.from_numpy(part)[:, None, None] for part in RotaryAngles(16, 100.0)(np.array([5]))
    )
    turned = rotate(vector[None, None, None], cos, sin).flatten()
    pairs = torch.complex(vector[:4], vector[4:8]) * torch.complex(cos.flatten(), sin.flatten())
    torch.testing.assert_close(torch.complex(turned[:4], turned[4:8]), pairs)
    torch.testing.assert_close(turned[8:], vector[8:], rtol=0, atol=0)
