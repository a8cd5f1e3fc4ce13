from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.report.hazard_runs import HazardRun, HazardRuns


@pytest.mark.parametrize(
    ("statements", "runs"),
    [
        ([], ()),
        ([(0, 0.1), (1, 0.49)], ()),
        ([(0, 0.6), (1, 0.9), (2, 0.2)], (HazardRun(0, 2, 0.9, open=False),)),
        ([(0, 0.5), (5, 0.5)], (HazardRun(0, 5, 0.5, open=True),)),
        (
            [(0, 0.6), (1, 0.0), (2, 0.0), (3, 0.7), (4, 0.0)],
            (HazardRun(0, 1, 0.6, open=False), HazardRun(3, 4, 0.7, open=False)),
        ),
        ([(9, 0.6), (3, 0.8)], (HazardRun(9, 9, 0.8, open=True),)),
    ],
)
def test_statements_at_or_above_the_threshold_make_runs(
    statements: list[tuple[int, float]], runs: tuple[HazardRun, ...]
) -> None:
    lane = HazardRuns(0.5)
    for stamp_ns, score in statements:
        lane.observe(stamp_ns, score)
    assert lane.runs == runs


def test_too_many_runs_merge_where_the_pause_is_shortest() -> None:
    lane = HazardRuns(0.5, capacity=2)
    for start, end in ((0, 10), (12, 20), (50, 60)):
        lane.observe(start, 0.8)
        lane.observe(end, 0.0)
    assert [(run.start_ns, run.end_ns) for run in lane.runs] == [(0, 20), (50, 60)]


@given(st.lists(st.tuples(st.integers(0, 1000), st.floats(0, 1)), max_size=200), st.integers(1, 5))
def test_runs_are_bounded_ordered_and_never_overlap(
    statements: list[tuple[int, float]], capacity: int
) -> None:
    lane = HazardRuns(0.5, capacity=capacity)
    for stamp_ns, score in statements:
        lane.observe(stamp_ns, score)
    assert len(lane.runs) <= capacity
    edges = [edge for run in lane.runs for edge in (run.start_ns, run.end_ns)]
    assert edges == sorted(edges)
    assert all(run.peak >= 0.5 for run in lane.runs)
