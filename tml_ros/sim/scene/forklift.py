"""What a forklift and its driver look like: shapes only.

Knows nothing of where it drives. x is forward, the origin on the floor below its middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tml_ros.sim.scene import vehicle_looks
from tml_ros.sim.scene.vehicle_figure import (
    DARK,
    RUBBER,
    STEEL,
    VehicleFigure,
    Wheel,
    cargo,
    pallet,
)
from tml_ros.sim.scene.vehicle_looks import Cargo, ForkliftBuild, VehicleDraws
from tml_ros.sim.shapes import Colour, box, capsule, cylinder, ellipsoid, numbers

FORKS = 1.05
SILVER: Colour = (0.86, 0.88, 0.90)
GLASS = "0.60 0.72 0.75 0.30"
LAMP: Colour = (1.0, 0.62, 0.10)


@dataclass(frozen=True, slots=True)
class Driver:
    """Colours RGB 0..1."""

    helmet: Colour
    vest: Colour
    trousers: Colour
    skin: Colour


@dataclass(frozen=True, slots=True)
class ForkliftLook:
    """Metres; colours RGB 0..1. body: its length without the forks. driver: None where it is empty.

    lift: height of the forks.
    """

    build: ForkliftBuild
    coat: Colour
    body: float
    width: float
    height: float
    lift: float
    cargo: Cargo
    cargo_coat: Colour
    driver: Driver | None

    @classmethod
    def drawn(cls, draws: VehicleDraws, *, driver: bool) -> ForkliftLook:
        """A forklift that nobody has seen yet."""
        build = vehicle_looks.FORKLIFT_BUILDS.draw(draws.rng, draws.looks)
        seated = Driver(
            helmet=draws.coat(vehicle_looks.DRIVER_HELMETS),
            vest=draws.coat(vehicle_looks.DRIVER_VESTS),
            trousers=draws.coat(vehicle_looks.DRIVER_TROUSERS),
            skin=draws.coat(vehicle_looks.SKINS),
        )
        body = draws.length(vehicle_looks.FORKLIFT_BODY)
        return cls(
            build=build,
            coat=draws.coat(vehicle_looks.COATS),
            body=0.9 * body if build is ForkliftBuild.COMPACT else body,
            width=draws.length(vehicle_looks.FORKLIFT_WIDTH),
            height=draws.length(vehicle_looks.FORKLIFT_HEIGHT),
            lift=draws.rng.uniform(0.10, 0.28),
            cargo=draws.cargo(),
            cargo_coat=draws.coat(vehicle_looks.CARGO_COATS),
            driver=seated if driver else None,
        )

    @property
    def rear(self) -> float:
        """x of its back."""
        return -(self.body + FORKS) / 2

    @property
    def mast(self) -> float:
        """x of the mast's face, where the forks begin."""
        return (self.body - FORKS) / 2


def forklift(look: ForkliftLook) -> VehicleFigure:
    """The forklift."""
    shapes = [*_chassis(look), *_guard(look), *_mast(look), *_carried(look)]
    if look.driver is not None:
        shapes += _driver(look, look.driver)
    lamp = (look.rear + 0.42, 0.25, look.height + 0.02)
    shapes.append(cylinder(lamp, (*lamp[:2], lamp[2] + 0.06), 0.06, DARK))
    lit = ellipsoid((*lamp[:2], lamp[2] + 0.09), (0.075, 0.075, 0.07), LAMP, material="glowing")
    shapes.append(ellipsoid((*lamp[:2], lamp[2] + 0.09), (0.06, 0.06, 0.06), (0.45, 0.25, 0.05)))
    return VehicleFigure(
        shapes=tuple(shapes),
        wheels=_wheels(look),
        lamp=(lit,),
        half_length=(look.body + FORKS) / 2,
        half_width=look.width / 2,
        height=look.height + 0.15,
    )


