"""What is for learning and what is for judging cannot overlap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.split import Band, Pool, Split


@pytest.mark.parametrize(
    ("train", "held_out", "reason"),
    [
        (("a", "b"), ("b", "c"), "at once"),
        (("a", "a"), ("b",), "repeats"),
        ((), ("b",), "empty"),
        (("a",), (), "empty"),
    ],
)
def test_a_pool_whose_parts_are_not_apart_is_refused(
    train: tuple[str, ...], held_out: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        Pool(train, held_out)


@pytest.mark.parametrize(
    ("train", "held_out"),
    [
        (((0.0, 1.0),), ((0.5, 2.0),)),
        (((0.0, 3.0),), ((1.0, 2.0),)),
        (((0.0, 1.0), (0.5, 2.0)), ((3.0, 4.0),)),
        (((1.0, 1.0),), ((2.0, 3.0),)),
        (((0.0, float("nan")),), ((2.0, 3.0),)),
        ((), ((2.0, 3.0),)),
    ],
)
def test_a_band_whose_intervals_are_not_apart_is_refused(
    train: tuple[tuple[float, float], ...], held_out: tuple[tuple[float, float], ...]
) -> None:
    with pytest.raises(ValueError, match="interval"):
        Band(train, held_out)


@given(seed=st.integers(0, 2**32), split=st.sampled_from(Split))
def test_what_is_drawn_belongs_to_the_split_and_to_no_other(seed: int, split: Split) -> None:
    (other,) = set(Split) - {split}
    rng = np.random.default_rng(seed)
    pool = Pool(("a", "b"), ("c", "d"))
    band = Band(((0.0, 1.0), (2.0, 2.5)), ((1.0, 2.0), (2.5, 9.0)))
    assert pool.draw(rng, split) in pool.of(split)
    number = band.draw(rng, split)
    assert band.holds(number, split)
    assert not band.holds(number, other)


def test_every_interval_of_a_band_is_drawn_from_by_its_length() -> None:
    band = Band(((0.0, 1.0), (5.0, 8.0)), ((2.0, 3.0),))
    rng = np.random.default_rng(1)
    drawn = [band.draw(rng, Split.TRAIN) for _ in range(4_000)]
    assert sum(number >= 5.0 for number in drawn) / 4_000 == pytest.approx(0.75, abs=0.03)
