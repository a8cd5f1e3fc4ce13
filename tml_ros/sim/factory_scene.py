"""The simulated cell as a MuJoCo scene: room, press, furniture, lamps, and the worker's limbs.

Knows nothing of time. What moves, the ram of the press and the limbs, are bodies that whoever
renders puts in their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tml_ros.sim import floor_plan as plan
from tml_ros.sim import paint, worker_figure
from tml_ros.sim.camera_view import HALL, CameraView
from tml_ros.sim.shapes import MATERIALS, Colour, box, capsule, cylinder, ellipsoid, numbers
from tml_ros.sim.worker_figure import Clothes

CAMERA = "hall"
LAMP_HEIGHT = 6.4
RAM = "ram"
RAM_HIGH, RAM_LOW = 1.62, 1.16
"""Heights of the middle of the ram."""
GREEN: Colour = (0.16, 0.36, 0.34)
DARK_GREEN: Colour = (0.11, 0.25, 0.25)
STEEL: Colour = (0.55, 0.57, 0.60)
DARK: Colour = (0.16, 0.17, 0.19)
WOOD: Colour = (0.62, 0.46, 0.28)
CARDBOARD: Colour = (0.66, 0.52, 0.36)
RED: Colour = (0.72, 0.10, 0.08)
SHADOW_PIXELS = 1024


@dataclass(frozen=True, slots=True)
class Look:
    """What differs from one seed to the next. floor: RGB 0..1; daylight and lamp: brightness."""

    clothes: Clothes
    floor: Colour
    daylight: float
    lamp: float
    lamp_place: tuple[float, float]


def scene(
    look: Look, rng: np.random.Generator, *, width: int, height: int
) -> tuple[str, dict[str, bytes]]:
    """The scene as MJCF and the picture files it names. width, height: of the rendering, pixels."""
    half = plan.ROOM_HALF
    files = {"floor.png": paint.png(paint.floor(rng, look.floor))}
    for name in ("back", "right"):
        surface = paint.wall(rng, width_m=2 * half, height_m=plan.WALL_HEIGHT)
        files[f"{name}.png"] = paint.png(surface)
    files["sign.png"] = paint.png(paint.sign_of_duty())
    files["window.png"] = paint.png(paint.window())
    textures = "".join(
        f'<texture name="{name[:-4]}" type="2d" file="{name}"/>'
        f'<material name="{name[:-4]}" texture="{name[:-4]}" specular="0.12" shininess="0.3"/>'
        for name in files
        if name != "window.png"
    )
    textures += (
        '<texture name="window" type="2d" file="window.png"/>'
        '<material name="window" texture="window" emission="0.9" specular="0" '
        'rgba="0.62 0.62 0.62 1"/>'
    )
    parts = "".join([*_room(), *_press(), *_furniture()])
    xml = f"""<mujoco model="simulated cell">
  <compiler angle="degree"/>
  <statistic center="1.4 1.4 0.8" extent="6"/>
  <visual>
    <global offwidth="{width}" offheight="{height}"/>
    <quality shadowsize="{SHADOW_PIXELS}" offsamples="0" numslices="16" numstacks="10"/>
    <headlight ambient="{numbers([look.daylight] * 3)}" diffuse="0.12 0.12 0.13" specular="0 0 0"/>
    <map znear="0.05" zfar="6" shadowscale="0.9"/>
  </visual>
  <asset>{MATERIALS}{textures}{worker_figure.meshes()}</asset>
  <worldbody>
    {_lamp(look)}
    {_camera(HALL)}
    {parts}
    {worker_figure.bodies(look.clothes)}
  </worldbody>
