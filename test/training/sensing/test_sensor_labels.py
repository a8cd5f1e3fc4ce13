from __future__ import annotations

import numpy as np
import pytest

from tml_ros.model.hazard_places import HEARD, SEEN, hazard_count, hazard_index
from tml_ros.model.preset import Preset
from tml_ros.training.sensing.sensor_labels import (
    hazard_targets,
    nothing_to_see,
    only_what_is_heard,
)
from tml_ros.turn.hazard import HazardKind

PRESET = Preset(name="made").changed(hearing={"microphones": 2})


def test_labels_lie_where_the_model_judges_them() -> None:
    rng = np.random.default_rng(0)
    seen = rng.integers(-1, 2, (7, len(SEEN), 2), np.int8)
    heard = rng.integers(-1, 2, (7, len(HEARD), 1), np.int8)
    found = hazard_targets(seen, heard, PRESET, zones={0: 3, 1: 0}, microphones={0: 1})
    assert found.shape == (7, hazard_count(PRESET))
    for row, kind in enumerate(SEEN):
        for rendered, place in ((0, 3), (1, 0)):
            np.testing.assert_array_equal(
                found[:, hazard_index(PRESET, kind, place)], seen[:, row, rendered]
            )
        assert (found[:, hazard_index(PRESET, kind, 1)] == -1).all()
    for row, kind in enumerate(HEARD):
        np.testing.assert_array_equal(found[:, hazard_index(PRESET, kind, 1)], heard[:, row, 0])
        assert (found[:, hazard_index(PRESET, kind, 0)] == -1).all()


def test_of_a_zone_that_no_camera_shows_there_is_nothing_to_learn() -> None:
    seen = np.ones((3, len(SEEN), 2), np.int8)
    heard = np.ones((3, len(HEARD), 1), np.int8)
    found = hazard_targets(seen, heard, PRESET, zones={1: 0}, microphones={})
    assert (found == 1).sum() == 3 * len(SEEN)


def test_without_pictures_nothing_seen_is_learnt() -> None:
    seen = np.ones((3, len(SEEN), 1), np.int8)
    found = nothing_to_see(seen, np.array([False, True, False]))
    assert [bool((turn == -1).all()) for turn in found] == [False, True, False]


@pytest.mark.parametrize(
    ("labels", "before", "deaf", "learnt"),
    [
        ("0110", "0", "0000", "0110"),
        ("1100", "1", "0000", "??00"),
        ("1100", "?", "0000", "??00"),
        ("1100", "0", "0000", "1100"),
        ("0111", "0", "0100", "0???"),
        ("0110", "0", "1000", "?110"),
        ("1101", "1", "0000", "??01"),
    ],
)
def test_a_bang_that_was_not_heard_itself_is_not_learnt(
    labels: str, before: str, deaf: str, learnt: str
) -> None:
    row = HEARD.index(HazardKind.IMPACT_SOUND)
    of = {"0": 0, "1": 1, "?": -1}
    heard = np.zeros((len(labels), len(HEARD), 1), np.int8)
    heard[:, row, 0] = [of[one] for one in labels]
    earlier = np.full((len(HEARD), 1), of[before], np.int8)
    away = np.array([one == "1" for one in deaf])[:, None]
    found = only_what_is_heard(heard, earlier, away)[:, row, 0]
    assert found.tolist() == [of[one] for one in learnt]


def test_a_siren_that_goes_on_is_learnt_from_its_middle() -> None:
    heard = np.zeros((3, len(HEARD), 1), np.int8)
    heard[:, HEARD.index(HazardKind.SIREN)] = 1
    away = np.zeros((3, 1), np.bool_)
    np.testing.assert_array_equal(only_what_is_heard(heard, heard[0], away), heard)
