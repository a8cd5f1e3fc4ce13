from __future__ import annotations

import itertools

import numpy as np
import pytest

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.plume import VEIL_LIFE, Plume, smoke_amount
from tml_ros.sim.scene.smoke import Smoke
from tml_ros.sim.scene.smoke_looks import SMOKE_COLOUR, clouds, smoke_look, sprites
from tml_ros.sim.split import Split

VIEW = CameraView((0, -5, 2.5), (0, 0, 1), 50.0, 120, 80)
FAR = np.full((80, 120), 30.0, np.float32)
BEGINS, ENDS = 2.0, 14.0


def scenario(
    *, seed: int = 1, strength: float = 0.6, place: object = (0, 0), looks: str = "train"
) -> Scenario:
    smoke = {
        "kind": "smoke",
        "at": BEGINS,
        "lasts": ENDS - BEGINS,
        "place": place,
        "strength": strength,
    }
    return Scenario.model_validate(
        {"scenario": "test", "seconds": 60, "seed": seed, "looks": looks, "events": (smoke,)}
    )


@pytest.fixture(scope="module")
def hall() -> np.ndarray:
    rng = np.random.default_rng(3)
    picture = rng.integers(60, 160, (80, 120, 3), dtype=np.uint8)
    picture.flags.writeable = False
    return picture


@pytest.mark.parametrize("time_s", [0.0, BEGINS - 0.01, ENDS + 1.2 * VEIL_LIFE])
def test_without_smoke_the_picture_is_the_one_given(hall: np.ndarray, time_s: float) -> None:
    assert Smoke(scenario()).over(hall, FAR, VIEW, time_s) is hall


@pytest.mark.parametrize("seed", range(4))
def test_smoke_thickens_stays_and_thins_out(seed: int) -> None:
    smoke = Smoke(scenario(seed=seed))
    first, early, full, late, last = (
        float(smoke.opacity(FAR, VIEW, time_s).mean())
        for time_s in (BEGINS + 0.5, BEGINS + 2, ENDS - 1, ENDS + 5, ENDS + 12)
    )
    assert first < early < full
    assert full > 0.02
    assert full > late > last
    assert last < 0.3 * full


def test_smoke_rises_from_its_place_and_widens() -> None:
    smoke = Smoke(scenario())
    hidden = smoke.opacity(FAR, VIEW, ENDS - 1)
    foot = VIEW.project([(0, 0, 0.1)])[0]
    rows = np.flatnonzero(hidden.max(axis=1) > 0.3)
    assert rows.max() == pytest.approx(foot[1], abs=5)
    assert rows.min() < foot[1] - 25
    low, high = ((hidden[row] > 0.15).sum() for row in (rows.max() - 3, rows.min() + 8))
    assert high > low


def test_more_smoke_hides_more() -> None:
    hidden = [
        float(Smoke(scenario(strength=strength)).opacity(FAR, VIEW, ENDS - 1).sum())
        for strength in (0.1, 0.4, 0.8)
    ]
    assert hidden[0] < hidden[1] < hidden[2]


def test_what_stands_before_the_smoke_stays_clear(hall: np.ndarray) -> None:
    depth = FAR.copy()
    depth[:, :60] = 2.0
    seen = Smoke(scenario(strength=1.0)).over(hall, depth, VIEW, ENDS - 1)
    assert np.array_equal(seen[:, :60], hall[:, :60])
    assert np.abs(seen[:, 60:].astype(np.int16) - hall[:, 60:]).mean() > 3


def test_smoke_behind_the_camera_is_not_seen(hall: np.ndarray) -> None:
    seen = Smoke(scenario(place=(0, -12), strength=1.0)).over(hall, FAR, VIEW, ENDS - 1)
    assert np.array_equal(seen, hall)


def test_any_moment_can_be_asked_for_first(hall: np.ndarray) -> None:
    times = (4.0, 9.0, 16.0)
    one, other = Smoke(scenario(strength=0.9)), Smoke(scenario(strength=0.9))
    forwards = [one.over(hall, FAR, VIEW, time_s) for time_s in times]
    backwards = [other.over(hall, FAR, VIEW, time_s) for time_s in reversed(times)][::-1]
    assert np.array_equal(forwards, backwards)


def test_smoke_moves_from_picture_to_picture_and_does_not_leap() -> None:
    smoke = Smoke(scenario())
    hidden = [smoke.opacity(FAR, VIEW, time_s) for time_s in np.arange(8, 10, 0.1)]
    steps = [float(np.abs(b - a).mean()) for a, b in itertools.pairwise(hidden)]
    assert min(steps) > 1e-4
    assert max(steps) < 0.02


@pytest.mark.parametrize("strength", [0.5, 0.7])
def test_little_smoke_has_no_flame(strength: float) -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert not smoke_look(rng, Split.TRAIN, strength=strength).flame


def test_strong_smoke_sometimes_burns_at_its_foot(hall: np.ndarray) -> None:
    looks = {
        seed: smoke_look(np.random.default_rng(seed), Split.TRAIN, strength=0.9)
        for seed in range(20)
    }
    burning = [seed for seed, look in looks.items() if look.flame]
    assert 5 < len(burning) < 20
    x, y = (int(v) for v in VIEW.project([(0, 0, 0.15)])[0])
    reddest = 0
    for seed in range(8):
        seen = Smoke(scenario(seed=seed, strength=0.9)).over(hall, FAR, VIEW, 8.0)
        foot = seen[y - 2 : y + 3, x - 3 : x + 4].astype(np.int16)
        reddest = max(reddest, int((foot[..., 0] - foot[..., 2]).max()))
    assert reddest > 150


def test_held_out_smoke_has_other_colours() -> None:
    for split in Split:
        drawn = {
            smoke_look(np.random.default_rng(seed), split, strength=0.5).colour
            for seed in range(60)
        }
        assert drawn == set(SMOKE_COLOUR.of(split))


def test_the_source_swells_and_stops() -> None:
    (event,) = scenario(strength=0.8).events
    amounts = [smoke_amount(event, time_s) for time_s in (1.9, 2.0, 3.0, 6.0, 13.9, 14.0)]
    assert amounts[0] == amounts[-1] == 0
    assert amounts[1] < amounts[2] < amounts[3] == amounts[4] == 0.8


def test_a_source_that_lasts_an_instant_gives_a_puff() -> None:
    (event,) = scenario().events
    brief = event.model_copy(update={"lasts": 0.05})
    rng = np.random.default_rng(1)
    plume = Plume(brief, smoke_look(rng, Split.TRAIN, strength=0.5), rng)
    counts = [plume.puffs(time_s) for time_s in (BEGINS + 0.2, BEGINS + 30)]
    assert counts[0] is not None
    assert len(counts[0].radius) == 1
    assert counts[1] is None


def test_sprites_end_before_their_frame_and_are_never_negative() -> None:
    for sprite in sprites():
        thick, lit = sprite[..., 0], sprite[..., 1]
        edge = np.concatenate([thick[0], thick[-1], thick[:, 0], thick[:, -1]])
        assert edge.max() < 0.02
        assert thick.max() > 0.7
        assert thick.min() >= 0
        assert (lit <= thick + 1e-6).all()


def test_clouds_go_on_at_the_opposite_edge() -> None:
    field = clouds(np.random.default_rng(2), 64, (4, 8))
    within = np.abs(np.diff(field, axis=0)).max()
    assert np.abs(field[0] - field[-1]).max() <= 1.5 * within
    assert (field.mean(), field.std()) == pytest.approx((0, 1), abs=1e-4)
