from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.sim.scenario.scenario import CameraPart
from tml_ros.sim.scene.lens import bent, source_map, straight


def camera(distortion: float) -> CameraPart:
    return CameraPart(at=(0, -4, 3), to=(0, 0, 0), size=(240, 160), distortion=distortion)


@pytest.mark.parametrize("distortion", [0.0, 0.3, 1.0])
def test_corners_and_the_middle_stay_where_they_are(distortion: float) -> None:
    places = np.array([(0, 0), (240, 0), (240, 160), (0, 160), (120, 80)], np.float64)
    assert bent(places, camera(distortion)) == pytest.approx(places, abs=1e-9)


def test_without_distortion_nothing_is_bent() -> None:
    assert bent([(3.0, 5.0)], camera(0.0)).tolist() == [[3.0, 5.0]]


def test_a_straight_line_bulges_outwards() -> None:
    line = np.stack([np.linspace(0, 240, 9), np.full(9, 20.0)], axis=1)
    rows = bent(line, camera(1.0))[:, 1]
    assert rows.argmin() == 4
    assert (np.diff(rows[:5]) < 0).all()


def test_a_point_at_half_the_width_is_bent_by_a_tenth_of_it() -> None:
    # Before the picture is scaled back into its corners.
    corner_squared = 1 + (160 / 240) ** 2
    ((x, y),) = straight([(240.0, 80.0)], camera(1.0))
    assert (x - 120) * (1 + 0.1 * corner_squared) == pytest.approx(120 * 1.1)
    assert y == pytest.approx(80)


@given(
    st.floats(0.001, 1),
    st.lists(st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=8),
)
def test_straightening_undoes_bending(distortion: float, places: list[tuple[float, float]]) -> None:
    part = camera(distortion)
    again = straight(bent(places, part), part)
    assert again == pytest.approx(np.array(places), rel=1e-6, abs=1e-6)


def test_what_cannot_be_seen_stays_unseen() -> None:
    assert np.isnan(bent([(float("nan"), float("nan"))], camera(0.5))).all()


def test_the_picture_is_bent_like_the_points() -> None:
    part = camera(1.0)
    for place in ((40.5, 30.5), (200.5, 80.5), (120.5, 130.5)):
        picture = np.zeros((160, 240), np.float32)
        cv2.circle(picture, (int(place[0]), int(place[1])), 4, 255.0, -1)
        seen = cv2.remap(picture, *source_map(part), cv2.INTER_LINEAR)
        rows, columns = np.indices(seen.shape) + 0.5
        found = [(seen * axis).sum() / seen.sum() for axis in (columns, rows)]
        assert found == pytest.approx(bent([place], part)[0], abs=0.15)
