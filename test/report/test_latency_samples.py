from __future__ import annotations

import math
import random

import pytest

from tml_ros.report.latency_samples import LatencySamples


def test_percentiles_of_few_samples_are_those_of_all_of_them() -> None:
    samples = LatencySamples()
    for value in range(1, 101):
        samples.add(float(value))
    assert samples.summary() == {"count": 100, "p50": 50.0, "p95": 95.0, "max": 100.0}


def test_no_sample_has_no_percentile() -> None:
    assert LatencySamples().summary() == {"count": 0, "p50": None, "p95": None, "max": None}


def test_memory_stays_bounded_and_percentiles_stay_near() -> None:
    samples = LatencySamples(capacity=512)
    values = [random.Random(3).gauss(50, 10) for _ in range(1)]
    source = random.Random(3)
    values = [source.gauss(50, 10) for _ in range(100_000)]
    for value in values:
        samples.add(value)
    values.sort()
    assert len(samples.kept) <= 512
    assert samples.count == 100_000
    assert samples.greatest == values[-1]
    assert samples.least == values[0]
    assert samples.percentile(95) == pytest.approx(values[95_000], abs=3)


def test_thinning_keeps_samples_evenly_spread_over_the_run() -> None:
    samples = LatencySamples(capacity=8)
    for value in range(100):
        samples.add(float(value))
    steps = {late - early for early, late in zip(samples.kept, samples.kept[1:], strict=False)}
    assert steps == {16.0}


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_latency_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        LatencySamples().add(value)
