from __future__ import annotations

import pytest

from tml_ros.sim.render.hazard_labels import hazard_labels
from tml_ros.sim.truth.truth import Doubt, HazardSpan, Truth
from tml_ros.turn.hazard import HazardKind

ZONE, DOWN = HazardKind.PERSON_IN_ZONE, HazardKind.PERSON_DOWN
KINDS, PLACES = (ZONE, DOWN), ("left", "right")


def span(start_s: float, end_s: float, evident_s: float | None) -> HazardSpan:
    return HazardSpan(ZONE, "right", start_s, end_s, evident_s)


def doubt(start_s: float, end_s: float) -> Doubt:
    return Doubt(ZONE, "right", start_s, end_s)


@pytest.mark.parametrize(
    ("hazards", "doubts", "labels"),
    [
        ((), (), [0, 0, 0, 0, 0]),
        # From the beginning of a turn to the end of another.
        ((span(0.2, 0.6, 0.2),), (), [0, 1, 1, 0, 0]),
        # Begun in the second half, over before the middle.
        ((span(0.35, 0.65, 0.35),), (), [0, -1, 1, -1, 0]),
        ((span(0.25, 0.75, 0.25),), (), [0, 1, 1, 1, 0]),
        # Not evident yet, and never.
        ((span(0.2, 0.8, 0.52),), (), [0, -1, -1, 1, 0]),
        ((span(0.2, 0.6, None),), (), [0, -1, -1, 0, 0]),
        # In doubt before, within and after.
        ((span(0.2, 0.8, 0.2),), (doubt(0.4, 0.6),), [0, 1, -1, 1, 0]),
        ((), (doubt(0.31, 0.32),), [0, -1, 0, 0, 0]),
        # Two of a kind.
        ((span(0.0, 0.2, 0.0), span(0.6, 1.0, 0.6)), (), [1, 0, 0, 1, 1]),
    ],
)
def test_a_turn_is_labelled_by_what_holds_in_its_middle(
    hazards: tuple[HazardSpan, ...], doubts: tuple[Doubt, ...], labels: list[int]
) -> None:
    truth = Truth(1.0, hazards=hazards, doubts=doubts)
    found = hazard_labels(truth, 5, KINDS, PLACES)
    assert found[:, 0, 1].tolist() == labels
    found[:, 0, 1] = 0
    assert not found.any()


def test_hazards_of_other_kinds_and_places_are_left_out() -> None:
    other = HazardSpan(HazardKind.SIREN, "hall_mic", 0.0, 1.0, 0.0)
    elsewhere = HazardSpan(ZONE, "attic", 0.0, 1.0, 0.0)
    assert not hazard_labels(Truth(1.0, hazards=(other, elsewhere)), 5, KINDS, PLACES).any()
