from __future__ import annotations

import numpy as np
import pytest
from made_scenes import TURNS

from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.training.sensing.cell_sound import hall_sound
from tml_ros.training.sensing.outages import Outages
from tml_ros.training.sensing.picture_change import PictureChange
from tml_ros.training.sensing.scene_turns import scene_turns
from tml_ros.turn.micro_turn import TURN_NS, Gap, GapKind, MicroTurn


def turns_of(
    scene: RenderedScenario,
    *,
    turns: range = range(4, 9),
    pictures: bool = True,
    younger_ns: int = 0,
    **outages: dict[str, np.ndarray],
) -> list[MicroTurn]:
    taken = scene_turns(
        scene,
        turns,
        hall_sound(scene, turns),
        pictures=pictures,
        change=PictureChange(),
        outages=Outages(**outages),
        younger_ns=younger_ns,
        rng=np.random.default_rng(0),
    )
    return list(taken)


def test_turns_are_numbered_anew(scene: RenderedScenario) -> None:
    found = turns_of(scene)
    assert [turn.index for turn in found] == [0, 1, 2, 3, 4]
    assert [turn.start_ns for turn in found] == [TURN_NS * index for index in range(5)]
    frame = scene.frame("hall", 6)
    assert frame is not None
    np.testing.assert_array_equal(found[2].frames["hall"].frame.rgb, frame)
    assert len(turns_of(scene, turns=range(TURNS))) == TURNS


@pytest.mark.parametrize(("younger_ns", "age_ns"), [(0, TURN_NS), (50, TURN_NS - 50)])
def test_pictures_are_as_old_as_they_were_or_younger(
    scene: RenderedScenario, younger_ns: int, age_ns: int
) -> None:
    for turn in turns_of(scene, younger_ns=younger_ns):
        seen = turn.frames["hall"]
        assert seen.age_ns == age_ns == turn.end_ns - seen.frame.stamp_ns


def test_a_picture_is_never_from_the_future(scene: RenderedScenario) -> None:
    assert turns_of(scene, younger_ns=10 * TURN_NS)[0].frames["hall"].age_ns == 0


def test_what_is_away_is_a_gap(scene: RenderedScenario) -> None:
    away = np.array([False, True, False, True, True])
    found = turns_of(scene, cameras={"hall": away}, microphones={"mic": ~away})
    for gone, turn in zip(away.tolist(), found, strict=True):
        missing = (
            Gap(GapKind.FRAME_MISSING, "hall")
            if gone
            else Gap(GapKind.AUDIO_MISSING, "mic", TURN_NS)
        )
        assert turn.gaps == (missing,)
        assert ("hall" in turn.frames, bool(turn.audio["mic"].any())) == (not gone, gone)


def test_a_cell_without_cameras_misses_none(scene: RenderedScenario) -> None:
    assert all(not turn.frames and not turn.gaps for turn in turns_of(scene, pictures=False))
