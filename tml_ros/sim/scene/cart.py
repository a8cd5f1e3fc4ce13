"""What a cart that drives by itself looks like: shapes only.

Knows nothing of where it drives. x is forward, the origin on the floor below its middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tml_ros.sim.scene import vehicle_looks
from tml_ros.sim.scene.vehicle_figure import DARK, RUBBER, STEEL, VehicleFigure, Wheel, cargo
from tml_ros.sim.scene.vehicle_looks import Cargo, CartBuild, VehicleDraws
from tml_ros.sim.shapes import Colour, box, capsule, cylinder, ellipsoid

YELLOW: Colour = (0.93, 0.72, 0.08)
RED: Colour = (0.72, 0.10, 0.08)


@dataclass(frozen=True, slots=True)
class CartLook:
    """Metres; colours RGB 0..1. height: of its deck. strip: of the light around it."""

    build: CartBuild
    coat: Colour
    strip: Colour
    length: float
    width: float
    height: float
    cargo: Cargo
    cargo_coat: Colour
    cargo_height: float

    @classmethod
    def drawn(cls, draws: VehicleDraws) -> CartLook:
        """A cart that nobody has seen yet."""
        return cls(
            build=vehicle_looks.CART_BUILDS.draw(draws.rng, draws.looks),
            coat=draws.coat(vehicle_looks.CART_COATS),
            strip=vehicle_looks.STRIPS.draw(draws.rng, draws.looks),
            length=draws.length(vehicle_looks.CART_LENGTH),
            width=draws.length(vehicle_looks.CART_WIDTH),
            height=draws.length(vehicle_looks.CART_HEIGHT),
            cargo=draws.cargo(),
            cargo_coat=draws.coat(vehicle_looks.CARGO_COATS),
            cargo_height=draws.rng.uniform(0.4, 0.75),
        )


def cart(look: CartLook) -> VehicleFigure:
    """The cart."""
    long, wide, high = look.length / 2, look.width / 2, look.height
    shapes = [*_deck(look)]
    top = high
    if look.build is CartBuild.SHELF:
        shapes += _shelf(look)
    elif look.build is CartBuild.POLE:
        shapes += _pole(look)
        top = 1.25
    room = (0.85 * long, 0.9 * wide, look.cargo_height)
    if look.build is CartBuild.SHELF:
        room = (0.78 * long, 0.85 * wide, 0.5)
    shapes += cargo(look.cargo, (0.05, 0, high + 0.02), room, look.cargo_coat)
    tall = high + (look.cargo_height if look.cargo is not Cargo.NONE else 0.02)
    if look.build is CartBuild.SHELF:
        top = high + 0.72
    strip = (
        box((0, 0, high - 0.07), (long + 0.006, 0.7 * wide, 0.016), look.strip, material="glowing"),
        box((0, 0, high - 0.07), (0.8 * long, wide + 0.006, 0.016), look.strip, material="glowing"),
    )
    return VehicleFigure(
        shapes=tuple(shapes),
        wheels=tuple(
            Wheel((x, side * (wide - 0.08), 0.09), 0.09, 0.04)
            for x in (-0.62 * long, 0.62 * long)
            for side in (-1, 1)
        ),
        lamp=strip,
        half_length=long + 0.05,
        half_width=wide,
        height=max(top, tall),
    )


def _deck(look: CartLook) -> Iterator[str]:
    long, wide, high = look.length / 2, look.width / 2, look.height
    dim = (0.3 * look.strip[0], 0.3 * look.strip[1], 0.3 * look.strip[2])
    yield box((0, 0, (high + 0.06) / 2), (long - 0.08, wide, (high - 0.06) / 2), look.coat)
    yield box((0, 0, (high + 0.06) / 2), (long, wide - 0.08, (high - 0.06) / 2), look.coat)
    yield box((0, 0, high - 0.07), (long + 0.003, 0.72 * wide, 0.02), dim)
    yield box((0, 0, high + 0.008), (long - 0.06, wide - 0.04, 0.008), RUBBER)
    for end in (-1, 1):
        bumper = (end * long, -0.8 * wide, 0.13), (end * long, 0.8 * wide, 0.13)
        yield capsule(*bumper, 0.045, DARK)
    for end, side in ((1, 1), (-1, -1)):
        corner = (end * (long - 0.06), side * (wide - 0.06))
        yield cylinder((*corner, 0.14), (*corner, 0.24), 0.055, YELLOW)
        yield cylinder((*corner, 0.17), (*corner, 0.20), 0.058, DARK)
    for side in (-1, 1):
        yield ellipsoid((-long + 0.12, side * (wide + 0.005), high - 0.03), (0.03, 0.02, 0.03), RED)


def _shelf(look: CartLook) -> Iterator[str]:
    long, wide, high = look.length / 2, look.width / 2, look.height
    for x in (-long + 0.08, long - 0.08):
        for side in (-1, 1):
            foot = (x, side * (wide - 0.05))
            yield cylinder((*foot, high), (*foot, high + 0.7), 0.02, STEEL, material="shiny")
    yield box((0, 0, high + 0.7), (long - 0.05, wide - 0.02, 0.018), look.coat)


def _pole(look: CartLook) -> Iterator[str]:
    back = -look.length / 2 + 0.08
    yield cylinder((back, 0, look.height), (back, 0, 1.15), 0.03, STEEL)
    yield box((back, 0, 1.12), (0.025, 0.17, 0.12), DARK)
    screen = (back + 0.027, 0, 1.12)
    yield box(screen, (0.004, 0.15, 0.10), (0.25, 0.55, 0.70), material="glowing")
    bar = (back - 0.05, -0.2, 0.95), (back - 0.05, 0.2, 0.95)
    yield capsule(*bar, 0.018, DARK)