def _wheels(look: ForkliftLook) -> tuple[Wheel, ...]:
    side, front, back = look.width / 2 - 0.10, look.mast - 0.30, look.rear + 0.42
    pair = (Wheel((front, side, 0.28), 0.28, 0.10), Wheel((front, -side, 0.28), 0.28, 0.10))
    if look.build is ForkliftBuild.COMPACT:
        return (*pair, Wheel((back, 0.0, 0.22), 0.22, 0.14))
    return (*pair, Wheel((back, side, 0.24), 0.24, 0.09), Wheel((back, -side, 0.24), 0.24, 0.09))


def _chassis(look: ForkliftLook) -> Iterator[str]:
    rear, mast, wide = look.rear, look.mast, look.width / 2
    dark = (0.6 * look.coat[0], 0.6 * look.coat[1], 0.6 * look.coat[2])
    if look.build is ForkliftBuild.COMPACT:
        ends = (rear + 0.34, 0, 0.26), (rear + 0.34, 0, 0.98)
        yield cylinder(*ends, 0.34, look.coat)
        yield box((rear + 0.5, 0, 0.62), (0.32, wide - 0.04, 0.36), look.coat)
    else:
        yield box((rear + 0.30, 0, 0.64), (0.27, wide - 0.01, 0.34), look.coat)
        yield ellipsoid((rear + 0.24, 0, 0.62), (0.24, wide - 0.02, 0.38), look.coat)
        yield box((rear + 0.72, 0, 0.74), (0.34, wide - 0.06, 0.22), dark)
    yield box((rear + 0.05, 0, 0.42), (0.05, 0.8 * wide, 0.05), DARK)
    middle = (rear + 0.35 + mast - 0.2) / 2
    yield box((middle, 0, 0.38), ((mast - rear) / 2 - 0.2, wide - 0.22, 0.16), look.coat)
    for side in (-1, 1):
        step = (middle + 0.1, side * (wide - 0.10), 0.36)
        yield box(step, (0.26, 0.09, 0.05), DARK)
        fender = (mast - 0.30, side * (wide - 0.10), 0.60)
        yield box(fender, (0.30, 0.10, 0.035), look.coat)
        lamp = (mast - 0.26, side * (wide - 0.12), 1.05)
        yield box(lamp, (0.03, 0.06, 0.05), (0.9, 0.9, 0.85), material="shiny")
        tail = (rear + 0.02, side * (wide - 0.18), 0.85)
        yield box(tail, (0.03, 0.05, 0.05), (0.55, 0.05, 0.04), material="shiny")
    yield box((mast - 0.28, 0, 0.74), (0.09, wide - 0.16, 0.24), look.coat)
    yield box((mast - 0.28, 0, 1.0), (0.06, wide - 0.22, 0.04), DARK)
    yield cylinder((mast - 0.48, 0.0, 1.10), (mast - 0.50, 0.0, 1.13), 0.16, RUBBER)
    seat = rear + 0.78
    yield box((seat, 0, 0.99), (0.22, 0.23, 0.05), RUBBER)
    yield box((seat - 0.20, 0, 1.22), (0.05, 0.22, 0.22), RUBBER)


def _guard(look: ForkliftLook) -> Iterator[str]:
    """The roof over the driver on its four posts; with glass between them for a cabin."""
    wide, high = look.width / 2 - 0.08, look.height
    back, front = look.rear + 0.30, look.mast - 0.30
    roof_front = front - 0.22
    for side in (-1, 1):
        y = side * wide
        yield capsule((back, y, 0.9), (back + 0.06, y, high), 0.035, DARK)
        yield capsule((front, y, 0.65), (roof_front, y, high), 0.035, DARK)
    middle, long = (back + roof_front) / 2, (roof_front - back) / 2
    for index in range(5):
        y = (index - 2) * wide / 2
        yield box((middle, y, high), (long, 0.028, 0.02), DARK)
    for x in (back + 0.05, roof_front):
        yield box((x, 0, high), (0.035, wide, 0.028), DARK)
    if look.build is ForkliftBuild.CABIN:
        yield box((middle, 0, high + 0.03), (long + 0.05, wide + 0.02, 0.025), look.coat)
        tall = (high - 0.95) / 2
        for side in (-1, 1):
            yield _pane((middle, side * wide, 0.95 + tall), (long, 0.008, tall))
            yield box((middle, side * wide, 0.75), (long + 0.1, 0.03, 0.2), look.coat)
        yield _pane((roof_front + 0.08, 0, 0.95 + tall), (0.008, wide, tall))


