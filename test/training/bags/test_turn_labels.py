"""What labels say of each turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.model.hazard_places import hazard_count, hazard_index
from tml_ros.model.layout import SessionLayout
from tml_ros.model.preset import Preset
from tml_ros.training.bags.label_file import Label
from tml_ros.training.bags.turn_labels import turn_labels
from tml_ros.turn.hazard import HazardKind

CORNERS = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0))
LAYOUT = SessionLayout({"hall": {"press": CORNERS, "belt": CORNERS}}, ("bench",))
DOWN, SIREN = HazardKind.PERSON_DOWN, HazardKind.SIREN
PRESET = Preset(name="told")
BEGINS = np.arange(20) * 0.2


def label(
    start_s: float,
    end_s: float,
    *kinds: HazardKind,
    place: str = "press",
    present: bool = True,
) -> Label:
    return Label("a.mcap", start_s, end_s, kinds, place, present, 2)


def row(labels: list[Label], kind: HazardKind = DOWN, place: int = 0) -> list[int]:
    told = turn_labels(labels, BEGINS, PRESET, LAYOUT)
    assert told.shape == (20, hazard_count(PRESET))
    return [int(one) for one in told[:, hazard_index(PRESET, kind, place)]]


QUIET = label(0, 4, DOWN, place="", present=False)


def test_without_a_word_nothing_is_to_be_learnt() -> None:
    assert set(row([])) == {-1}
    assert set(row([label(0, 4, SIREN, place="bench")])) == {-1}


def test_absence_is_known_only_where_somebody_looked() -> None:
    assert row([label(0.9, 2.1, DOWN, present=False)]) == [-1] * 5 + [0] * 5 + [-1] * 10
    assert set(row([label(0, 4, DOWN, present=False)], place=1)) == {-1}
    assert set(row([QUIET], place=1)) == {0}
    assert set(row([QUIET], SIREN)) == {-1}


def test_about_the_edges_of_a_hazard_nobody_is_blamed() -> None:
    told = row([QUIET, label(2.0, 3.0, DOWN)])
    assert told == [0] * 8 + [-1] * 2 + [1] * 5 + [-1] * 2 + [0] * 3


@pytest.mark.parametrize(("start_s", "end_s"), [(1.02, 1.06), (1.0, 1.1), (1.12, 1.2)])
def test_a_hazard_shorter_than_a_turn_is_in_the_turn_it_lies_in(
    start_s: float, end_s: float
) -> None:
    assert row([label(start_s, end_s, DOWN)])[5] == 1


def test_places_that_the_model_has_and_the_cell_has_not_are_never_learnt() -> None:
    everything = [label(0, 4, DOWN, SIREN, place="", present=False)]
    assert {place: set(row(everything, place=place)) for place in range(4)} == {
        0: {0}, 1: {0}, 2: {-1}, 3: {-1},
    }  # fmt: skip


@given(st.lists(st.tuples(st.floats(0, 4), st.floats(0.01, 2), st.booleans()), max_size=5))
def test_a_label_more_never_takes_a_hazard_back(given: list[tuple[float, float, bool]]) -> None:
    first = [label(1.0, 2.0, DOWN)]
    more = [label(start, start + length, DOWN, present=there) for start, length, there in given]
    both = np.array(row(first + more))
    assert (both[np.array(row(first)) == 1] == 1).all()
    assert row(first + more) == row(more + first)
