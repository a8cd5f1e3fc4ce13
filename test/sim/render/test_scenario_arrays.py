from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tml_ros.model.ear import Ear
from tml_ros.sim.factory import Factory
from tml_ros.sim.render.plan import RenderPlan
from tml_ros.sim.render.scenario_arrays import newest, own_quality, scenario_arrays
from tml_ros.sim.render.shard import Shard
from tml_ros.sim.render.spent import PARTS, Stopwatch
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES

from .conftest import room, skip_without


@pytest.mark.parametrize(
    ("stamps_ms", "turns", "expected"),
    [
        ([0, 100, 200, 300], 2, [1, 3]),
        ([0, 199, 200], 3, [1, 2, -1]),
        ([0, 400, 800], 4, [0, -1, 1, -1]),
        ([250], 2, [-1, 0]),
        ([], 2, [-1, -1]),
        ([0, 200, 400], 2, [0, 1]),
    ],
)
def test_of_each_turn_the_newest_picture_is_kept(
    stamps_ms: list[int], turns: int, expected: list[int]
) -> None:
    assert newest([ms * 1_000_000 for ms in stamps_ms], turns).tolist() == expected


@given(st.floats(1, 30), st.integers(1, 40))
def test_no_picture_is_kept_that_is_not_of_its_turn(rate: float, turns: int) -> None:
    stamps = [round(number / rate * 1e9) for number in range(int(turns * rate / 5))]
    for turn, number in enumerate(newest(stamps, turns).tolist()):
        within = [k for k, at in enumerate(stamps) if turn * TURN_NS <= at < (turn + 1) * TURN_NS]
        assert number == (within[-1] if within else -1)


def test_levels_are_those_that_a_models_ear_would_hear(room_shard: Shard) -> None:
    one = room_shard[0]
    sound = one.sound("hall_mic").reshape(-1, TURN_SAMPLES).astype(np.float32) / 32768
    ear = Ear(RenderPlan().hearing)
    heard = np.stack([ear.hear(turn).bins.reshape(8, 80) for turn in sound])
    assert len(heard) == one.entry.turns
    np.testing.assert_array_equal(one.levels("hall_mic"), heard)
    assert len(np.unique(heard)) > 8


def test_sound_is_that_of_the_factory_to_16_bits(room_shard: Shard) -> None:
    factory, one = Factory(room()), room_shard[0]
    wanted = factory.sound("hall_mic")[: one.entry.turns * TURN_SAMPLES]
    np.testing.assert_allclose(one.sound("hall_mic") / 32768, wanted, atol=0.6 / 32768)
    assert np.abs(wanted).max() > 0.05
    waiting = one.waiting("hall_mic")
    assert sorted(waiting) == [1, 2]
    for index, line in waiting.items():
        wanted = factory.sounds.line(index, "hall_mic")
        np.testing.assert_allclose(line / 32768, wanted, atol=0.6 / 32768)


def test_pictures_are_the_cameras_own_and_hardly_worse(room_shard: Shard) -> None:
    one = room_shard[0]
    with Factory(room()) as factory:
        for turn in range(one.entry.turns):
            frame = one.frame("hall", turn)
            wanted = factory.pictures.picture("hall", 2 * turn + 1)
            assert frame is not None
            assert cv2.PSNR(frame, wanted) > 38
            assert one.age_ns("hall", turn) == TURN_NS // 2


def test_a_slow_camera_has_turns_without_a_picture_and_these_are_all_in_doubt(
    room_shard: Shard,
) -> None:
    one = room_shard[0]
    there = [one.frame("slow", turn) is not None for turn in range(one.entry.turns)]
    # 2.5 pictures per second: one in two turns.
    assert there == [turn % 2 == 0 for turn in range(one.entry.turns)]
    assert [one.age_ns("slow", turn) for turn in range(3)] == [TURN_NS, None, TURN_NS]
    assert (one.patches("slow")[1::2] == -1).all()
    assert (one.patches("slow")[::2] == 1).any()


def test_pictures_packed_as_their_camera_packs_lose_less_and_are_smaller() -> None:
    scenario = room(events=(), lines=(), people={})
    plan = RenderPlan(sound=False)
    assert own_quality(scenario.cameras["hall"]) == 79
    own = skip_without(lambda: scenario_arrays(scenario, plan, Stopwatch()))
    other = scenario_arrays(scenario, replace(plan, jpeg=92), Stopwatch())
    assert len(own["frames/hall"]) < 0.9 * len(other["frames/hall"])


def test_who_is_in_view_is_counted(room_shard: Shard) -> None:
    in_view = room_shard[0].in_view
    assert in_view.shape == (11, 2, 2)
    assert in_view[:, :, 0].min() == 1
    assert not in_view[:, :, 1].any()


def test_hazards_are_labelled_for_eye_and_ear(room_shard: Shard) -> None:
    one = room_shard[0]
    assert one.seen.shape == (11, 5, 2)
    # Somebody stands in the first zone; nobody is in the second.
    assert one.seen[:, 0, 0].tolist() == [1] * 11
    assert not one.seen[:, 0, 1].any()
    # Smoke since 0.1 s, evident 1.5 s later.
    assert one.seen[:, 4, 0].tolist() == [-1] * 8 + [1] * 2 + [one.seen[10, 4, 0]]
    assert one.heard[:, 1, 0].tolist()[2:5] == [1, 1, one.heard[4, 1, 0]]
    assert not one.heard[:2].any()


def test_the_same_arguments_give_the_same_bits(room_shard: Shard) -> None:
    again = scenario_arrays(room(), RenderPlan(), Stopwatch())
    for name, array in again.items():
        np.testing.assert_array_equal(room_shard[0].array(name), array, err_msg=name)


def test_without_pictures_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("drawn")

    monkeypatch.setattr("tml_ros.sim.render.scenario_arrays.SmokyPictures", refuse)
    arrays = skip_without(lambda: scenario_arrays(room(), RenderPlan(pictures=False), Stopwatch()))
    assert not [name for name in arrays if name.startswith(("frames", "patches", "smoke"))]
    assert "sound/hall_mic" in arrays


def test_what_it_costs_is_told_apart() -> None:
    watch = Stopwatch()
    skip_without(lambda: scenario_arrays(room(), RenderPlan(), watch))
    assert set(watch.seconds) == set(PARTS)
    assert watch.seconds["vision"] > watch.seconds["encoding"] > 0
    assert watch.seconds["sound"] > 0
