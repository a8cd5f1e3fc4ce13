"""A conveyor: boxes come out of one hood, ride along, pass the middle, and go into the other.

A light gate of two posts marks the middle: a box passes it every `period` seconds of running. Knows
nothing of time but what `motion` says. Drawn in its own frame: it runs along x, its operator stands
at -y.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tml_ros.sim.scenario.scenario import MachinePart
from tml_ros.sim.scene.machines import fittings, machine_looks, motion
from tml_ros.sim.scene.machines.fittings import BLACK, DARK, STEEL
from tml_ros.sim.scene.machines.machine_looks import ConveyorBuild, MachineDraws
from tml_ros.sim.scene.made_prop import MadeProp, body
from tml_ros.sim.scene.prop import Placed
from tml_ros.sim.scene.standing import Standing, about
from tml_ros.sim.shapes import Colour, box, capsule, cylinder

HOOD = 0.62
"""Length of the hood at either end; a box is shorter."""
SLOWEST, FASTEST = 0.15, 1.2
"""Of the belt, m/s."""
MARKS = 5
"""Things on the belt by which its motion is seen."""


@dataclass(frozen=True, slots=True)
class ConveyorLook:
    """Metres; colours RGB 0..1. way: 1 where boxes ride along x, -1 against it.

    spacing: from box to box. boxes: half extents, colour and turn of each, used in a circle.
    """

    build: ConveyorBuild
    coat: Colour
    rail: Colour
    length: float
    width: float
    height: float
    way: int
    spacing: float
    boxes: tuple[tuple[tuple[float, float, float], Colour, float], ...]

    @classmethod
    def drawn(cls, draws: MachineDraws, period: float) -> ConveyorLook:
        """A conveyor that nobody has seen yet. period: seconds from box to box."""
        length = draws.length(machine_looks.BELT_LENGTH)
        width = draws.length(machine_looks.BELT_WIDTH)
        spacing = draws.length(machine_looks.BOX_SPACING)
        spacing = min(max(spacing, SLOWEST * period), FASTEST * period)
        boxes = []
        for _ in range(math.ceil(length / spacing) + 1):
            half = (
                draws.rng.uniform(0.14, 0.22),
                draws.rng.uniform(0.3, 0.4) * width,
                draws.rng.uniform(0.10, 0.19),
            )
            boxes.append((half, draws.coat(machine_looks.BOXES), draws.rng.uniform(-0.15, 0.15)))
        return cls(
            build=machine_looks.CONVEYOR_BUILDS.draw(draws.rng, draws.looks),
            coat=draws.coat(machine_looks.COATS),
            rail=draws.coat(machine_looks.ACCENTS),
            length=length,
            width=width,
            height=draws.length(machine_looks.BELT_HEIGHT),
            way=draws.side(),
            spacing=spacing,
            boxes=tuple(boxes),
        )


def conveyor(name: str, part: MachinePart, draws: MachineDraws) -> MadeProp:
    """The conveyor `name`."""
    look = ConveyorLook.drawn(draws, part.period)
    stand = Standing(part.at, math.radians(part.facing + 90.0))
    long, wide, high = look.length / 2, look.width / 2, look.height
    stack = (long - 0.15, wide + 0.14, high + 0.2)
    still = [*_bed(look), *_hoods(look), *_gate(look), *fittings.light_stack(stack)]
    dark, below = fittings.floor_dark(name, [(0, 0, long, wide)])
    runs, stands = f"{name}/runs", f"{name}/stands"
    boxes = [
        body(f"{name}/box{number}", _box(half, colour))
        for number, (half, colour, _) in enumerate(look.boxes)
    ]
    marks = [body(f"{name}/mark{number}", _mark(look)) for number in range(MARKS)]

    def places(time_s: float) -> Mapping[str, Placed]:
        lamp = runs if motion.moving(part, time_s) else stands
        found = {lamp: stand.placed(stack)}
        cycle = motion.cycle(part, time_s)
        for number, along in box_places(look, cycle):
            half, _, turn = look.boxes[number % len(boxes)]
            place = (look.way * along, 0, high + half[2])
            found[boxes[number % len(boxes)].name] = stand.placed(place, about("z", turn))
        bare = look.length - 2 * HOOD
        for number, mark in enumerate(marks):
            along = (number * bare / MARKS + cycle * look.spacing) % bare - bare / 2
            found[mark.name] = stand.placed((look.way * along, 0, high))
        return found

    blocks = [*stand.blocks((0, 0, high / 2), (long, wide + 0.05, high / 2))]
    for side in (-1, 1):
        place = (side * (long - HOOD / 2), 0, high + 0.26)
        blocks += stand.blocks(place, (HOOD / 2, wide + 0.05, 0.26))
    return MadeProp(
        shapes=stand.geoms([*below, *still]),
        bodies=(
            *boxes,
            *marks,
            body(runs, [fittings.lit_lamp(0)]),
            body(stands, [fittings.lit_lamp(2)]),
        ),
        blocks=tuple(blocks),
        assets=dark.assets,
        files=dark.files,
        moves=places,
    )


def box_places(look: ConveyorLook, cycle: float) -> list[tuple[int, float]]:
    """The boxes on the belt, also in the hoods: number, and metres it has passed the middle by."""
    reach = look.length / 2 - 0.24
    first = math.ceil(cycle - reach / look.spacing)
    last = math.floor(cycle + reach / look.spacing)
    return [(number, (cycle - number) * look.spacing) for number in range(first, last + 1)]


def _box(half: tuple[float, float, float], colour: Colour) -> Iterator[str]:
    yield box((0, 0, 0), half, colour)
    tape = (min(0.9 * colour[0] + 0.12, 1), min(0.9 * colour[1] + 0.12, 1), 0.9 * colour[2])
    yield box((0, 0, 0), (half[0] + 0.003, 0.028, half[2] + 0.003), tape)


def _mark(look: ConveyorLook) -> Iterator[str]:
    """What moves with the belt: a seam of it, a slat, or a stripe on a roller's chain."""
    wide = look.width / 2
    if look.build is ConveyorBuild.BELT:
        yield box((0, 0, 0.001), (0.03, wide - 0.02, 0.004), (0.30, 0.30, 0.31))
    elif look.build is ConveyorBuild.WALLED_SLATS:
        yield box((0, 0, 0.004), (0.035, wide - 0.02, 0.008), STEEL, material="shiny")
    else:
        for side in (-1, 1):
            yield box((0, side * (wide - 0.02), 0.012), (0.05, 0.015, 0.008), look.rail)


