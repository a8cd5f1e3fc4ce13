"""Intervals against published values and independent computations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tml_ros.bench.judge.interval import percentile, rate, share
from tml_ros.bench.judge.intervals import joined, length, overlap, without


# Newcombe 1998, Statistics in Medicine 17, 857: table I, method 3.
@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_shares_have_the_published_interval(
    count: int, total: int, low: float, high: float
) -> None:
    found = share(count, total)
    assert found is not None
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(("count", "total"), [(0, 1), (3, 7), (7, 7), (50, 1000)])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.999])
def test_shares_agree_with_scipy(count: int, total: int, confidence: float) -> None:
    other = stats.binomtest(count, total).proportion_ci(confidence, method="wilson")
    found = share(count, total, confidence=confidence)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((other.low, other.high))


# Garwood 1936, Biometrika 28, 437: the 95 % limits of a Poisson count.
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)],
)
def test_rates_have_the_published_interval(count: int, low: float, high: float) -> None:
    found = rate(count, 2.0)
    assert found is not None
    assert (2 * found.low, 2 * found.high) == (
        pytest.approx(low, abs=5e-4),
        pytest.approx(high, abs=5e-4),
    )


def test_nothing_has_no_share_no_rate_and_no_percentile() -> None:
    assert share(0, 0) is None
    assert rate(0, 0.0) is None
    assert percentile([[], []], 50) is None
    for wrong in (lambda: share(2, 1), lambda: share(-1, 1), lambda: rate(-1, 1.0)):
        with pytest.raises(ValueError, match="is no"):
            wrong()


@pytest.mark.parametrize("percent", [1, 50, 90, 95, 100])
def test_percentiles_are_values_that_came_up(percent: int) -> None:
    values = np.random.default_rng(1).normal(size=37)
    found = percentile([values[:10].tolist(), values[10:].tolist()], percent)
    assert found is not None
    assert found.value == np.quantile(values, percent / 100, method="inverted_cdf")


def test_the_bootstrap_of_single_values_is_that_of_theory() -> None:
    """The median of a resample is at most the k-th value where at least half are among the first k:
    a binomial probability.
    """
    count = 41
    found = percentile([[float(k)] for k in range(1, count + 1)], 50, draws=20_000)
    most = [stats.binom.sf(20, count, k / count) for k in range(1, count + 1)]
    low, high = (1 + int(np.searchsorted(most, tail)) for tail in (0.025, 0.975))
    assert found is not None
    assert (found.low, found.value, found.high) == (
        pytest.approx(low, abs=1),
        21.0,
        pytest.approx(high, abs=1),
    )


def test_scenarios_are_drawn_and_not_their_events() -> None:
    values = np.random.default_rng(2).normal(size=30)
    single = percentile([[float(v)] for v in values], 50)
    tenfold = percentile([[float(v)] * 10 for v in values], 50)
    assert tenfold == single
    one_by_one = percentile([[float(v)] for v in np.repeat(values, 10)], 50)
    assert one_by_one is not None
    assert single is not None
    assert one_by_one.high - one_by_one.low < 0.6 * (single.high - single.low)


def test_large_scenarios_weigh_as_much_as_they_have_events() -> None:
    rng = np.random.default_rng(3)
    clusters = [rng.normal(size, size=size) for size in (1, 2, 3, 5, 8, 13)]
    medians = []
    for times in np.random.default_rng(4).multinomial(6, [1 / 6] * 6, size=4_000):
        drawn = [cluster for cluster, n in zip(clusters, times, strict=True) for _ in range(n)]
        medians.append(np.quantile(np.concatenate(drawn), 0.5, method="inverted_cdf"))
    found = percentile([cluster.tolist() for cluster in clusters], 50, draws=4_000)
    assert found is not None
    assert np.mean(np.array(medians) < found.low) == pytest.approx(0.025, abs=0.01)
    assert np.mean(np.array(medians) > found.high) == pytest.approx(0.025, abs=0.01)


def test_one_scenario_says_nothing_about_others() -> None:
    found = percentile([[], [1.0, 2.0, 3.0]], 50)
    assert found is not None
    assert (found.value, found.low, found.high) == (2.0, None, None)


def test_the_same_seed_gives_the_same_interval() -> None:
    clusters = [[1.0, 5.0], [2.0], [9.0, 3.0]]
    assert percentile(clusters, 50, seed=3) == percentile(clusters, 50, seed=3)


def test_stretches_of_time_are_sets() -> None:
    stretches = joined([(3, 5), (1, 2), (4, 8), (6, 6), (2, 3)])
    assert stretches == [(1, 8)]
    assert overlap([(-1, 2), (9, 12), (20, 21)], (0, 10)) == [(0, 2), (9, 10)]
    assert without([(0, 10), (20, 30)], [(1, 2), (8, 22), (25, 26)]) == [
        (0, 1),
        (2, 8),
        (22, 25),
        (26, 30),
    ]
    assert length([(0, 1), (2, 8)]) == 7
