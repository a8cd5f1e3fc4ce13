"""Runs of moments become spans of time."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.sim.truth.hazard_spans import doubts_of, runs, spans_of
from tml_ros.turn.hazard import HazardKind

KIND = HazardKind.PERSON_IN_ZONE


def flags(text: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([letter == "x" for letter in text], np.bool_)


@pytest.mark.parametrize(
    ("holds", "gap_s", "expected"),
    [
        ("..........", 1.0, []),
        ("xxxxxxxxxx", 1.0, [(0.0, 5.0)]),
        ("..xx......", 1.0, [(1.0, 2.0)]),
        ("..xx.x....", 1.0, [(1.0, 3.0)]),
        ("..xx..x...", 1.0, [(1.0, 2.0), (3.0, 3.5)]),
        ("x........x", 0.2, [(0.0, 0.5), (4.5, 5.0)]),
    ],
)
def test_short_interruptions_are_none(
    holds: str, gap_s: float, expected: list[tuple[float, float]]
) -> None:
    times = np.arange(10) * 0.5
    assert runs(times, flags(holds), gap_s=gap_s, ends_s=5.0) == expected


@pytest.mark.parametrize(
    ("evident", "first"),
    [("....xx....", 2.0), ("xx.....xxx", None), ("..........", None), ("xxxxxxxxxx", 1.0)],
)
def test_a_span_is_evident_from_its_first_evident_moment(evident: str, first: float | None) -> None:
    times = np.arange(10) * 0.5
    (span,) = spans_of(KIND, "bay", times, flags("..xxxx...."), flags(evident), ends_s=5.0)
    assert (span.kind, span.zone, span.start_s, span.end_s) == (KIND, "bay", 1.0, 3.0)
    assert span.evident_s == first


def test_a_doubt_has_its_own_kind_and_zone() -> None:
    times = np.arange(10) * 0.5
    (doubt,) = doubts_of(KIND, "bay", times, flags("......xxxx"), ends_s=5.0)
    assert (doubt.kind, doubt.zone, doubt.start_s, doubt.end_s) == (KIND, "bay", 3.0, 5.0)
