"""Sight from frames to patches: what is sent, what is counted, what a restored one remembers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tml_ros.model.camera_eye import CameraEye
from tml_ros.model.layout import SessionLayout, SessionLayoutError
from tml_ros.model.preset import SightPreset
from tml_ros.model.sight import Seen, Sight
from tml_ros.turn.micro_turn import TURN_NS, Frame, TurnFrame

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
RIGHT = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
PRESET = SightPreset(
    cameras=2, zones=3, columns=3, rows=2, patches_per_turn=12, refresh_turns=6, stem=(8, 8)
)
LAYOUT = SessionLayout({"gate": {"press": LEFT}, "hall": {"lane": RIGHT, "press": RIGHT}})
RNG = np.random.default_rng(0)
SCENE = RNG.integers(0, 256, (80, 120, 3), np.uint8)


def frame(camera: str, rgb: np.ndarray, turn: int, age_ns: int = 0) -> TurnFrame:
    return TurnFrame(Frame(camera, (turn + 1) * TURN_NS - age_ns, rgb), age_ns)


def see(sight: Sight, turn: int, **frames: np.ndarray) -> Seen:
    named = {name: frame(name, rgb, turn) for name, rgb in frames.items()}
    return sight.see(named, turn=turn, end_ns=(turn + 1) * TURN_NS)


def equal(a: Seen, b: Seen) -> bool:
    names = ("rgb", "masks", "difference", "camera", "centre")
    same = (np.array_equal(getattr(a, name), getattr(b, name)) for name in names)
    return all(same) and a.cameras == b.cameras


def test_the_first_frame_is_sent_whole_and_differs_from_nothing() -> None:
    seen = see(Sight(PRESET, LAYOUT), 0, gate=SCENE)
    whole = SCENE.reshape(2, 40, 3, 40, 3).transpose(0, 2, 1, 3, 4).reshape(6, 40, 40, 3)
    np.testing.assert_array_equal(seen.rgb, whole)
    assert seen.masks.shape == (6, 40, 40, 3)
    assert not seen.difference.any()
    assert seen.camera.tolist() == [0] * 6
    x, y = np.meshgrid([1 / 6, 3 / 6, 5 / 6], [1 / 4, 3 / 4])
    np.testing.assert_allclose(seen.centre, np.stack([x.ravel(), y.ravel()], 1), rtol=1e-6)
    kinds = [seen.rgb, seen.masks, seen.difference, seen.camera, seen.centre]
    expected = [np.uint8, np.uint8, np.int8, np.int64, np.float32]
    assert [array.dtype for array in kinds] == expected


def test_without_frames_there_are_no_patches_but_the_same_shapes() -> None:
    seen = see(Sight(PRESET, None), 0)
    assert seen.rgb.shape == (0, 40, 40, 3)
    assert seen.masks.shape == (0, 40, 40, 3)
    assert seen.difference.shape == (0, 40, 40, 3)
    assert seen.camera.shape == (0,)
    assert seen.centre.shape == (0, 2)
    assert seen.difference.dtype == np.int8
    assert [(c.present, c.fresh, c.age_seconds) for c in seen.cameras] == [(False, False, None)] * 2


def test_zones_have_places_in_the_order_of_the_layout_whatever_the_camera() -> None:
    seen = see(Sight(PRESET, LAYOUT), 0, gate=SCENE, hall=SCENE)
    assert seen.camera.tolist() == [0] * 6 + [1] * 6
    masks = seen.masks.reshape(2, 2, 3, 40, 40, 3).transpose(0, 1, 3, 2, 4, 5)
    masks = masks.reshape(2, 80, 120, 3)
    left = np.arange(120) < 60
    # The pixel that an outline touches belongs to the zone.
    for camera, zone, inside in ((0, 0, left), (1, 0, ~left), (1, 1, ~left)):
        columns = masks[camera, :, :, zone].all(axis=0)
        assert (columns == masks[camera, :, :, zone].any(axis=0)).all()
        assert np.count_nonzero(columns != inside) <= 1
    assert not masks[0, :, :, 1].any()
    assert not masks[:, :, :, 2].any()


def test_a_still_scene_costs_its_refresh_alone() -> None:
    sight = Sight(PRESET, LAYOUT)
    see(sight, 0, gate=SCENE)
    centres = [see(sight, turn, gate=SCENE).centre for turn in range(1, 7)]
    assert [len(centre) for centre in centres] == [1] * 6
    assert len(np.unique(np.concatenate(centres), axis=0)) == 6


def test_all_is_sent_every_time_when_not_sparse() -> None:
    sight = Sight(PRESET, LAYOUT, sparse=False)
    assert [len(see(sight, turn, gate=SCENE).rgb) for turn in range(4)] == [6] * 4


def test_the_noise_of_a_camera_is_no_change_and_somebody_is() -> None:
    grey = np.full((80, 120, 3), 120, np.uint8)
    sight = Sight(PRESET, LAYOUT)
    sent = []
    for turn in range(20):
        noise = RNG.normal(0, 6, grey.shape)
        picture = np.clip(grey + noise, 0, 255).astype(np.uint8)
        if turn == 19:
            picture[50:58, 96:104] += 60
        sent.append(see(sight, turn, gate=picture))
    assert [len(seen.rgb) for seen in sent[1:19]] == [1] * 18
    last = {tuple(row) for row in np.round(sent[19].centre * (3, 2) - 0.5).astype(int).tolist()}
    assert (2, 1) in last
    at = next(n for n, c in enumerate(sent[19].centre) if c[0] > 0.7 and c[1] > 0.6)
    change = sent[19].difference[at].astype(int)
    assert change[10:18, 16:24].mean() == pytest.approx(60 * 2 * 127 / 255, abs=3)
    assert abs(change[20:].mean()) < 1


def test_a_change_that_creeps_is_measured_from_what_was_sent() -> None:
    preset = PRESET.model_copy(update={"refresh_turns": 500})
    sight = Sight(preset, LAYOUT)
    sent = [
        len(see(sight, turn, gate=np.full((80, 120, 3), 100 + turn, np.uint8)).rgb)
        for turn in range(15)
    ]
    assert sent[0] == sent[7] == sent[14] == 6
    assert sum(sent) <= 3 * 6 + 1


def test_patches_that_are_padding_alone_are_not_sent() -> None:
    sight = Sight(PRESET, LAYOUT, sparse=False)
    seen = see(sight, 0, gate=np.zeros((400, 100, 3), np.uint8))
    assert seen.centre[:, 0].tolist() == pytest.approx([0.5, 0.5])


def test_another_aspect_starts_the_camera_anew_another_resolution_does_not() -> None:
    sight = Sight(PRESET, LAYOUT)
    see(sight, 0, gate=np.full((80, 120, 3), 50, np.uint8))
    larger = see(sight, 1, gate=np.full((160, 240, 3), 90, np.uint8))
    assert len(larger.rgb) == 6
    assert (larger.difference > 0).all()
    square = see(sight, 2, gate=np.full((80, 80, 3), 200, np.uint8))
    assert len(square.rgb) == 6
    assert not square.difference.any()
    assert (square.rgb[0, :, :20] == 128).all()


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (SessionLayout({name: {} for name in "abc"}), "3 cameras.*2"),
        (SessionLayout({"a": dict.fromkeys("pqrs", LEFT)}), "4 zones.*3"),
    ],
)
def test_a_layout_that_does_not_fit_is_refused_with_both_counts(
    layout: SessionLayout, words: str
) -> None:
    with pytest.raises(SessionLayoutError, match=words):
        Sight(PRESET, layout)


def test_without_a_layout_cameras_take_places_as_they_come() -> None:
    sight = Sight(PRESET, None)
    assert see(sight, 0, late=SCENE).camera.tolist() == [0] * 6
    seen = see(sight, 1, zebra=SCENE, early=SCENE)
    assert set(seen.camera.tolist()) == {1}
    assert sight.facts()["cameras"] == ["late", "early"]
    assert sight.ignored_frames == 1
    assert [camera.fresh for camera in seen.cameras] == [False, True]


def test_cameras_that_the_layout_does_not_name_are_ignored_and_counted() -> None:
    sight = Sight(PRESET, LAYOUT)
    seen = see(sight, 0, foreign=SCENE)
    assert len(seen.rgb) == 0
    assert sight.ignored_frames == 1
    assert [camera.present for camera in seen.cameras] == [True, True]


@pytest.mark.parametrize(
    "rgb",
    [
        np.zeros((0, 120, 3), np.uint8),
        np.zeros((80, 0, 3), np.uint8),
        np.zeros((80, 120), np.uint8),
        np.zeros((80, 120, 4), np.uint8),
        np.zeros((80, 120, 3), np.float32),
        np.full((80, 120, 3), np.nan),
        None,
    ],
)
def test_what_is_no_picture_counts_as_no_frame(rgb: Any) -> None:
    sight = Sight(PRESET, None)
    seen = see(sight, 0, gate=rgb)
    assert len(seen.rgb) == 0
    assert sight.unusable_frames == 1
    assert not seen.cameras[0].present
    assert len(see(sight, 1, gate=SCENE).rgb) == 6


@pytest.mark.parametrize(
    "rgb", [SCENE[::-1, ::-1], SCENE[::2, ::2], np.asfortranarray(SCENE), SCENE[:, :, ::-1]]
)
def test_how_a_picture_lies_in_memory_makes_no_difference(rgb: np.ndarray) -> None:
    copied = rgb.copy(order="C")
    copied.flags.writeable = False
    assert equal(see(Sight(PRESET, None), 0, a=rgb), see(Sight(PRESET, None), 0, a=copied))


def test_ages_are_those_of_the_last_usable_frame_at_the_end_of_the_turn() -> None:
    sight = Sight(PRESET, LAYOUT)
    frames = {"gate": frame("gate", SCENE, 0, age_ns=50_000_000)}
    first = sight.see(frames, turn=0, end_ns=TURN_NS)
    assert [camera.age_seconds for camera in first.cameras] == [0.05, None]
    assert [camera.fresh for camera in first.cameras] == [True, False]
    second = sight.see({}, turn=1, end_ns=2 * TURN_NS)
    assert second.cameras[0].age_seconds == 0.25
    assert not second.cameras[0].fresh
    assert sight.see({}, turn=2, end_ns=0).cameras[0].age_seconds == 0.0


def test_patches_are_copies_and_frames_are_left_as_they_are() -> None:
    rgb = SCENE.copy()
    rgb.flags.writeable = False
    sight = Sight(PRESET, LAYOUT)
    first = see(sight, 0, gate=rgb)
    kept = first.rgb.copy(), first.difference.copy()
    see(sight, 1, gate=255 - rgb)
    np.testing.assert_array_equal(first.rgb, kept[0])
    np.testing.assert_array_equal(first.difference, kept[1])
    assert not np.shares_memory(first.rgb, rgb)


SIZES = st.sampled_from([(80, 120), (60, 80), (1, 1), (7, 300), (240, 360)])
CAMERAS = st.dictionaries(
    st.sampled_from(["gate", "hall", "foreign"]), st.tuples(SIZES, st.integers(0, 3))
)


def given_frames(turn: dict[str, tuple[tuple[int, int], int]]) -> dict[str, np.ndarray]:
    return {
        name: np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)
        for name, (size, seed) in turn.items()
    }


@settings(max_examples=25, deadline=None)
@given(st.lists(CAMERAS, min_size=2, max_size=10), st.integers(0, 10), st.booleans())
def test_restored_sees_as_if_never_stopped(turns: list[dict], stop: int, with_layout: bool) -> None:
    layout = LAYOUT if with_layout else None
    whole, first, second = (Sight(PRESET, layout) for _ in range(3))
    see(second, 0, gate=SCENE[:40])
    stop = min(stop, len(turns))
    for number, turn in enumerate(turns[:stop]):
        seen = see(whole, number, **given_frames(turn))
        assert len(seen.rgb) <= PRESET.patches_per_turn
        assert equal(seen, see(first, number, **given_frames(turn)))
    saved = {name: array.copy() for name, array in first.arrays().items()}
    second.restore(saved, json.loads(json.dumps(first.facts())))
    for number, turn in enumerate(turns[stop:], stop):
        frames = given_frames(turn)
        assert equal(see(second, number, **frames), see(whole, number, **frames))
    assert second.facts() == whole.facts()


def test_reset_sees_as_if_just_made() -> None:
    sight = Sight(PRESET, None)
    see(sight, 0, hall=SCENE, gate=SCENE[:30], foreign=SCENE)
    see(sight, 1, hall=SCENE[:1], gate=None)
    sight.reset()
    fresh = Sight(PRESET, None)
    assert sight.facts() == fresh.facts()
    assert equal(see(sight, 0, gate=SCENE), see(fresh, 0, gate=SCENE))


def damaged(**changes: object) -> dict[str, Any]:
    return {**Sight(PRESET, LAYOUT).facts(), **changes}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "cameras"),
        (damaged(cameras=["hall", "gate"]), "hall"),
        (damaged(cameras="gate"), "cameras"),
        (damaged(cameras=["a", "b", "c"]), "places"),
        (damaged(ignored_frames=-1), "ignored_frames"),
        (damaged(eyes=[]), "eyes"),
        (damaged(eyes=[{}, {}]), "placement"),
        (damaged(choice={"turn": "x"}), "turn"),
    ],
)
def test_facts_that_do_not_fit_are_refused_by_name(facts: dict[str, Any], words: str) -> None:
    sight = Sight(PRESET, LAYOUT)
    with pytest.raises(ValueError, match=words):
        sight.restore(Sight(PRESET, LAYOUT).arrays(), facts)


def test_arrays_of_another_preset_are_refused_by_name() -> None:
    other = Sight(PRESET.model_copy(update={"columns": 4}), LAYOUT)
    with pytest.raises(ValueError, match="sent_means"):
        Sight(PRESET, LAYOUT).restore(other.arrays(), other.facts())


@pytest.mark.parametrize("numbers", [[120, 80, 0, 5, 120, 79], [1, 2, 3], [120, 80, 0, 0, 0, 80]])
def test_a_placement_that_no_frame_has_is_refused(numbers: list[int]) -> None:
    eye = CameraEye(PRESET, {})
    with pytest.raises(ValueError, match="placement"):
        eye.restore(eye.arrays(), {**eye.facts(), "placement": numbers})


def test_memory_is_that_of_the_beginning() -> None:
    sight = Sight(PRESET, None)
    shapes = {name: array.shape for name, array in sight.arrays().items()}
    for turn in range(30):
        see(sight, turn, **{f"camera{turn}": SCENE, "gate": SCENE[: 1 + turn]})
    assert {name: array.shape for name, array in sight.arrays().items()} == shapes
    assert len(sight.facts()["cameras"]) == 2
    assert sight.ignored_frames == 29
