"""A press: bed, what carries the crown, and the ram that comes down once in a period.

Knows nothing of time but what `motion` says. Drawn in its own frame: its operator stands at -y.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tml_ros.sim.scenario.scenario import MachinePart
from tml_ros.sim.scene.machines import fittings, machine_looks, motion
from tml_ros.sim.scene.machines.fittings import BLACK, DARK, RED, STEEL
from tml_ros.sim.scene.machines.machine_looks import MachineDraws, PressBuild
from tml_ros.sim.scene.made_prop import MadeProp, body
from tml_ros.sim.scene.prop import Placed
from tml_ros.sim.scene.standing import Standing
from tml_ros.sim.shapes import Colour, box, cylinder

RAM_HALF = 0.15
TOOL = 0.08
"""Of the tool below the ram, as of the die on the bed."""


@dataclass(frozen=True, slots=True)
class PressLook:
    """Metres; colours RGB 0..1. side: of the panel, -1 left or 1 right."""

    build: PressBuild
    coat: Colour
    ram: Colour
    panel: Colour
    width: float
    depth: float
    height: float
    bed: float
    side: int

    @classmethod
    def drawn(cls, draws: MachineDraws) -> PressLook:
        """A press that nobody has seen yet."""
        return cls(
            build=machine_looks.PRESS_BUILDS.draw(draws.rng, draws.looks),
            coat=draws.coat(machine_looks.COATS),
            ram=draws.coat(machine_looks.ACCENTS),
            panel=draws.coat(machine_looks.COATS),
            width=draws.length(machine_looks.PRESS_WIDTH),
            depth=draws.length(machine_looks.PRESS_DEPTH),
            height=draws.length(machine_looks.PRESS_HEIGHT),
            bed=draws.length(machine_looks.BED_HEIGHT),
            side=draws.side(),
        )

    @property
    def ram_low(self) -> float:
        """Height of the ram's middle when it strikes."""
        return self.bed + 0.06 + 2 * TOOL + RAM_HALF

    @property
    def ram_high(self) -> float:
        """Height of its middle when it rests."""
        return self.height - 0.46 - RAM_HALF


def press(name: str, part: MachinePart, draws: MachineDraws) -> MadeProp:
    """The press `name`."""
    look = PressLook.drawn(draws)
    stand = Standing(part.at, math.radians(part.facing + 90.0))
    wide, deep = look.width / 2, look.depth / 2
    stack = (look.side * (wide - 0.13), -deep + 0.2, look.height)
    panel = (-look.side * (wide + 0.22), -deep + 0.05, 0.0)
    still = [*_bed(look), *_CARRIERS[look.build](look), *fittings.light_stack(stack)]
    still += fittings.panel(panel, look.panel)
    dark, below = fittings.floor_dark(name, [(0, 0, wide + 0.1, deep + 0.1)])
    ram, runs, stands = (f"{name}/{part}" for part in ("ram", "runs", "stands"))

    def places(time_s: float) -> Mapping[str, Placed]:
        lamp = runs if motion.moving(part, time_s) else stands
        return {
            ram: stand.placed((0, _ram_back(look), ram_height(look, part, time_s))),
            lamp: stand.placed(stack),
        }

    blocks = [
        *stand.blocks((0, 0, look.bed / 2), (wide, deep, look.bed / 2)),
        *stand.blocks((0, 0, look.height - 0.22), (wide, deep, 0.24)),
        *stand.blocks((panel[0], panel[1], 0.7), (0.15, 0.10, 0.7)),
    ]
    middle = (look.bed + look.height - 0.44) / 2
    tall = middle - look.bed
    if look.build is PressBuild.SIDE_FRAMES:
        for side in (-1, 1):
            blocks += stand.blocks((side * (wide - 0.13), 0, middle), (0.13, deep, tall))
    elif look.build is PressBuild.ONE_COLUMN:
        blocks += stand.blocks((0, deep * 0.6, middle), (wide - 0.05, deep * 0.4, tall))
    return MadeProp(
        shapes=stand.geoms([*below, *still]),
        bodies=(
            body(ram, _ram(look)),
            body(runs, [fittings.lit_lamp(0)]),
            body(stands, [fittings.lit_lamp(2)]),
        ),
        blocks=tuple(blocks),
        assets=dark.assets,
        files=dark.files,
        moves=places,
    )


def ram_height(look: PressLook, part: MachinePart, time_s: float) -> float:
    """Height of the ram's middle."""
    share = motion.cycle(part, time_s) % 1.0
    down, pressing, up = motion.press_shares(part)
    if share < motion.STRIKE:
        lifted = 1.0 - _eased((share - motion.STRIKE + down) / down)
    else:
        lifted = _eased((share - motion.STRIKE - pressing) / up)
    return look.ram_low + lifted * (look.ram_high - look.ram_low)


