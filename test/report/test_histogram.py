from __future__ import annotations

import numpy as np
import pytest

from tml_ros.report.histogram import histogram_of
from tml_ros.report.latency_samples import LatencySamples


def samples(*values: float) -> LatencySamples:
    kept = LatencySamples()
    for value in values:
        kept.add(value)
    return kept


def test_no_samples_make_no_histogram() -> None:
    assert histogram_of("alarm", LatencySamples()) is None


@pytest.mark.parametrize(
    "values",
    [(0.0,), (3.2, 4.8, 4.9), (0.4, 1500.0), (-12.0, 5.0), tuple(np.geomspace(1, 1e5, 500))],
)
def test_bins_hold_every_sample_once_and_are_few(values: tuple[float, ...]) -> None:
    chart = histogram_of("alarm", samples(*values))
    assert chart is not None
    assert sum(bin.count for bin in chart.bins) == len(values)
    assert 5 <= len(chart.bins) <= 32
    for bin in chart.bins:
        assert bin.count == sum(bin.low <= value < bin.high for value in values)
    assert max(bin.share for bin in chart.bins) == 1.0
    assert all(0 <= chart.at(value) <= 100 for value in values)