</mujoco>"""
    return xml, files


def _lamp(look: Look) -> str:
    x, y = look.lamp_place
    aim = (1.3 - x, 1.2 - y, -LAMP_HEIGHT)
    bright, weak = numbers([look.lamp] * 3), numbers([0.35 * look.lamp] * 3)
    return (
        f'<light pos="{numbers((x, y, LAMP_HEIGHT))}" dir="{numbers(aim)}" cutoff="44" '
        f'exponent="0" diffuse="{bright}" specular="0.35 0.35 0.33" castshadow="true"/>'
        f'<light pos="-3 3 4" dir="0.8 -0.5 -0.6" cutoff="80" exponent="0" diffuse="{weak}" '
        f'specular="0 0 0" castshadow="false"/>'
    )


def _camera(view: CameraView) -> str:
    right, up, _ = view.axes()
    return (
        f'<camera name="{CAMERA}" pos="{numbers(view.position)}" '
        f'xyaxes="{numbers([*right, *up])}" fovy="{view.fovy_deg}"/>'
    )


def _room() -> Iterator[str]:
    half, tall = plan.ROOM_HALF, plan.WALL_HEIGHT / 2
    yield f'<geom type="plane" size="{half} {half} 1" material="floor"/>'
    yield (
        f'<geom type="plane" pos="0 {plan.BACK_WALL_Y} {tall}" xyaxes="1 0 0 0 0 1" '
        f'size="{half} {tall} 1" material="back"/>'
    )
    yield (
        f'<geom type="plane" pos="{plan.RIGHT_WALL_X} {plan.BACK_WALL_Y - half} {tall}" '
        f'xyaxes="0 -1 0 0 0 1" size="{half} {tall} 1" material="right"/>'
    )
    for x in (-1.5, 0.9, 3.4):
        yield (
            f'<geom type="plane" pos="{x} {plan.BACK_WALL_Y - 0.02} 3.05" '
            f'xyaxes="1 0 0 0 0 1" size="0.95 0.55 1" material="window"/>'
        )
    for y in (2.5, 0.1):
        yield (
            f'<geom type="plane" pos="{plan.RIGHT_WALL_X - 0.02} {y} 3.05" '
            f'xyaxes="0 -1 0 0 0 1" size="0.95 0.55 1" material="window"/>'
        )
    x, y, wide = plan.COLUMN_X, plan.COLUMN_Y, plan.COLUMN_HALF
    yield box((x, y, 2.1), (wide, wide, 2.1), (0.60, 0.62, 0.62))
    for index in range(4):
        colour = paint.YELLOW if index % 2 == 0 else paint.BLACK
        height = 0.15 + 0.3 * index
        yield box((x, y, height), (wide + 0.012, wide + 0.012, 0.15), colour)
    yield from _extinguisher(x + 0.06, y - wide - 0.09)
    for height in (2.75, 2.95):
        y = plan.BACK_WALL_Y - 0.12
        yield capsule((-6, y, height), (4.4, y, height), 0.045, (0.50, 0.53, 0.55))
    yield (
        f'<geom type="plane" pos="0.35 {plan.BACK_WALL_Y - 0.02} 1.95" xyaxes="1 0 0 0 0 1" '
        f'size="0.26 0.26 1" material="sign"/>'
    )


def _extinguisher(x: float, y: float) -> Iterator[str]:
    yield capsule((x, y, 0.95), (x, y, 1.30), 0.075, RED, material="shiny")
    yield cylinder((x, y, 1.36), (x, y, 1.44), 0.03, DARK)


def _press() -> Iterator[str]:
    """Bed, two side frames, crown, and the ram between them on its rods."""
    x, y = plan.PRESS_X, plan.PRESS_Y
    wide, deep, high = plan.PRESS_WIDTH / 2, plan.PRESS_DEPTH / 2, plan.PRESS_HEIGHT
    front = y - deep
    yield box((x, y, 0.40), (wide - 0.02, deep - 0.01, 0.40), GREEN)
    yield box((x, y - 0.02, 0.84), (wide - 0.28, deep - 0.04, 0.04), STEEL, material="shiny")
    yield box((x, y - 0.06, 0.94), (0.34, 0.26, 0.06), DARK, material="shiny")
    for side in (-1, 1):
        yield box((x + side * (wide - 0.13), y, high / 2), (0.13, deep, high / 2), GREEN)
        yield box((x + side * (wide - 0.13), front - 0.006, 1.35), (0.04, 0.006, 0.40), DARK_GREEN)
    yield box((x, y, high - 0.22), (wide + 0.02, deep + 0.02, 0.24), GREEN)
    yield box((x, front - 0.032, high - 0.22), (0.42, 0.012, 0.10), (0.88, 0.89, 0.87))
    yield box((x, front - 0.04, high - 0.22), (0.34, 0.012, 0.03), RED)
    for index in range(10):
        colour = paint.YELLOW if index % 2 == 0 else paint.BLACK
        across = x - wide + (index + 0.5) * wide / 5
        yield box((across, front - 0.008, 0.74), (wide / 10, 0.008, 0.055), colour)
    ram = [box((0, 0, 0), (wide - 0.29, deep - 0.16, 0.17), paint.YELLOW)]
    ram += [
        box((-0.5 + 0.25 * i, -deep + 0.155, 0), (0.06, 0.008, 0.165), paint.BLACK)
        for i in range(5)
    ]
    ram += [box((0, -0.06, -0.22), (0.28, 0.2, 0.06), STEEL, material="shiny")]
    ram += [
        cylinder((s * 0.35, 0, 0.1), (s * 0.35, 0, 0.62), 0.06, STEEL, material="shiny")
        for s in (-1, 1)
    ]
    yield f'<body name="{RAM}" mocap="true" pos="{x} {y} {RAM_HIGH}">{"".join(ram)}</body>'
    yield from _light_stack(x + wide - 0.13, y - 0.2, high)
    yield from _panel(x - wide - 0.16, front + 0.10)


def _light_stack(x: float, y: float, base: float) -> Iterator[str]:
    yield cylinder((x, y, base), (x, y, base + 0.18), 0.025, STEEL)
    lamps = ((0.10, 0.75, 0.25), (0.55, 0.38, 0.05), (0.45, 0.06, 0.05))
    for index, colour in enumerate(lamps):
        low = base + 0.18 + 0.13 * index
        look = "glowing" if index == 0 else "shiny"
        yield cylinder((x, y, low), (x, y, low + 0.12), 0.055, colour, material=look)


def _panel(x: float, y: float) -> Iterator[str]:
    """The control panel on its post, left of the press."""
    yield cylinder((x, y, 0), (x, y, 0.95), 0.045, DARK)
    yield box((x, y, 1.16), (0.15, 0.10, 0.24), (0.74, 0.75, 0.73))
    yield box((x, y - 0.105, 1.25), (0.11, 0.006, 0.09), (0.20, 0.52, 0.62), material="glowing")
    for index, colour in enumerate(((0.1, 0.7, 0.2), paint.YELLOW, RED)):
        place = (x - 0.09 + 0.09 * index, y - 0.11, 1.04)
        yield ellipsoid(place, (0.032, 0.02, 0.032), colour, material="shiny")


def _furniture() -> Iterator[str]:
    """A cabinet and a rack at the right wall, a pallet with boxes, a bin: what stands about."""
    wall = plan.RIGHT_WALL_X
    yield box((wall - 0.27, 1.75, 0.95), (0.25, 0.55, 0.95), (0.52, 0.56, 0.58))
    yield box((wall - 0.525, 1.75, 0.98), (0.006, 0.012, 0.86), DARK)
    for y in (1.66, 1.84):
        yield box((wall - 0.53, y, 1.0), (0.012, 0.012, 0.08), DARK)
    yield box((wall - 0.53, 1.46, 1.55), (0.006, 0.10, 0.10), paint.YELLOW)
    x, y = 3.85, 0.35
    for slat in (-0.36, 0.0, 0.36):
        yield box((x, y + slat, 0.05), (0.48, 0.06, 0.05), WOOD)
    for slat in range(5):
        yield box((x - 0.4 + 0.2 * slat, y, 0.12), (0.085, 0.44, 0.02), WOOD)
    yield box((x - 0.20, y + 0.16, 0.36), (0.22, 0.22, 0.22), CARDBOARD)
    yield box((x + 0.24, y + 0.12, 0.33), (0.19, 0.24, 0.19), (0.60, 0.47, 0.32))
    yield box((x + 0.02, y - 0.24, 0.29), (0.30, 0.15, 0.15), (0.70, 0.56, 0.39))
    yield box((x - 0.12, y + 0.12, 0.72), (0.20, 0.16, 0.14), (0.58, 0.45, 0.31))
    x, y = 3.75, 3.55
    yield cylinder((x, y, 0), (x, y, 0.88), 0.29, (0.10, 0.26, 0.50))
    for height in (0.30, 0.58, 0.87):
        yield cylinder((x, y, height - 0.012), (x, y, height + 0.012), 0.30, (0.14, 0.32, 0.58))
