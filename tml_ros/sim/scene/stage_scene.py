"""A hall, its props and cameras as one MuJoCo scene, in its language (MJCF).

Knows nothing of time. What moves are mocap bodies that whoever draws puts in their places.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.hall import Hall
from tml_ros.sim.scene.prop import Prop
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage_screen import (
    BACKDROP,
    FAR_M,
    LAMP,
    NEAR_M,
    OTHER_LAMPS,
    WINDOWS,
)
from tml_ros.sim.shapes import MATERIALS, numbers

ROUNDNESS = {Quality.FAST: (8, 5, 2), Quality.PRETTY: (20, 12, 4)}
"""Slices and stacks of a ball, and pieces along each side of a flat face: corners are what drawing
without a graphics card costs most.
"""
SHADOW_PIXELS = 1024


def scene(
    scenario: Scenario,
    views: Mapping[str, CameraView],
    hall: Hall,
    props: Iterable[Prop],
    quality: Quality,
    *,
    size: tuple[int, int],
) -> str:
    """The MJCF of everything. size: of the largest picture in drawn pixels."""
    slices, stacks, quads = ROUNDNESS[quality]
    shadows = SHADOW_PIXELS if quality is Quality.PRETTY else 0
    bodies = "".join(
        f'<body name="{body.name}" mocap="true" pos="0 0 -90">{body.shapes}</body>'
        for prop in props
        for body in prop.bodies
    )
    return f"""<mujoco model="{scenario.scenario}">
  <compiler angle="degree"/>
  <option><flag contact="disable" gravity="disable"/></option>
  <statistic center="0 0 1" extent="1" meansize="0.1"/>
  <visual>
    <global offwidth="{size[0]}" offheight="{size[1]}"/>
    <quality shadowsize="{shadows}" offsamples="0" numslices="{slices}" numstacks="{stacks}"
      numquads="{quads}"/>
    <headlight ambient="0 0 0" diffuse="0.08 0.08 0.08" specular="0 0 0"/>
    <map znear="{NEAR_M}" zfar="{FAR_M}" shadowscale="1"/>
  </visual>
  <default><geom contype="0" conaffinity="0"/></default>
  <asset>
    {MATERIALS}
    <material name="{BACKDROP}" emission="1" specular="0" shininess="0"/>
    {hall.assets}{"".join(prop.assets for prop in props)}</asset>
  <worldbody>
    {_lights(scenario, hall, quality)}
    {"".join(_camera(name, view) for name, view in views.items())}
    {hall.shapes}
    {"".join(prop.shapes for prop in props)}
    {_backdrop()}
    {bodies}
  </worldbody>
</mujoco>"""


def _lights(scenario: Scenario, hall: Hall, quality: Quality) -> str:
    """Their brightness is set later."""
    shadow = "true" if quality is Quality.PRETTY else "false"
    x, y, z = hall.look.lamp_place
    wide, deep = scenario.hall.size
    # So wide that its cone holds all of the floor.
    farthest = math.hypot(abs(x) + wide / 2, abs(y) + deep / 2)
    cutoff = math.degrees(math.atan2(farthest, z)) + 2
    return (
        f'<light name="{LAMP}" pos="{x:.3f} {y:.3f} {z:.3f}" dir="0 0 -1" cutoff="{cutoff:.2f}" '
        f'exponent="0" attenuation="1 0 0.008" castshadow="{shadow}" specular="0.3 0.3 0.3"/>'
        f'<light name="{OTHER_LAMPS}" directional="true" pos="0 0 {hall.look.height:.2f}" '
        f'dir="{numbers(hall.look.lamp_direction)}" castshadow="false" specular="0.1 0.1 0.1"/>'
        f'<light name="{WINDOWS}" directional="true" pos="0 0 5" dir="0.6 -0.6 -0.5" '
        f'castshadow="false" specular="0.1 0.1 0.1"/>'
    )


def _camera(name: str, view: CameraView) -> str:
    right, up, _ = view.axes()
    return (
        f'<camera name="{name}" pos="{numbers(view.position)}" '
        f'xyaxes="{numbers([*right, *up])}" fovy="{view.fovy_deg}"/>'
    )


def _backdrop() -> str:
    """Where it is and how large is set later."""
    return (
        f'<geom name="{BACKDROP}" type="box" size="1 1 0.01" material="{BACKDROP}" rgba="1 1 1 1"/>'
    )
