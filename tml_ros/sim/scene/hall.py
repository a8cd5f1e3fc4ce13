"""The hall as a MuJoCo scene: floor, walls, ceiling, windows, doors, columns, lamps, clutter.

Knows nothing of what moves in it, and nothing of time but how bright the lamps are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import EventKind, Place, Scenario
from tml_ros.sim.scene.floor_paint import floor_texture
from tml_ros.sim.scene.hall_clutter import Piece, clutter
from tml_ros.sim.scene.hall_furniture import DARK, STEEL, column, furniture
from tml_ros.sim.scene.hall_looks import HallLook, hall_look
from tml_ros.sim.scene.hall_wall_paint import wall_texture
from tml_ros.sim.scene.prop import Block
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.shapes import box, capsule, cylinder, numbers

_PAINT = 0xFA17
FLOOR_PIXELS = {Quality.FAST: (36.0, 1024), Quality.PRETTY: (96.0, 2048)}
"""Per metre, and the most on a side."""
WALL_PIXELS_PER_M = {Quality.FAST: 20.0, Quality.PRETTY: 64.0}
TALL = 0.4
"""What is lower hides nobody."""


@dataclass(frozen=True, slots=True)
class Hall:
    """assets, shapes, lights: MJCF. textures: pictures, uint8 [h, w, 3], of the 2d textures that
    `assets` declares of that size and leaves white.
    """

    look: HallLook
    assets: str
    shapes: str
    textures: dict[str, NDArray[np.uint8]] = field(default_factory=dict)


def hall_blocks(scenario: Scenario) -> tuple[Block, ...]:
    """Columns and all clutter that somebody could hide behind."""
    return _blocks(scenario, hall_look(scenario), clutter(scenario), lowest=TALL)


def make_hall(scenario: Scenario, *, quality: Quality) -> Hall:
    """The hall of a scenario."""
    look, pieces = hall_look(scenario), clutter(scenario)
    floor_seed, wall_seed, thing_seed = np.random.SeedSequence([scenario.seed, _PAINT]).spawn(3)
    wide, deep = scenario.hall.size
    per_m, most = FLOOR_PIXELS[quality]
    lamps = _lamp_places(scenario)
    textures = {
        "floor": floor_texture(
            scenario,
            look,
            floor_seed,
            _blocks(scenario, look, pieces, lowest=0.0),
            lamps,
            pixels_per_m=min(per_m, most / max(wide, deep)),
        )
    }
    wall_rng, wall_scale = np.random.default_rng(wall_seed), WALL_PIXELS_PER_M[quality]
    for name, length in (("wall_x", wide), ("wall_y", deep)):
        textures[name] = wall_texture(look, wall_rng, width_m=length, pixels_per_m=wall_scale)
    assets = "".join(
        f'<texture name="hall/{name}" type="2d" builtin="flat" rgb1="1 1 1" '
        f'width="{picture.shape[1]}" height="{picture.shape[0]}"/>'
        f'<material name="hall/{name}" texture="hall/{name}" specular="0.1" shininess="0.2"/>'
        for name, picture in textures.items()
    )
    glow = 0.15 + 0.85 * scenario.hall.daylight
    assets += (
        f'<material name="hall/window" emission="{glow:.3f}" specular="0" shininess="0"/>'
        '<material name="hall/lamp" emission="1" specular="0" shininess="0"/>'
    )
    rng = np.random.default_rng(thing_seed)
    shapes = [
        *_room(wide / 2, deep / 2, look.height),
        *_windows(scenario, look, rng),
        *_doors(scenario, look, rng),
        *_pipes(scenario, look, rng),
        *_lamps(lamps, look),
        *(shape for place in scenario.hall.columns for shape in column(place, look)),
        *(furniture(piece, look) for piece in pieces),
    ]
    renamed = {f"hall/{name}": picture for name, picture in textures.items()}
    return Hall(look, assets, "".join(shapes), renamed)


def _blocks(
    scenario: Scenario, look: HallLook, pieces: tuple[Piece, ...], *, lowest: float
) -> tuple[Block, ...]:
    half = look.column_half
    columns = tuple(
        Block((*place, look.height / 2), (half, half, look.height / 2))
        for place in scenario.hall.columns
    )
    return columns + tuple(piece.block for piece in pieces if piece.height >= lowest)


def _lamp_places(scenario: Scenario) -> list[Place]:
    """Rows of lamps about 4 m apart."""
    wide, deep = scenario.hall.size
    across, along = max(2, round(wide / 4)), max(2, round(deep / 4))
    return [
        (wide * ((i + 0.5) / across - 0.5), deep * ((j + 0.5) / along - 0.5))
        for i in range(across)
        for j in range(along)
    ]


def _room(half_x: float, half_y: float, high: float) -> Iterator[str]:
    tall = high / 2
    yield f'<geom type="plane" size="{half_x} {half_y} 1" material="hall/floor"/>'
    for name, place, axes, half in (
        ("wall_x", (0.0, half_y), "1 0 0 0 0 1", half_x),
        ("wall_x", (0.0, -half_y), "-1 0 0 0 0 1", half_x),
        ("wall_y", (half_x, 0.0), "0 -1 0 0 0 1", half_y),
        ("wall_y", (-half_x, 0.0), "0 1 0 0 0 1", half_y),
    ):
        yield (
            f'<geom type="plane" pos="{numbers((*place, tall))}" xyaxes="{axes}" '
            f'size="{half} {tall} 1" material="hall/{name}"/>'
        )
    yield (
        f'<geom type="plane" pos="0 0 {high}" xyaxes="1 0 0 0 -1 0" size="{half_x} {half_y} 1" '
        f'rgba="0.30 0.31 0.33 1"/>'
    )


def _walls(scenario: Scenario) -> Iterator[tuple[int, float]]:
    """Side (back, left, front, right, by turns of 90 degrees) and half length of each wall that may
    carry things: the right one stays free where a gate is.
    """
    wide, deep = scenario.hall.size
    gate = any(event.kind is EventKind.DOOR for event in scenario.events)
    for side in range(3 if gate else 4):
        yield side, (wide if side % 2 == 0 else deep) / 2


def _on_wall(scenario: Scenario, side: int, shapes: str) -> str:
    """Shapes drawn as if the wall were the plane y = 0 with the hall on its -y side."""
    wide, deep = scenario.hall.size
    middle = ((0.0, deep / 2), (-wide / 2, 0.0), (0.0, -deep / 2), (wide / 2, 0.0))[side]
    return f'<body pos="{numbers((*middle, 0.0))}" euler="0 0 {90 * side}">{shapes}</body>'


def _windows(scenario: Scenario, look: HallLook, rng: np.random.Generator) -> Iterator[str]:
    tall = {"panes": 0.55, "strip": 0.40, "tall": 0.90}[look.window_kind]
    wide = {"panes": 0.95, "strip": 1.60, "tall": 0.50}[look.window_kind]
    middle = look.height - tall - 0.5
    bar = (0.30, 0.32, 0.34)
    panes = {"panes": 4, "strip": 3, "tall": 2}[look.window_kind]
    rows = {"panes": 2, "strip": 1, "tall": 4}[look.window_kind]
    for side, half in _walls(scenario):
        if rng.random() < 0.3:
            continue
        number = int((2 * half - 1.0) // (2 * wide + 0.7))
        shapes = ""
        for index in range(number):
            x = (index - (number - 1) / 2) * (2 * half - 1.0) / max(1, number)
            tint = numbers(tuple(0.62 * channel for channel in look.window))
            shapes += (
                f'<geom type="box" pos="{x:.3f} 0 {middle:.3f}" size="{wide} 0.02 {tall}" '
                f'material="hall/window" rgba="{tint} 1"/>'
            )
            for pane in range(panes + 1):
                at = x + wide * (2 * pane / panes - 1)
                shapes += box((at, -0.03, middle), (0.035, 0.02, tall), bar)
            for row in range(rows + 1):
                at = middle + tall * (2 * row / rows - 1)
                shapes += box((x, -0.03, at), (wide + 0.035, 0.02, 0.035), bar)
        yield _on_wall(scenario, side, shapes)


def _doors(scenario: Scenario, look: HallLook, rng: np.random.Generator) -> Iterator[str]:
    """A door that stays shut and a sign beside it, on some walls."""
    for side, half in _walls(scenario):
        if half < 3 or rng.random() < 0.4:
            continue
        x, wide = float(rng.uniform(-half + 1.5, half - 1.5)), float(rng.choice([0.5, 1.0]))
        shapes = box((x, -0.005, 1.10), (wide + 0.07, 0.01, 1.17), DARK)
        shapes += box((x, -0.015, 1.08), (wide, 0.01, 1.08), look.trim)
        shapes += box((x + 0.8 * wide, -0.05, 1.02), (0.06, 0.02, 0.02), STEEL)
        if wide > 0.9:
            shapes += box((x, -0.02, 1.08), (0.02, 0.01, 1.08), DARK)
        sign = x + wide + 0.5
        colour = ((0.03, 0.28, 0.62), (0.05, 0.48, 0.24), (0.80, 0.10, 0.08))[int(rng.integers(3))]
        shapes += box((sign, -0.005, 1.9), (0.24, 0.01, 0.24), (0.92, 0.92, 0.90))
        shapes += cylinder((sign, -0.02, 1.9), (sign, -0.01, 1.9), 0.20, colour)
        red = (0.72, 0.10, 0.08)
        shapes += capsule((sign, -0.12, 0.95), (sign, -0.12, 1.30), 0.075, red, material="shiny")
        yield _on_wall(scenario, side, shapes)


def _pipes(scenario: Scenario, look: HallLook, rng: np.random.Generator) -> Iterator[str]:
    for side, half in _walls(scenario):
        number = int(rng.integers(0, 4))
        height, shapes = float(rng.uniform(2.4, 3.2)), ""
        for index in range(number):
            level, radius = height + 0.17 * index, float(rng.uniform(0.03, 0.07))
            ends = ((-half + 0.05, -0.12, level), (half - 0.05, -0.12, level))
            shapes += capsule(*ends, radius, look.trim if index % 2 else (0.50, 0.53, 0.55))
        if shapes:
            yield _on_wall(scenario, side, shapes)


def _lamps(places: list[Place], look: HallLook) -> Iterator[str]:
    low = look.height - 0.7
    half = {"tubes": (0.75, 0.06, 0.03), "bells": (0.2, 0.2, 0.03), "squares": (0.35, 0.35, 0.03)}
    colour = numbers(tuple(0.9 * channel for channel in look.lamp))
    for x, y in places:
        size = half[look.lamp_kind]
        if look.lamp_kind == "bells":
            yield cylinder((x, y, low + 0.03), (x, y, low + 0.25), 0.24, DARK)
        else:
            shade = (size[0] + 0.03, size[1] + 0.03, 0.04)
            yield box((x, y, low + 0.07), shade, STEEL)
        yield (
            f'<geom type="box" pos="{numbers((x, y, low))}" size="{numbers(size)}" '
            f'material="hall/lamp" rgba="{colour} 1"/>'
        )
