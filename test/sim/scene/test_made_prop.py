"""The reach of bodies, as MuJoCo has it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tml_ros.sim.off_screen import SimulatorMissingError, load_mujoco
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.distractors import distractors
from tml_ros.sim.scene.machines.machines import machines
from tml_ros.sim.scene.made_prop import body
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.shapes import MATERIALS, box, capsule
from tml_ros.sim.split import Split


@pytest.mark.parametrize(
    ("shapes", "reach"),
    [
        ([box((0, 0, 0), (3, 4, 0), (0, 0, 0))], 5.0),
        ([box((0, 0, 2), (3, 4, 0), (0, 0, 0))], 7.0),
        ([capsule((0, 0, 0), (0, 0, 2), 0.5, (0, 0, 0))], 2.5),
        ([f'<frame pos="1 0 0">{box((0, 0, 1), (1, 0, 0), (0, 0, 0))}</frame>'], 3.0),
        ([], 0.0),
    ],
)
def test_the_reach_is_that_of_the_farthest_shape(shapes: list[str], reach: float) -> None:
    assert body("a/b", shapes).reach == pytest.approx(reach)


@pytest.mark.parametrize("looks", Split)
@pytest.mark.parametrize("seed", range(3))
def test_everything_is_sound_for_the_renderer_and_no_shape_is_out_of_its_bodys_reach(
    seed: int, looks: Split
) -> None:
    try:
        mujoco = load_mujoco()
    except SimulatorMissingError as error:
        pytest.skip(str(error))
    kinds = ("door", "blinking", "swinging", "shadow", "reflection", "spill")
    scenario = Scenario.model_validate(
        {
            "scenario": "all",
            "seconds": 60,
            "seed": seed,
            "looks": looks,
            "machines": {
                kind: {"kind": kind, "at": (index, 0), "facing": 30}
                for index, kind in enumerate(("press", "conveyor", "robot_arm"))
            },
            "vehicles": {"lift": {"at": (0, 0)}, "agv": {"kind": "cart", "at": (0, 0)}},
            "events": [{"kind": kind, "at": 1.0, "place": (0, 0)} for kind in kinds],
        }
    )
    props = [*machines(scenario), Vehicles(scenario), *distractors(scenario)]
    files = {name: file for prop in props for name, file in prop.files.items()}
    bodies = [body for prop in props for body in prop.bodies]
    xml = "".join(f'<body name="{b.name}" mocap="true">{b.shapes}</body>' for b in bodies)
    model = mujoco.MjModel.from_xml_string(
        f"<mujoco><asset>{MATERIALS}{''.join(prop.assets for prop in props)}</asset><worldbody>"
        f"{''.join(prop.shapes for prop in props)}{xml}</worldbody></mujoco>",
        files,
    )
    reach = {b.name: b.reach for b in bodies}
    corners = np.array(list(itertools.product((-1, 1), repeat=3)))
    checked = 0
    for geom in range(model.ngeom):
        name = model.body(model.geom_bodyid[geom]).name
        kind, size = model.geom_type[geom], model.geom_size[geom]
        if name not in reach:
            continue
        if kind == mujoco.mjtGeom.mjGEOM_BOX:
            points = corners * size
        elif kind == mujoco.mjtGeom.mjGEOM_PLANE:
            points = corners * (size[0], size[1], 0)
        elif kind == mujoco.mjtGeom.mjGEOM_ELLIPSOID:
            points = np.concatenate([np.diag(size), -np.diag(size)])
        else:
            points = np.array([(0, 0, size[1]), (0, 0, -size[1])])
        rotation = np.zeros(9)
        mujoco.mju_quat2Mat(rotation, model.geom_quat[geom])
        there = points @ rotation.reshape(3, 3).T + model.geom_pos[geom]
        assert np.linalg.norm(there, axis=1).max() <= reach[name] + 1e-3
        checked += 1
    assert checked > 150
