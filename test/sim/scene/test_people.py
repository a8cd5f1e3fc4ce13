"""The people as a prop: same seed, same people; looks by split; pictures as the truth says."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene import people_looks
from tml_ros.sim.scene.people import People
from tml_ros.sim.scene.people_looks import Bare, Helmet, draw_look
from tml_ros.sim.scene.people_skeleton import LIMBS
from tml_ros.sim.scene.prop import Prop
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage import Stage, camera_view
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.split import Split
from tml_ros.sim.truth.moment import Sighting
from tml_ros.sim.truth.moments import moments

PEOPLE = {
    "ann": {"at": (-1.5, 0), "steps": [{"stand": 9, "facing": -90}]},
    "bob": {"at": (0, 0.4), "steps": [{"stand": 1}, {"crouch": 8}], "helmet": False},
    "cid": {"at": (2.0, 0.8), "steps": [{"stand": 0.5}, {"fall": 8}], "vest": False},
    "eve": {"at": (-2, -2), "steps": [{"walk": [(2, -2)]}], "enters": 2.0},
}
CAMERAS = {"wall": {"at": (0, -5.5, 4), "to": (0, 0, 0.6), "fovy": 55, "size": (480, 320)}}


def scenario(**parts: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "scenario": "people",
            "seconds": 10,
            "seed": 4,
            "hall": {"size": (16, 14), "clutter": 0},
            "people": PEOPLE,
            "cameras": CAMERAS,
            **parts,
        }
    )


def test_they_are_a_prop_with_a_body_per_limb() -> None:
    prop: Prop = People(scenario())
    names = [body.name for body in prop.bodies]
    assert len(set(names)) == len(names)
    assert {f"ann/{limb}" for limb in LIMBS} <= set(names)
    assert set(prop.places(3.0)) == set(names)
    assert set(prop.places(1.0)) == {name for name in names if not name.startswith("eve/")}


def test_nobody_there_is_an_empty_prop() -> None:
    made = People(scenario(people={}))
    assert (made.assets, dict(made.files), made.bodies) == ("", {}, ())
    assert made.places(1.0) == {}
    assert made.states(1.0) == ()


def test_the_same_scenario_gives_the_same_bits_in_any_order_of_asking() -> None:
    one, other = People(scenario()), People(scenario())
    assert one.assets == other.assets
    assert [body.shapes for body in one.bodies] == [body.shapes for body in other.bodies]
    one.places(7.0)
    for name, placed in one.places(3.0).items():
        again = other.places(3.0)[name]
        assert placed.position.tobytes() == again.position.tobytes()
        assert placed.rotation.tobytes() == again.rotation.tobytes()


def test_other_seeds_and_other_people_look_different_and_do_not_change_each_other() -> None:
    looks = [People(scenario(seed=seed)).people[0].look for seed in range(20)]
    assert len({look.shirt for look in looks}) > 3
    assert len({look.size for look in looks}) == 20
    alone = People(scenario(people={"bob": PEOPLE["bob"]})).people[0]
    assert alone.look == People(scenario()).people[1].look


@pytest.mark.parametrize("split", list(Split))
def test_looks_are_drawn_from_their_split_only(split: Split) -> None:
    for seed in range(40):
        look = draw_look(np.random.default_rng(seed), split, helmet=bool(seed % 2), vest=True)
        assert people_looks.SIZES.holds(look.size, split)
        assert people_looks.GIRTHS.holds(look.girth, split)
        assert look.skin in people_looks.SKINS.of(split)
        assert look.vest in people_looks.VEST_COLOURS.of(split)
        assert look.trousers in people_looks.TROUSERS.of(split)
        heads = people_looks.HELMETS if seed % 2 else people_looks.BARE
        assert look.head in heads.of(split)


def test_helmet_and_vest_change_nothing_else_and_a_cap_is_no_helmet() -> None:
    def look(*, helmet: bool, vest: bool) -> people_looks.Look:
        rng = np.random.default_rng(3)
        return draw_look(rng, Split.TRAIN, helmet=helmet, vest=vest)

    dressed, plain = look(helmet=True, vest=True), look(helmet=False, vest=False)
    assert isinstance(dressed.head, Helmet)
    assert isinstance(plain.head, Bare)
    assert dressed.vest is not None and plain.vest is None
    for field in ("size", "girth", "skin", "hair", "top", "shirt", "trousers", "boots", "gloves"):
        assert getattr(dressed, field) == getattr(plain, field)


def test_pictures_show_people_where_truth_says_that_they_are_seen() -> None:
    made = scenario()
    people = People(made)
    views = {name: camera_view(made, name) for name in made.cameras}
    told = moments(made, people, Vehicles(made), (), views)[19]
    try:
        stage = Stage(made, [people], quality=Quality.FAST)
        empty = Stage(scenario(people={}), [], quality=Quality.FAST)
    except SimulatorMissingError as error:
        pytest.skip(str(error))
    with stage, empty:
        depth = stage.draw("wall", told.time_s).depth
        changed = empty.draw("wall", told.time_s).depth - depth > 0.03
    labels = cv2.connectedComponentsWithStats(changed.astype(np.uint8), connectivity=8)
    drawn = [stats[:4] for stats in labels[2][1:] if stats[4] > 40]
    assert len(drawn) == len(told.people) == 4
    for person in told.people:
        sighting: Sighting = person.seen["wall"]
        assert sighting.share > 0.95
        x0, y0, x1, y1 = sighting.box
        off = [
            np.abs(np.array([x - x0, y - y0, x + w - x1, y + h - y1])).max() for x, y, w, h in drawn
        ]
        assert min(off) < 8.0


def test_a_helmet_shows_its_colour_above_the_face() -> None:
    made = scenario(people={"ann": {"at": (0, -2.5), "steps": [{"stand": 9, "facing": -90}]}})
    people = People(made)
    head = people.places(5.0)["ann/head"].position + np.array([0.0, 0.0, 0.22])
    ((x, y),) = camera_view(made, "wall").project(head[None])
    try:
        stage = Stage(made, [people], quality=Quality.FAST)
    except SimulatorMissingError as error:
        pytest.skip(str(error))
    with stage:
        patch = stage.draw("wall", 5.0).rgb[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2]
    colour = np.array(people.people[0].look.headgear)
    seen = patch.reshape(-1, 3).mean(axis=0)
    # Light changes how bright it is, hardly which colour.
    assert seen @ colour / np.linalg.norm(seen) / np.linalg.norm(colour) > 0.97