def _pane(centre: tuple[float, float, float], half: tuple[float, float, float]) -> str:
    return (
        f'<geom type="box" pos="{numbers(centre)}" size="{numbers(half)}" '
        f'material="shiny" rgba="{GLASS}"/>'
    )


def _mast(look: ForkliftLook) -> Iterator[str]:
    x, tall = look.mast - 0.07, (look.height + 0.02) / 2
    for side in (-1, 1):
        yield box((x, side * 0.30, tall + 0.05), (0.05, 0.045, tall), DARK)
        yield box((x + 0.02, side * 0.22, tall), (0.03, 0.025, tall - 0.05), STEEL)
    for z in (0.45, 1.35, 2 * tall):
        yield box((x, 0, z), (0.03, 0.32, 0.035), DARK)
    yield cylinder((x - 0.02, 0, 0.3), (x - 0.02, 0, 1.5), 0.035, STEEL, material="shiny")
    base = look.lift
    for z in (0.12, 0.45):
        yield box((look.mast, 0, base + z), (0.025, 0.48, 0.05), DARK)
    for index in range(5):
        y = (index - 2) * 0.22
        yield box((look.mast, y, base + 0.75), (0.015, 0.015, 0.3), DARK)
    yield box((look.mast, 0, base + 1.05), (0.018, 0.46, 0.018), DARK)
    for side in (-1, 1):
        yield box((look.mast + 0.03, side * 0.26, base + 0.25), (0.02, 0.055, 0.25), STEEL)
        fork = (look.mast + FORKS / 2, side * 0.26, base + 0.01)
        yield box(fork, (FORKS / 2, 0.055, 0.02), STEEL, material="shiny")


def _carried(look: ForkliftLook) -> Iterator[str]:
    if look.cargo is not Cargo.NONE:
        x = look.mast + 0.06 + (FORKS - 0.06) / 2
        half = ((FORKS - 0.08) / 2, 0.5)
        yield from pallet((x, 0, look.lift + 0.03), half)
        room = (half[0], half[1], 0.85)
        yield from cargo(look.cargo, (x, 0, look.lift + 0.17), room, look.cargo_coat)


def _driver(look: ForkliftLook, wear: Driver) -> Iterator[str]:
    """Seated, hands at the wheel."""
    seat, wheel = look.rear + 0.80, look.mast - 0.50
    # The roof is low: the head ends below it.
    head = min(look.height - 0.28, 1.80)
    yield ellipsoid((seat, 0, 1.10), (0.15, 0.17, 0.12), wear.trousers)
    yield ellipsoid((seat - 0.02, 0, 1.36), (0.14, 0.20, 0.30), wear.vest)
    yield ellipsoid((seat - 0.02, 0, 1.34), (0.146, 0.206, 0.035), SILVER, material="shiny")
    yield capsule((seat, 0, 1.55), (seat, 0, head - 0.05), 0.05, wear.skin)
    yield ellipsoid((seat + 0.02, 0, head), (0.095, 0.078, 0.115), wear.skin)
    yield ellipsoid((seat + 0.01, 0, head + 0.06), (0.122, 0.102, 0.105), wear.helmet)
    yield ellipsoid((seat + 0.035, 0, head + 0.04), (0.152, 0.116, 0.016), wear.helmet)
    for side in (-1, 1):
        shoulder, elbow = (seat, side * 0.21, 1.52), (seat + 0.16, side * 0.25, 1.27)
        yield capsule(shoulder, elbow, 0.052, wear.vest)
        yield capsule(elbow, (wheel, side * 0.13, 1.16), 0.042, wear.trousers)
        yield ellipsoid((wheel, side * 0.13, 1.16), (0.05, 0.045, 0.045), wear.skin)
        knee = (min(seat + 0.42, wheel), side * 0.13, 1.06)
        yield capsule((seat, side * 0.10, 1.08), knee, 0.078, wear.trousers)
        yield capsule(knee, (knee[0] + 0.06, side * 0.13, 0.66), 0.06, wear.trousers)
