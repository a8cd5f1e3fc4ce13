"""Vehicles as the renderer and the truth take them."""

from __future__ import annotations

import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene import vehicle_looks
from tml_ros.sim.scene.cart import CartLook
from tml_ros.sim.scene.forklift import ForkliftLook
from tml_ros.sim.scene.vehicle_looks import VehicleDraws
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.split import Split


def _vehicles(seed: int = 0, looks: Split = Split.TRAIN, **more: object) -> Vehicles:
    return Vehicles(
        Scenario.model_validate(
            {
                "scenario": "two",
                "seconds": 60,
                "seed": seed,
                "looks": looks,
                "zones": {"aisle": {"polygon": [(-1, -1), (1, -1), (1, 1), (-1, 1)]}},
                "vehicles": {
                    "lift": {"at": (-4, 0), "enters": 2, "steps": [{"walk": [(4, 0)]}], **more},
                    "agv": {"kind": "cart", "at": (3, 3), "facing": 200},
                },
            }
        )
    )


def test_the_truth_says_where_they_are_and_in_which_zones() -> None:
    vehicles = _vehicles(stays=False)
    (agv,) = vehicles.states(1.0)
    assert (agv.name, agv.place, agv.speed, agv.zones) == ("agv", (3, 3), 0.0, ())
    assert agv.facing == pytest.approx(-160)
    passing = {
        state.zones
        for time in np.arange(2, 9, 0.1)
        for state in vehicles.states(float(time))
        if state.name == "lift"
    }
    assert passing == {(), ("aisle",)}
    for time in np.arange(2, 9, 0.1):
        for state in vehicles.states(float(time)):
            inside = max(abs(state.place[0]), abs(state.place[1])) < 0.99
            assert not inside or state.zones == ("aisle",)
    assert [state.name for state in vehicles.states(50.0)] == ["agv"]


@pytest.mark.parametrize("looks", Split)
@pytest.mark.parametrize("seed", range(5))
def test_bodies_are_where_the_truth_says_and_no_others(seed: int, looks: Split) -> None:
    vehicles = _vehicles(seed, looks)
    names = {body.name for body in vehicles.bodies}
    assert len(names) == len(vehicles.bodies)
    for time in (0.0, 4.0, 30.0):
        places = vehicles.places(time)
        assert set(places) <= names
        states = {state.name: state for state in vehicles.states(time)}
        assert {name.split("/")[0] for name in places} == set(states)
        for name, state in states.items():
            placed = places[f"{name}/body"]
            assert placed.position[:2] == pytest.approx(state.place)
            facing = np.degrees(np.arctan2(placed.rotation[1, 0], placed.rotation[0, 0]))
            assert (facing - state.facing + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


def test_wheels_turn_as_far_as_is_driven() -> None:
    vehicles = _vehicles()
    before, after = vehicles.places(4.0), vehicles.places(4.1)
    moved = after["lift/body"].position[0] - before["lift/body"].position[0]
    turn = before["lift/wheel0"].rotation.T @ after["lift/wheel0"].rotation
    angle = np.arctan2(turn[0, 2], turn[0, 0])
    radius = before["lift/wheel0"].position[2]
    assert angle * radius == pytest.approx(moved, rel=1e-3)


def test_the_driver_is_there_only_where_there_is_one() -> None:
    with_driver, without = _vehicles(driver=True), _vehicles(driver=False)
    shapes = [
        next(body.shapes for body in vehicles.bodies if body.name == "lift/body")
        for vehicles in (with_driver, without)
    ]
    assert shapes[0].count("<geom") - shapes[1].count("<geom") > 10


@pytest.mark.parametrize("looks", Split)
def test_looks_are_of_their_split_and_differ(looks: Split) -> None:
    lifts = [
        ForkliftLook.drawn(VehicleDraws.of(seed, "f", looks), driver=True) for seed in range(20)
    ]
    carts = [CartLook.drawn(VehicleDraws.of(seed, "c", looks)) for seed in range(20)]
    assert {lift.build for lift in lifts} == set(vehicle_looks.FORKLIFT_BUILDS.of(looks))
    assert {cart.build for cart in carts} == set(vehicle_looks.CART_BUILDS.of(looks))
    assert len({(lift.coat, lift.body, lift.cargo) for lift in lifts}) == 20


def test_hulls_are_those_of_a_forklift_and_of_a_cart() -> None:
    vehicles = _vehicles()
    assert 1.2 < vehicles.hull("lift")[0] < 1.9
    assert 0.45 < vehicles.hull("lift")[1] < 0.7
    assert 0.5 < vehicles.hull("agv")[0] < 1.0
    with pytest.raises(KeyError):
        vehicles.hull("nobody")
