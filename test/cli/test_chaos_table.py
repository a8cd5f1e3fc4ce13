"""Figures of a broken cell: percentiles by nearest rank, and growth that is worth a finding."""

from __future__ import annotations

import pytest

from tml_ros.bench.soak_figures import Growth
from tml_ros.cli.chaos_table import (
    LONG_ENOUGH_NS,
    MANY_HOSTILE,
    findings_of_growth,
    percentile_ms,
)


@pytest.mark.parametrize(("percent", "expected"), [(1, 1.0), (50, 50.0), (99, 99.0), (100, 100.0)])
def test_a_percentile_is_the_nearest_rank(percent, expected):
    values = tuple(i * 1_000_000 for i in range(1, 101))
    assert percentile_ms(values, percent) == expected
    assert percentile_ms(values[:1], percent) == 1.0
    assert percentile_ms((), percent) is None


@pytest.mark.parametrize(
    ("what", "growth", "found"),
    [
        ("resident", Growth(100e6, 130e6, 130e6, 60e6, 0), True),
        ("resident", Growth(100e6, 102e6, 130e6, 60e6, 0), False),
        ("resident", Growth(100e6, 130e6, 130e6, 10e6, 0), False),
        ("descriptors", Growth(20, 29, 29, 5, 0), True),
        ("descriptors", Growth(20, 28, 40, 5, 0), False),
        ("threads", Growth(10, 15, 15, 5, 0), True),
        ("threads", Growth(10, 9, 15, -5, 0), False),
    ],
)
def test_growth_is_a_finding_where_it_lasts_and_is_more_than_noise(what, growth, found):
    told = {("guardian", what): growth}
    assert bool(findings_of_growth(told, LONG_ENOUGH_NS)) is found
    assert findings_of_growth(told, LONG_ENOUGH_NS - 1) == ()


@pytest.mark.parametrize(
    ("hostile", "growth", "found"),
    [
        (MANY_HOSTILE, Growth(100e6, 240e6, 240e6, 9e9, 235e6), ()),
        (
            MANY_HOSTILE,
            Growth(100e6, 240e6, 240e6, 9e9, 200e6),
            ("guardian: memory from 200.0 to 240.0 MB in the last half",),
        ),
        (MANY_HOSTILE - 1, Growth(100e6, 240e6, 240e6, 9e9, 200e6), ()),
        (
            1,
            Growth(100e6, 100e6, 700e6, 0.0, 100e6),
            ("guardian: memory of 700 MB, allowed: at most 600",),
        ),
        (0, Growth(100e6, 100e6, 700e6, 0.0, 100e6), ()),
    ],
)
def test_under_many_malformed_messages_memory_stays_where_it_is_however_short_it_was(
    hostile, growth, found
):
    assert findings_of_growth({("guardian", "resident"): growth}, 1, hostile=hostile) == found
