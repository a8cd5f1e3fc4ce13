"""Distractors come and go when they should."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.distractors import distractors
from tml_ros.sim.scene.prop import Prop
from tml_ros.sim.scene.swinging_load import Swing
from tml_ros.sim.split import Split

SEEN = ("door", "blinking", "swinging", "shadow", "reflection", "spill")
PASSING = ("blinking", "shadow", "reflection", "spill")
"""Those of which nothing moves or shows before and after."""


def _scenario(*events: dict[str, object], seed: int = 0, looks: Split = Split.TRAIN) -> Scenario:
    return Scenario.model_validate(
        {
            "scenario": "some",
            "seconds": 60,
            "seed": seed,
            "looks": looks,
            "machines": {"press_1": {"kind": "press", "at": (2, 2)}},
            "zones": {"z": {"polygon": [(1, 1), (3, 1), (3, 3), (1, 3)]}},
            "cameras": {"c": {"at": (-4, -4, 4), "to": (0, 0, 1)}},
            "events": events,
        }
    )


def _one(kind: str, seed: int = 0, looks: Split = Split.TRAIN, **more: object) -> Prop:
    event = {"kind": kind, "at": 10.0, "lasts": 20.0, "place": (0.5, 0.5), **more}
    (prop,) = distractors(_scenario(event, seed=seed, looks=looks))
    return prop


@pytest.mark.parametrize("kind", SEEN)
@pytest.mark.parametrize("looks", Split)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_shown_is_declared_and_the_same_every_time(
    kind: str, looks: Split, seed: int
) -> None:
    prop, again = _one(kind, seed, looks), _one(kind, seed, looks)
    names = {body.name for body in prop.bodies}
    assert len(names) == len(tuple(prop.bodies))
    assert all(name.startswith("event-") for name in names)
    assert (prop.shapes, prop.assets, prop.files) == (again.shapes, again.assets, again.files)
    for file in prop.files:
        assert f'"{file}"' in prop.assets
    shown = set()
    for time in np.arange(0, 40, 0.1):
        places = prop.places(float(time))
        shown |= set(places)
        for name, placed in places.items():
            assert np.array_equal(placed.position, again.places(float(time))[name].position)
    # Not every stride comes at every step of fading.
    assert shown == names or kind == "shadow"
    assert shown <= names
    assert len(shown) > len(names) / 2


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_is_shown_only_while_it_lasts(kind: str) -> None:
    for seed in range(4):
        prop = _one(kind, seed)
        assert not prop.places(9.99)
        assert not prop.places(30.01)
        assert any(prop.places(time) for time in np.arange(20, 21, 0.1))


@pytest.mark.parametrize("kind", SEEN)
def test_seeds_differ(kind: str) -> None:
    looks = {
        (prop.shapes, "".join(body.shapes for body in prop.bodies), prop.places(20.0).keys())
        and (prop.shapes + "".join(body.shapes for body in prop.bodies))
        for prop in (_one(kind, seed) for seed in range(5))
    }
    assert len(looks) == 5


@pytest.mark.parametrize("seed", range(8))
def test_a_gate_opens_lets_light_in_and_closes_again(seed: int) -> None:
    prop = _one("door", seed, Split.HELD_OUT if seed % 2 else Split.TRAIN)
    shut, way, wide, shut_again = (prop.places(time) for time in (9.9, 11.0, 20.0, 30.1))
    assert not any("/day" in name for name in (*shut, *shut_again))
    assert shut.keys() == shut_again.keys()
    for name, placed in shut.items():
        assert np.array_equal(placed.position, shut_again[name].position)
    day_way, day_wide = (
        next(p.position for name, p in places.items() if "/day" in name) for places in (way, wide)
    )
    # Inside of the right wall, on the floor.
    assert day_wide[0] < 6.0
    assert 0.001 < day_wide[2] < 0.02
    names = [next(n for n in places if "/day" in n) for places in (way, wide)]
    assert names[0] != names[1] or day_way[0] > day_wide[0]
    gone = [name for name in shut if name not in wide]
    moved = [
        name
        for name in shut
        if name in wide and np.linalg.norm(shut[name].position - wide[name].position) > 0.5
    ]
    assert gone or moved


def test_a_hall_has_one_gate_however_often_it_opens() -> None:
    events = [{"kind": "door", "at": at, "lasts": 8.0} for at in (5.0, 25.0)]
    (gate,) = distractors(_scenario(*events))
    opened = [any("/day" in name for name in gate.places(time)) for time in (3, 9, 18, 29, 40)]
    assert opened == [False, True, False, True, False]


@pytest.mark.parametrize("seed", range(4))
def test_a_beacon_blinks_once_or_twice_a_second(seed: int) -> None:
    prop = _one("blinking", seed)
    lit = [any("/lit" in name for name in prop.places(time)) for time in np.arange(10, 30, 0.01)]
    flashes = sum(after and not before for before, after in pairwise(lit))
    assert 19 <= flashes <= 41
    assert 0.4 < np.mean(lit) < 0.6


def test_a_swing_begins_softly_keeps_its_pendulum_time_and_comes_to_rest() -> None:
    swing = Swing(at=10.0, lasts=20.0, angle=0.2, lasting=60.0, length=3.0)
    times = np.arange(0, 60, 0.01)
    angles = np.array([swing.angle_at(time) for time in times])
    assert not angles[times <= 10].any()
    assert np.abs(np.diff(angles)).max() < 0.01
    assert 0.15 < np.abs(angles).max() <= 0.2
    assert np.abs(angles[times > 45]).max() < 1e-3
    crossings = times[1:][np.diff(np.sign(angles)) != 0]
    during = crossings[(crossings > 12) & (crossings < 30)]
    assert np.diff(during).mean() == pytest.approx(math.pi * math.sqrt(3.0 / 9.81), rel=0.02)


@pytest.mark.parametrize("seed", range(6))
def test_a_load_hangs_over_the_floor_at_the_height_of_heads(seed: int) -> None:
    prop = _one("swinging", seed, Split.HELD_OUT if seed % 2 else Split.TRAIN)
    still = prop.places(5.0)["event-0/load"].position
    assert still[:2] == pytest.approx((0.5, 0.5))
    assert 1.3 < still[2] < 3.2
    away = [
        math.dist(prop.places(time)["event-0/load"].position[:2], (0.5, 0.5))
        for time in np.arange(10, 30, 0.1)
    ]
    assert max(away) > 0.1


def test_a_shadow_is_half_way_at_its_place_and_moves_as_fast_as_somebody() -> None:
    for seed in range(5):
        prop = _one("shadow", seed)
        (middle,) = prop.places(20.0).values()
        assert middle.position[:2] == pytest.approx((0.5, 0.5))
        (later,) = prop.places(21.0).values()
        assert 0.4 < math.dist(middle.position, later.position) < 2.0


def test_a_puddle_grows_for_two_seconds_and_stays() -> None:
    prop = _one("spill")
    sizes = {body.name: body.reach for body in prop.bodies}
    seen = [[sizes[name] for name in prop.places(t)] for t in (10.05, 10.5, 11.0, 12.1, 20.0, 29.0)]
    flat = [size for sizes_then in seen for size in sizes_then]
    assert len(flat) == 6
    assert flat[:4] == sorted(flat[:4])
    assert flat[0] < 0.5 * flat[3]
    assert flat[3] == flat[4] == flat[5] == max(sizes.values())


def test_where_the_event_says_nothing_things_are_inside_of_the_hall() -> None:
    for seed in range(10):
        events = [{"kind": kind, "at": 1.0, "lasts": 10.0} for kind in SEEN if kind != "spill"]
        for prop in distractors(_scenario(*events, seed=seed)):
            for placed in prop.places(6.0).values():
                assert abs(placed.position[0]) <= 8.0
                assert abs(placed.position[1]) <= 8.0
                assert 0 < placed.position[2] < 8.0


def test_sounds_lamps_and_smoke_are_none_of_it() -> None:
    kinds = ("siren", "impact", "cry", "radio", "fan", "clatter", "beeps", "lamp_off")
    assert distractors(_scenario(*({"kind": kind, "at": 1.0} for kind in kinds))) == ()
