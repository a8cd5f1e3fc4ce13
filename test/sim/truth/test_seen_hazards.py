"""Which hazards there are to be seen, scene by scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.people import People
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.truth.moment import VehicleState
from tml_ros.sim.truth.moments import moments
from tml_ros.sim.truth.seen_hazards import seen_hazards
from tml_ros.sim.truth.truth import Doubt, HazardSpan
from tml_ros.turn.hazard import HazardKind

ZONE = [(-1.5, -1.5), (1.5, -1.5), (1.5, 1.5), (-1.5, 1.5)]
VIEWS = {"wall": CameraView((0.0, -6.0, 4.0), (0.0, 0.0, 0.6), 50.0, 480, 320)}
AWAY = {"wall": CameraView((0.0, -6.0, 4.0), (0.0, -12.0, 0.6), 50.0, 480, 320)}
SCREEN = Block((0.0, -2.2, 1.5), (6.0, 0.05, 1.5))
SECONDS = 20.0
IN, DOWN = HazardKind.PERSON_IN_ZONE, HazardKind.PERSON_DOWN
HELMET, NEAR = HazardKind.MISSING_HELMET, HazardKind.VEHICLE_NEAR_PERSON
SMOKE = HazardKind.SMOKE_OR_FIRE


@dataclass(frozen=True)
class Cart:
    """Drives along x at `speed` from `begin`, 1.5 m by 0.8 m, at y = `beside`."""

    begin: float = -4.0
    speed: float = 0.5
    beside: float = 0.0

    def states(self, time_s: float) -> tuple[VehicleState, ...]:
        place = (self.begin + self.speed * time_s, self.beside)
        return (VehicleState("cart", place, 0.0, self.speed),)

    def hull(self, name: str) -> tuple[float, float]:
        return 0.75, 0.4

    def height(self, name: str) -> float:
        return 1.0


class Nothing:
    """No vehicles."""

    def states(self, time_s: float) -> tuple[VehicleState, ...]:
        return ()

    def hull(self, name: str) -> tuple[float, float]:
        raise KeyError(name)

    height = hull


def scenario(people: dict[str, Any] | None = None, **parts: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "scenario": "hazards",
            "seconds": SECONDS,
            "seed": 3,
            "hall": {"size": (20, 20), "clutter": 0},
            "zones": {"bay": {"polygon": ZONE}},
            "people": people or {},
            **parts,
        }
    )


def found(
    made: Scenario,
    *,
    vehicles: Any = None,
    blocks: tuple[Block, ...] = (),
    views: dict[str, CameraView] | None = None,
) -> tuple[tuple[HazardSpan, ...], tuple[Doubt, ...]]:
    return seen_hazards(made, People(made), vehicles or Nothing(), blocks, views or VIEWS)


def kinds(spans: tuple[Any, ...]) -> set[HazardKind]:
    return {span.kind for span in spans}


def stands(place: tuple[float, float], **part: Any) -> dict[str, Any]:
    return {"ann": {"at": place, "steps": [{"stand": 5, "facing": -90}], "stays": True, **part}}


INSIDE, OUTSIDE, OPPOSITE = (0.0, 0.0), (0.0, 3.0), (2.6, 0.0)


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ({}, set()),
        (stands(INSIDE), {IN}),
        (stands(INSIDE, vest=False), {IN}),
        (stands(INSIDE, helmet=False), {IN, HELMET}),
        (stands(OUTSIDE, helmet=False), set()),
        (stands(INSIDE, steps=[{"crouch": 10}]), {IN}),
        (stands(INSIDE, steps=[{"fall": 10}]), {IN, DOWN}),
        (stands(OUTSIDE, steps=[{"fall": 10}], at=(0, 5)), set()),
        (stands(INSIDE, enters=30), set()),
    ],
)
def test_who_is_where_in_what_state_decides(
    people: dict[str, Any], expected: set[HazardKind]
) -> None:
    spans, _ = found(scenario(people))
    assert kinds(spans) == expected
    assert all(span.zone == "bay" and span.evident_s is not None for span in spans)


def test_somebody_who_walks_through_is_in_the_zone_as_long_as_a_sole_is() -> None:
    made = scenario({"ann": {"at": (-4.0, 0.0), "steps": [{"walk": [(6.0, 0.0)]}], "speed": 1.0}})
    (span,), doubts = found(made)
    # The soles: half a step before and behind the body.
    assert 2.0 < span.start_s < 2.6
    assert 5.3 < span.end_s < 6.0
    assert span.evident_s is not None
    assert span.start_s <= span.evident_s < span.start_s + 0.4
    people = People(made)
    for time in np.arange(1.0, 8.0, 0.05) + 0.001:
        inside = people.states(float(time))[0].zones == ("bay",)
        assert inside == (span.start_s <= time < span.end_s)
    assert all(doubt.kind is IN for doubt in doubts)
    near = [doubt for doubt in doubts if doubt.start_s <= span.start_s < doubt.end_s]
    assert near and near[0].end_s < span.start_s + 0.5


def test_a_fall_is_in_doubt_and_down_from_its_end_until_getting_up() -> None:
    made = scenario(stands(INSIDE, steps=[{"stand": 3}, {"fall": 6}, {"stand": 5}]))
    (fall,) = People(made).people[0].course.falls
    spans, doubts = found(made)
    (down,) = [span for span in spans if span.kind is DOWN]
    assert down.start_s == pytest.approx(fall.lies_s, abs=0.05)
    assert down.end_s == pytest.approx(9.0, abs=0.05)
    assert down.evident_s == pytest.approx(down.start_s, abs=0.05)
    falling, rising = [doubt for doubt in doubts if doubt.kind is DOWN]
    assert (falling.start_s, falling.end_s) == pytest.approx((3.0, down.start_s), abs=0.06)
    assert (rising.start_s, rising.end_s) == pytest.approx((9.0, 10.5), abs=0.06)


@pytest.mark.parametrize(("offset", "there"), [(-0.08, False), (0.05, True)])
def test_on_the_edge_nobody_can_be_wrong(offset: float, there: bool) -> None:
    size = People(scenario(stands(INSIDE))).people[0].look.size
    # Seen from above, facing -90: the soles are 0.125 m left and right of the middle.
    spans, doubts = found(scenario(stands((-1.5 - 0.125 * size + offset, 0.0))))
    assert bool(spans) is there
    assert all(span.evident_s is None for span in spans)
    (doubt,) = doubts
    assert (doubt.start_s, doubt.end_s) == (0.0, SECONDS)


@pytest.mark.parametrize("hides", ["camera looks away", "screen"])
def test_what_no_camera_sees_is_there_but_never_evident(hides: str) -> None:
    made = scenario(stands(INSIDE, helmet=False))
    spans, doubts = (
        found(made, views=AWAY) if hides == "camera looks away" else found(made, blocks=(SCREEN,))
    )
    assert kinds(spans) == kinds(doubts) == {IN, HELMET}
    assert all(span.evident_s is None for span in spans)
    assert all((doubt.start_s, doubt.end_s) == (0.0, SECONDS) for doubt in doubts)


def test_a_head_that_is_too_small_shows_no_helmet() -> None:
    far = {"far": CameraView((0.0, -9.5, 4.0), (0.0, 0.0, 0.6), 50.0, 120, 80)}
    spans, _ = found(scenario(stands(INSIDE, helmet=False)), views=far)
    assert {span.kind: span.evident_s is None for span in spans} == {IN: False, HELMET: True}


def test_two_people_are_one_hazard() -> None:
    steps = [{"walk": [(3.0, 0.0)]}]
    made = scenario(
        {
            "ann": {"at": (-3.0, 0.0), "steps": steps},
            "bob": {"at": (-3.0, 0.5), "steps": steps, "enters": 2.5},
        }
    )
    spans, _ = found(made)
    assert len(spans) == 1
    later = found(made.model_copy(update={"people": {"bob": made.people["bob"]}}))[0]
    assert spans[0].end_s == pytest.approx(later[0].end_s)


@pytest.mark.parametrize(
    ("person", "cart", "there"),
    [
        (INSIDE, Cart(beside=1.5), True),
        (INSIDE, Cart(beside=3.0), False),
        (INSIDE, Cart(beside=1.5, speed=0.1, begin=-1.0), False),
        (INSIDE, Cart(beside=1.5, speed=0.0, begin=0.0), False),
        (OPPOSITE, Cart(beside=0.0, speed=0.25), True),
        (OUTSIDE, Cart(beside=4.0), False),
    ],
)
def test_a_moving_vehicle_near_somebody_in_the_zone_is_a_hazard(
    person: tuple[float, float], cart: Cart, there: bool
) -> None:
    spans, _ = found(scenario(stands(person)), vehicles=cart)
    assert (NEAR in kinds(spans)) is there


def test_near_is_a_metre_and_a_half_from_hull_to_body() -> None:
    cart = Cart(beside=0.0, speed=0.4, begin=-5.0)
    spans, _ = found(scenario(stands(INSIDE)), vehicles=cart)
    (near,) = [span for span in spans if span.kind is NEAR]
    front = cart.begin + cart.speed * near.start_s + 0.75
    # The body is some 0.15 to 0.4 m thick around its middle.
    assert -1.5 - 0.45 < front < -1.5 - 0.1
    assert near.evident_s is not None and near.evident_s > near.start_s


SMOKY = {"kind": "smoke", "at": 4.0, "lasts": 3.0}


@pytest.mark.parametrize(
    ("place", "views", "there", "evident", "doubtful"),
    [
        ((0.0, 0.0), VIEWS, True, 5.5, [(4.0, 5.5), (7.0, 19.0)]),
        ((0.0, 0.0), AWAY, True, None, [(4.0, 19.0)]),
        ((1.9, 0.0), VIEWS, False, None, [(4.0, 19.0)]),
        ((3.0, 0.0), VIEWS, False, None, []),
    ],
)
def test_smoke_is_a_hazard_where_it_comes_from(
    place: tuple[float, float],
    views: dict[str, CameraView],
    there: bool,
    evident: float | None,
    doubtful: list[tuple[float, float]],
) -> None:
    spans, doubts = found(scenario(events=[{**SMOKY, "place": place}]), views=views)
    assert [(span.kind, span.start_s, span.end_s, span.evident_s) for span in spans] == (
        [(SMOKE, pytest.approx(4.0), pytest.approx(7.0), pytest.approx(evident))] if there else []
    )
    assert [(doubt.start_s, doubt.end_s) for doubt in doubts] == [
        pytest.approx(doubt) for doubt in doubtful
    ]


def test_every_turn_has_its_moment_and_says_who_is_seen() -> None:
    made = scenario({**stands(INSIDE), "bob": {"at": OUTSIDE, "enters": 10.05, "steps": []}})
    told = moments(made, People(made), Cart(), (), VIEWS)
    assert [moment.time_s for moment in told] == pytest.approx(0.2 * np.arange(1, 101))
    assert [len(moment.people) for moment in told] == [1] * 50 + [2] * 50
    ann = told[0].people[0]
    assert (ann.name, ann.zones) == ("ann", ("bay",))
    assert ann.seen["wall"].share > 0.9
    assert told[20].vehicles[0].place == pytest.approx((-4.0 + 0.5 * 4.2, 0.0))
    assert told[20].vehicles[0].seen["wall"].share > 0.5