def _bed(look: ConveyorLook) -> Iterator[str]:
    long, wide, high = look.length / 2, look.width / 2, look.height
    if look.build is ConveyorBuild.ROLLERS:
        count = round(look.length / 0.21)
        for index in range(count):
            x = (index + 0.5) * look.length / count - long
            ends = (x, -wide, high - 0.035), (x, wide, high - 0.035)
            yield cylinder(*ends, 0.035, STEEL, material="shiny")
        yield box((0, 0, high - 0.12), (long, wide - 0.03, 0.03), BLACK)
    else:
        surface = BLACK if look.build is ConveyorBuild.BELT else DARK
        yield box((0, 0, high - 0.03), (long - 0.05, wide, 0.03), surface)
        for side in (-1, 1):
            x = side * (long - 0.06)
            ends = (x, -wide, high - 0.06), (x, wide, high - 0.06)
            yield cylinder(*ends, 0.06, STEEL, material="shiny")
    for side in (-1, 1):
        y = side * (wide + 0.025)
        yield box((0, y, high - 0.06), (long, 0.025, 0.08), look.coat)
        if look.build is ConveyorBuild.WALLED_SLATS:
            yield box((0, y, high + 0.08), (long - HOOD, 0.012, 0.07), look.rail)
        else:
            for end in (-1, 1):
                x = end * 0.45 * (long - HOOD)
                yield cylinder((x, y, high), (x, y, high + 0.12), 0.012, STEEL)
            bar = (-long + HOOD, y, high + 0.12), (long - HOOD, y, high + 0.12)
            yield capsule(*bar, 0.018, look.rail, material="shiny")
    for x in (-long + 0.2, 0.0, long - 0.2):
        for side in (-1, 1):
            place = (x, side * (wide - 0.02), (high - 0.1) / 2)
            yield box(place, (0.035, 0.03, (high - 0.1) / 2), look.coat)
        yield box((x, 0, 0.25 * high), (0.02, wide, 0.02), look.coat)
    motor = (0.5 * long, -wide - 0.02, high - 0.26)
    yield box(motor, (0.14, 0.09, 0.09), look.rail)
    side_on = (motor[0] + 0.14, motor[1], motor[2]), (motor[0] + 0.40, motor[1], motor[2])
    yield cylinder(*side_on, 0.08, STEEL)


def _hoods(look: ConveyorLook) -> Iterator[str]:
    """At either end, with a dark curtain that boxes come through."""
    long, wide, high = look.length / 2, look.width / 2, look.height
    for end in (-1, 1):
        place = (end * (long - HOOD / 2), 0, high + 0.25)
        yield box(place, (HOOD / 2, wide + 0.05, 0.27), look.coat)
        yield box(
            (end * (long - HOOD) - end * 0.004, 0, high + 0.22), (0.006, wide - 0.02, 0.21), BLACK
        )
        for index in range(3):
            strip = (end * (long - HOOD) - end * 0.012, (index - 1) * 0.6 * wide, high + 0.22)
            yield box(strip, (0.004, 0.06, 0.20), (0.14, 0.13, 0.13))


def _gate(look: ConveyorLook) -> Iterator[str]:
    """The light gate at the middle."""
    wide, high = look.width / 2, look.height
    for side in (-1, 1):
        y = side * (wide + 0.07)
        yield box((0, y, high + 0.10), (0.03, 0.02, 0.20), fittings.YELLOW)
        yield box((0, y - side * 0.03, high + 0.22), (0.02, 0.012, 0.03), DARK)
    yield box(
        (0, -wide - 0.092, high + 0.25), (0.02, 0.004, 0.02), (0.9, 0.1, 0.1), material="glowing"
    )
