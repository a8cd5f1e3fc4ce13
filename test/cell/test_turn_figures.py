from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.cell.turn_figures import (
    COUNTS,
    TurnFigures,
    assembler_counts,
    figure_values,
    parse_figures,
)
from tml_ros.turn.assembler_counters import AssemblerCounters
from tml_ros.turn.micro_turn import GapKind

KINDS = st.sampled_from([kind.value for kind in GapKind])
STREAMS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True) | st.just("")
FIGURES = st.builds(
    TurnFigures,
    st.integers(0, 10**9),
    st.dictionaries(st.tuples(KINDS, STREAMS), st.integers(1, 10**9)),
    st.dictionaries(st.sampled_from(COUNTS), st.integers(1, 10**9)),
)


@given(FIGURES)
def test_figures_survive_as_text_among_other_values(figures):
    values = {"sequence": "4", **figure_values(figures), "turn_p50_ms": "none"}
    assert parse_figures(values) == figures


@given(FIGURES, FIGURES)
def test_what_was_added_is_never_negative(later, earlier):
    added = later.since(earlier)
    assert added.turns >= 0
    assert all(count > 0 for count in (*added.gaps.values(), *added.counts.values()))
    assert later.since(TurnFigures()) == later
    assert later.since(later) == TurnFigures()


@pytest.mark.parametrize("values", [{}, {"sequence": "4"}, {"late_frames": "3"}])
def test_values_without_turns_are_no_figures(values):
    assert parse_figures(values) is None


@pytest.mark.parametrize(
    "values",
    [
        {"turns": "many"},
        {"turns": "-1", "late_frames": "½"},
        {"turns": "0", "gap smell_missing nose": "3"},
        {"turns": "0", "gap": "3", "gap frame_missing eye": "none"},
    ],
)
def test_what_makes_no_sense_counts_as_nothing(values):
    assert parse_figures(values) == TurnFigures()


def test_only_counters_that_counted_are_told():
    assert assembler_counts(AssemblerCounters(late_frames=2)) == {"late_frames": 2}
