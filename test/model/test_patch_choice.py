"""The choice of patches: what always holds, whatever cameras and changes come."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tml_ros.model.patch_choice import PatchChoice

LEVELS = 6.0
NO, YES = (False, 0), (True, 0)
TIGHT = {"cameras": 3, "patches": 10, "refresh": 5, "budget": 6}
COMING_AND_GOING = [
    [YES, NO, YES],
    [YES, YES, NO],
    [YES, (True, 1), YES],
    [NO, NO, YES],
    [NO, (True, 2), NO],
    [YES, YES, NO],
    [(True, 1), NO, YES],
    [NO, YES, YES],
]


def choice(
    *, cameras: int = 1, patches: int = 24, budget: int = 24, refresh: int = 8, sparse: bool = True
) -> PatchChoice:
    return PatchChoice(
        cameras=cameras,
        patches=patches,
        budget=budget,
        refresh_turns=refresh,
        changed_levels=LEVELS,
        sparse=sparse,
    )


def still(patches: int = 24) -> np.ndarray:
    return np.zeros(patches, np.float32)


def unsent(patches: int = 24) -> np.ndarray:
    return np.full(patches, np.inf, np.float32)


@st.composite
def stories(draw: st.DrawFn) -> tuple[dict, list[list[tuple[bool, int]]], bool]:
    """Sizes that a preset allows, and per turn and camera: gives a frame, seed of its changes."""
    cameras = draw(st.integers(1, 4))
    patches = draw(st.integers(1, 12))
    refresh = draw(st.integers(1, 9))
    least = -(-cameras * patches // refresh)
    sizes = {
        "cameras": cameras,
        "patches": patches,
        "refresh": refresh,
        "budget": draw(st.integers(least, least + 4)),
    }
    turn = st.lists(
        st.tuples(st.booleans(), st.integers(0, 50)), min_size=cameras, max_size=cameras
    )
    return sizes, draw(st.lists(turn, min_size=1, max_size=40)), draw(st.booleans())


def changes_of(seed: int, patches: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    kinds = np.array([0.0, 3.0, 30.0, 200.0])
    return rng.choice(kinds, patches, p=rng.dirichlet(np.ones(4))).astype(np.float32)


@settings(max_examples=150, deadline=None)
@given(stories())
@example((TIGHT, COMING_AND_GOING, False))
def test_the_budget_holds_and_no_patch_waits_longer_than_allowed(
    story: tuple[dict, list[list[tuple[bool, int]]], bool],
) -> None:
    sizes, turns, sparse = story
    chooser = choice(**sizes, sparse=sparse)
    patches = sizes["patches"]
    frames_since = np.zeros((sizes["cameras"], patches), int)
    for number, cameras in enumerate(turns):
        changes = {
            slot: changes_of(seed, patches) for slot, (gives, seed) in enumerate(cameras) if gives
        }
        sent = chooser.choose(changes, turn=number)
        assert sorted(sent) == sorted(changes)
        assert sum(map(len, sent.values())) <= sizes["budget"]
        for slot, chosen in sent.items():
            assert (np.diff(chosen) > 0).all()
            frames_since[slot] += 1
            frames_since[slot, chosen] = 0
            assert (frames_since[slot] < sizes["refresh"]).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 23), max_size=20), min_size=1, max_size=30))
def test_what_has_changed_is_sent_at_once_when_there_is_room(turns: list[set[int]]) -> None:
    chooser = choice()
    for number, changed in enumerate(turns):
        change = still()
        change[list(changed)] = LEVELS + 0.5
        assert changed <= set(chooser.choose({0: change}, turn=number)[0].tolist())


def test_levels_up_to_the_limit_are_no_change() -> None:
    chooser = choice(refresh=24)
    chooser.choose({0: unsent()}, turn=0)
    sent = chooser.choose({0: np.full(24, LEVELS, np.float32)}, turn=1)
    assert len(sent[0]) == 1


@pytest.mark.parametrize(
    ("patches", "refresh"), [(24, 8), (84, 8), (84, 10), (5, 8), (7, 1), (3, 9)]
)
def test_a_still_scene_is_sent_evenly_and_each_patch_once_in_time(
    patches: int, refresh: int
) -> None:
    chooser = choice(patches=patches, budget=patches, refresh=refresh)
    assert len(chooser.choose({0: unsent(patches)}, turn=0)[0]) == patches
    counts, sent = [], []
    for number in range(1, 3 * refresh + 1):
        chosen = chooser.choose({0: still(patches)}, turn=number)[0]
        counts.append(len(chosen))
        sent.extend(chosen.tolist())
    assert max(counts) - min(counts) <= 1
    assert sorted(sent) == sorted(list(range(patches)) * 3)


def test_what_moves_all_the_time_leaves_the_rest_its_refresh_and_no_more() -> None:
    chooser = choice()
    change = still()
    change[:12] = 50.0
    counts = [
        len(chooser.choose({0: unsent() if n == 0 else change}, turn=n)[0]) for n in range(40)
    ]
    assert max(counts[16:]) <= 12 + 24 / 8
    assert np.mean(counts[16:]) == pytest.approx(12 + 12 / 8)


def test_of_too_many_changes_the_greatest_goes_first_and_the_least_has_its_turn() -> None:
    chooser = choice(patches=8, budget=2, refresh=8)
    chooser.choose({0: still(8)}, turn=0)
    change = np.array([10, 90, 10, 100, 10, 10, 10, 10], np.float32)
    sent = [chooser.choose({0: change}, turn=n)[0].tolist() for n in range(1, 13)]
    assert sent[0] == [1, 3]
    counts = np.bincount(np.concatenate(sent), minlength=8)
    assert counts.min() >= 1
    assert min(counts[1], counts[3]) > max(counts[[0, 2, 4, 5, 6, 7]])


def test_everything_of_each_new_frame_is_sent_when_not_sparse() -> None:
    chooser = choice(cameras=2, patches=6, budget=12, sparse=False)
    for number in range(3):
        sent = chooser.choose({0: still(6), 1: still(6)}, turn=number)
        assert [len(chosen) for chosen in sent.values()] == [6, 6]
    assert list(chooser.choose({1: still(6)}, turn=3)) == [1]


def test_a_slow_camera_is_refreshed_by_turns_where_there_is_room() -> None:
    chooser = choice(patches=10, budget=10, refresh=8)
    chooser.choose({0: unsent(10)}, turn=0)
    assert len(chooser.choose({0: still(10)}, turn=8)[0]) == 10


@pytest.mark.parametrize("turn", [-5, 0, 7])
def test_a_number_that_does_not_rise_is_the_next_turn(turn: int) -> None:
    once, twice = choice(), choice()
    for chooser, number in ((once, 8), (twice, turn)):
        chooser.choose({0: unsent()}, turn=7)
        again = chooser.choose({0: still()}, turn=number)
        assert again[0].tolist() == [0, 1, 2]


def test_patches_that_show_nothing_are_never_sent_and_take_nobodys_place() -> None:
    chooser = choice(patches=8, budget=8, refresh=4)
    change = unsent(8)
    change[[0, 7]] = -1.0
    assert chooser.choose({0: change}, turn=0)[0].tolist() == [1, 2, 3, 4, 5, 6]
    change = np.where(change < 0, change, 0.0).astype(np.float32)
    sent = [chooser.choose({0: change}, turn=n)[0].tolist() for n in range(1, 5)]
    assert sorted(np.concatenate(sent).tolist()) == [1, 2, 3, 4, 5, 6]
    assert max(map(len, sent)) == 2


def test_restored_goes_on_as_if_never_stopped() -> None:
    sizes = {"cameras": 2, "patches": 9, "budget": 4, "refresh": 5}
    whole, first, second = choice(**sizes), choice(**sizes), choice(**sizes)
    for number in range(7):
        for chooser in (whole, first):
            chooser.choose({number % 2: changes_of(number, 9)}, turn=number)
    second.restore(
        {name: array.copy() for name, array in first.arrays().items()},
        json.loads(json.dumps(first.facts())),
    )
    for number in range(7, 20):
        changes = {slot: changes_of(2 * number + slot, 9) for slot in (0, 1)}
        expected = whole.choose(changes, turn=number)
        given = second.choose(changes, turn=number)
        assert {k: v.tolist() for k, v in given.items()} == {
            k: v.tolist() for k, v in expected.items()
        }


def test_what_does_not_fit_is_refused_by_name() -> None:
    saved = choice(patches=6)
    with pytest.raises(ValueError, match="frames"):
        choice(patches=8).restore(saved.arrays(), saved.facts())
    with pytest.raises(ValueError, match="turn"):
        choice(patches=6).restore(saved.arrays(), {})
