from __future__ import annotations

import numpy as np

from tml_ros.sim.annotated import (
    GAP,
    GREEN,
    LINE,
    ORANGE,
    annotated,
    captioned,
    moment_annotated,
    sheet,
    true_at,
)
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.zone_outline import zones_in_picture
from tml_ros.sim.truth.moment import Moment, PersonState, Posture, Sighting
from tml_ros.sim.truth.truth import HazardSpan, Truth
from tml_ros.turn.hazard import HazardKind

GREY = np.full((60, 80, 3), 128, np.uint8)


def where(picture: np.ndarray, colour: tuple[int, int, int]) -> set[tuple[int, int]]:
    rows, columns = np.nonzero((picture == colour).all(axis=2))
    return set(zip(columns.tolist(), rows.tolist(), strict=True))


def test_people_and_vehicles_are_boxed_in_colours_of_their_own() -> None:
    drawn = annotated(GREY, people=[(10, 20, 30, 40)], vehicles=[(50, 5, 70, 25)], larger=2)
    assert drawn.shape == (120, 160, 3)
    people, vehicles = where(drawn, GREEN), where(drawn, ORANGE)
    assert {(20, 40), (60, 80), (40, 40)} <= people
    assert {(100, 10), (140, 50)} <= vehicles
    assert (30, 60) not in people
    assert (GREY == 128).all()


def test_a_moment_shows_everybody_as_at_its_turns_end() -> None:
    scenario = Scenario.model_validate(
        {
            "scenario": "some",
            "seconds": 1.0,
            "zones": {"press_area": {"polygon": [[-1, -1], [1, -1], [1, 1], [-1, 1]]}},
            "cameras": {"hall": {"at": [0, -4, 3], "to": [0, 0, 0], "size": [80, 80]}},
        }
    )
    moments = tuple(
        Moment(
            0.2 * (turn + 1),
            (
                PersonState(
                    "anna",
                    (0, 0),
                    0,
                    Posture.STANDING,
                    True,
                    seen={"hall": Sighting((10 * turn, 5, 10 * turn + 8, 20), 1.0)},
                ),
            ),
        )
        for turn in range(5)
    )
    picture = np.full((80, 80, 3), 128, np.uint8)
    truth = Truth(1.0, moments=moments)
    for at, left in ((0.0, 0), (0.19, 0), (0.2, 10), (0.6, 30), (1.5, 40)):
        drawn = moment_annotated(picture, scenario, truth, "hall", at)
        assert min(x for x, _ in where(drawn, GREEN)) == left
    # The line is smooth: its pixels are not quite magenta.
    outline = np.argwhere(drawn[..., 0].astype(int) - drawn[..., 1] > 40)[:, ::-1] + 0.5
    for corner in zones_in_picture(scenario, "hall")["press_area"]:
        assert np.hypot(*(outline - corner).T).min() < 2
    assert not where(moment_annotated(picture, scenario, Truth(1.0), "hall", 0.0), GREEN)


def test_what_is_true_says_whether_it_can_be_noticed_yet() -> None:
    truth = Truth(
        9.0,
        hazards=(
            HazardSpan(HazardKind.SIREN, "hall_mic", 1.0, 3.0, 2.0),
            HazardSpan(HazardKind.PERSON_DOWN, "aisle", 1.0, 3.0, None),
        ),
    )
    assert true_at(truth, 0.9) == []
    assert true_at(truth, 1.0) == [
        "siren (hall_mic), not evident",
        "person_down (aisle), not evident",
    ]
    assert true_at(truth, 2.0) == ["siren (hall_mic)", "person_down (aisle), not evident"]
    assert true_at(truth, 3.0) == []


def test_text_stands_below_the_picture() -> None:
    shown = captioned(GREY, "first", "second")
    assert shown.shape == (60 + 2 * LINE + GAP, 80, 3)
    assert (shown[:60] == GREY).all()
    for row in (60, 60 + LINE):
        assert (shown[row : row + LINE] < 128).any()


def test_a_sheet_fills_up_what_is_lower() -> None:
    tiles = [np.full((height, 80, 3), height, np.uint8) for height in (60, 70, 50)]
    shown = sheet(tiles, columns=2)
    assert shown.shape == (70 + GAP + 50, 80 + GAP + 80, 3)
    assert (shown[:60, :80] == 60).all()
    assert (shown[:70, 80 + GAP :] == 70).all()
    assert (shown[70 + GAP :, :80] == 50).all()
    assert (shown[61:70, :80] == 250).all()