def _eased(share: float) -> float:
    clipped = min(max(share, 0.0), 1.0)
    return clipped * clipped * (3 - 2 * clipped)


def _ram_back(look: PressLook) -> float:
    """How far behind the middle the ram moves."""
    return -0.12 * look.depth if look.build is PressBuild.ONE_COLUMN else 0.0


def _bed(look: PressLook) -> Iterator[str]:
    wide, deep, high = look.width / 2, look.depth / 2, look.bed
    yield box((0, 0, high / 2), (wide - 0.02, deep - 0.01, high / 2), look.coat)
    yield box((0, 0, high + 0.03), (wide - 0.28, deep - 0.04, 0.03), STEEL, material="shiny")
    place = (0, _ram_back(look), high + 0.06 + TOOL / 2)
    yield box(place, (0.5 * wide, 0.5 * deep, TOOL / 2), DARK, material="shiny")
    for side in (-1, 1):
        guide = (side * (wide - 0.31), _ram_back(look))
        yield cylinder((*guide, high), (*guide, look.height - 0.4), 0.045, STEEL, material="shiny")
    edge = ((-wide, -deep - 0.014, high - 0.15), (wide, -deep, high - 0.05))
    yield from fittings.striped_edge(*edge, fittings.YELLOW, 10)


def _crown(look: PressLook) -> Iterator[str]:
    wide, deep, high = look.width / 2, look.depth / 2, look.height
    yield box((0, 0, high - 0.22), (wide + 0.02, deep + 0.02, 0.24), look.coat)
    yield box((0, -deep - 0.032, high - 0.22), (0.42 * wide, 0.012, 0.10), (0.88, 0.89, 0.87))
    yield box((0, -deep - 0.04, high - 0.22), (0.34 * wide, 0.012, 0.03), RED)


def _side_frames(look: PressLook) -> Iterator[str]:
    wide, deep, high = look.width / 2, look.depth / 2, look.height
    yield from _crown(look)
    dark = tuple(0.7 * channel for channel in look.coat)
    for side in (-1, 1):
        across = side * (wide - 0.13)
        yield box((across, 0, high / 2), (0.13, deep, high / 2), look.coat)
        face = (across, -deep - 0.006, (look.bed + high) / 2 - 0.2)
        yield box(face, (0.04, 0.006, 0.36), (dark[0], dark[1], dark[2]))


def _one_column(look: PressLook) -> Iterator[str]:
    wide, deep, high = look.width / 2, look.depth / 2, look.height
    yield from _crown(look)
    back = (0, 0.6 * deep, (look.bed + high) / 2)
    yield box(back, (wide - 0.05, 0.4 * deep, (high - look.bed) / 2), look.coat)
    for side in (-1, 1):
        foot, head = (side * (wide - 0.12), 0.2 * deep), (side * (wide - 0.12), -0.7 * deep)
        yield cylinder((*head, high - 0.5), (*head, high - 0.4), 0.05, STEEL, material="shiny")
        yield box((*foot, high - 0.62), (0.05, 0.5 * deep, 0.18), look.coat)


def _four_posts(look: PressLook) -> Iterator[str]:
    wide, deep, high = look.width / 2, look.depth / 2, look.height
    yield box((0, 0, high - 0.20), (wide, deep, 0.16), look.coat)
    for x in (-wide + 0.12, wide - 0.12):
        for y in (-deep + 0.12, deep - 0.12):
            yield cylinder((x, y, look.bed), (x, y, high + 0.1), 0.065, STEEL, material="shiny")
            yield cylinder((x, y, high - 0.04), (x, y, high + 0.08), 0.10, DARK)
    yield cylinder((0, 0, high - 0.1), (0, 0, high + 0.42), 0.26, look.coat, material="shiny")
    yield cylinder((0, 0, high + 0.42), (0, 0, high + 0.5), 0.18, DARK)
    yield box((0, -deep - 0.01, high - 0.2), (0.3 * wide, 0.012, 0.08), (0.88, 0.89, 0.87))


_CARRIERS = {
    PressBuild.SIDE_FRAMES: _side_frames,
    PressBuild.ONE_COLUMN: _one_column,
    PressBuild.FOUR_POSTS: _four_posts,
}


def _ram(look: PressLook) -> Iterator[str]:
    wide, deep = look.width / 2 - 0.29, 0.32 * look.depth
    yield box((0, 0, 0), (wide, deep, RAM_HALF), look.ram)
    if look.ram != BLACK:
        for index in range(5):
            across = (index - 2) * 0.4 * wide
            yield box((across, -deep - 0.006, 0), (0.08 * wide, 0.008, RAM_HALF - 0.01), BLACK)
    below = -RAM_HALF - TOOL / 2
    yield box((0, 0, below), (0.42 * look.width / 2, 0.4 * deep, TOOL / 2), STEEL, material="shiny")
