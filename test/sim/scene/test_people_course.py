"""Steps take their time, and somebody is there exactly as long as the scenario says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.people import People
from tml_ros.sim.truth.moment import Posture

SECONDS = 40.0


def people(*, seed: int = 1, **part: Any) -> People:
    return People(
        Scenario.model_validate(
            {
                "scenario": "course",
                "seconds": SECONDS,
                "seed": seed,
                "hall": {"size": (20, 20), "clutter": 0},
                "people": {"ann": {"at": (0, 0), **part}},
            }
        )
    )


def there(made: People, time_s: float) -> bool:
    return bool(made.states(time_s))


WALK = {"walk": [(4, 0)]}
ALWAYS = SECONDS


@pytest.mark.parametrize(
    ("part", "first", "last"),
    [
        ({"steps": [{"stand": 3}]}, 0.0, 3.0),
        ({"steps": [{"stand": 3}], "enters": 5}, 5.0, 8.0),
        ({"steps": [{"stand": 3}], "stays": True}, 0.0, ALWAYS),
        ({"steps": [{"fall": 3}], "stays": True}, 0.0, ALWAYS),
        ({"steps": [{"fall": 3}]}, 0.0, 3.0),
        ({"steps": [{"crouch": 3}]}, 0.0, 3.6),
        ({"steps": [{"stand": 2}, {"crouch": 3}, {"stand": 1.5}]}, 0.0, 6.5),
        ({"steps": [{"fall": 4}, {"stand": 2}], "enters": 1}, 1.0, 7.0),
        ({"steps": [WALK], "speed": 1.0, "enters": 2}, 2.0, 6.0),
        ({"steps": []}, 0.0, ALWAYS),
    ],
)
def test_they_are_there_from_when_they_enter_to_the_end_of_their_steps(
    part: dict[str, Any], first: float, last: float
) -> None:
    made = people(**part)
    assert not there(made, first - 0.05)
    assert there(made, first + 0.05)
    assert there(made, min(last, SECONDS) - 0.1)
    assert not there(made, last + 0.1) or last == ALWAYS


def test_they_do_one_thing_after_the_other_and_getting_up_begins_the_next() -> None:
    steps = [{"stand": 2}, {"crouch": 3}, {"stand": 2}, {"fall": 5}, {"stand": 3}]
    made = people(steps=steps, stays=True)
    # Down at 2, begins to get up at 5; falls at 7, begins to get up at 12 and is up 1.5 s later.
    expected = [
        (1.0, Posture.STANDING),
        (2.1, Posture.CROUCHING),
        (4.9, Posture.CROUCHING),
        (6.0, Posture.STANDING),
        (7.2, Posture.FALLING),
        (7.9, Posture.LYING),
        (11.9, Posture.LYING),
        (12.1, Posture.RISING),
        (13.4, Posture.RISING),
        (13.6, Posture.STANDING),
        (30.0, Posture.STANDING),
    ]
    assert [(time, made.states(time)[0].posture) for time, _ in expected] == expected


@pytest.mark.parametrize("facing", [-170.0, -90.0, 0.0, 45.0, 180.0])
def test_who_stands_turns_to_where_they_shall_face_and_stays_on_the_spot(facing: float) -> None:
    made = people(steps=[{"stand": 1, "facing": 0}, {"stand": 5, "facing": facing}])
    before, after = made.states(0.5)[0], made.states(4.0)[0]
    assert before.facing == pytest.approx(0.0, abs=1.0)
    assert math.cos(math.radians(after.facing - facing)) > 0.999
    assert after.place == pytest.approx(before.place, abs=0.03)


def test_who_walks_comes_by_every_place_at_their_speed() -> None:
    places = [(4.0, 0.0), (4.0, 3.0), (-2.0, 3.0), (-2.0, 2.0), (2.0, 2.5)]
    made = people(steps=[{"walk": places}, {"stand": 4}], speed=1.5, stays=True)
    times = np.arange(0.0, 20.0, 0.05)
    course = made.people[0].course.upright(times)
    body = np.stack([course.x, course.y], axis=1)
    for place in places:
        assert np.linalg.norm(body - place, axis=1).min() < 0.3
    pace = np.linalg.norm(np.diff(body, axis=0), axis=1) / 0.05
    assert pace.max() == pytest.approx(1.5, abs=0.08)
    assert made.states(19.0)[0].place == pytest.approx(places[-1], abs=0.03)
    assert {made.states(3.0)[0].posture, made.states(19.0)[0].posture} == {
        Posture.WALKING,
        Posture.STANDING,
    }


def test_who_trips_is_thrown_on_and_who_faints_falls_where_they_stood() -> None:
    trips = people(steps=[WALK, {"fall": 5}], stays=True, speed=1.5)
    faints = people(steps=[WALK, {"stand": 1}, {"fall": 5}], stays=True, speed=1.5)
    assert trips.people[0].course.falls[0].lying.slide > 0.3
    assert faints.people[0].course.falls[0].lying.slide == 0.0


def test_nobody_falls_through_a_wall_or_onto_a_machine_where_there_is_room_elsewhere() -> None:
    for seed in range(12):
        scenario = Scenario.model_validate(
            {
                "scenario": "wall",
                "seconds": 5,
                "seed": seed,
                "hall": {"size": (12, 12), "clutter": 0},
                "machines": {"press": {"kind": "press", "at": (3.6, 0)}},
                "people": {"ann": {"at": (5.3, 0), "steps": [{"fall": 4}], "stays": True}},
            }
        )
        (ann,) = People(scenario).people
        head = ann.limbs.poses(np.array([4.0])).positions[0, 2]
        assert head[0] < 5.9
        assert math.dist(head[:2], (3.6, 0)) > 0.9
