"""What a robot arm and what it works at look like: shapes only.

Knows nothing of poses. A link lies along -y from its origin; a hand hangs down from its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tml_ros.sim.scene.machines.fittings import BLACK, DARK, STEEL, YELLOW
from tml_ros.sim.scene.machines.machine_looks import ArmBuild
from tml_ros.sim.shapes import Colour, box, capsule, cylinder, ellipsoid


@dataclass(frozen=True, slots=True)
class ArmSize:
    """Metres. shoulder: its height. hand: from the wrist down to the middle of a piece."""

    reach: float
    pedestal: float
    shoulder: float
    upper: float
    fore: float
    hand: float

    @classmethod
    def of(cls, reach: float, pedestal: float) -> ArmSize:
        """An arm that comes so far."""
        return cls(reach, pedestal, pedestal + 0.62, 0.66 * reach, 0.60 * reach, 0.26)


def foot(size: ArmSize, colour: Colour) -> Iterator[str]:
    """The pedestal and the ring that the turret turns on."""
    yield box((0, 0, 0.015), (0.36, 0.36, 0.015), DARK)
    yield box((0, 0, size.pedestal / 2), (0.24, 0.24, size.pedestal / 2), colour)
    yield cylinder((0, 0, size.pedestal), (0, 0, size.pedestal + 0.1), 0.22, DARK)


def links(build: ArmBuild, size: ArmSize, coat: Colour) -> dict[str, list[str]]:
    """Shapes of turret (origin on the floor), upper arm, forearm, and the hand open and shut."""
    turret = _turret(build, size, coat)
    upper = {ArmBuild.STOUT: _stout_upper, ArmBuild.SLIM: _slim_upper, ArmBuild.RODS: _rods_upper}
    fore = {ArmBuild.STOUT: _stout_fore, ArmBuild.SLIM: _slim_fore, ArmBuild.RODS: _rods_fore}
    return {
        "turret": list(turret),
        "upper": list(upper[build](size, coat)),
        "fore": list(fore[build](size, coat)),
        "open": list(_hand(size, coat, 0.14)),
        "shut": list(_hand(size, coat, 0.105)),
    }


def _turret(build: ArmBuild, size: ArmSize, coat: Colour) -> Iterator[str]:
    low, high = size.pedestal + 0.1, size.shoulder
    if build is ArmBuild.SLIM:
        yield cylinder((0, 0, low), (0, 0, high + 0.02), 0.13, coat, material="shiny")
        yield cylinder((-0.22, 0, high), (0.13, 0, high), 0.12, coat, material="shiny")
        yield cylinder((-0.235, 0, high), (-0.22, 0, high), 0.10, DARK)
        return
    yield cylinder((0, 0, low), (0, 0, low + 0.16), 0.24, coat, material="shiny")
    for side in (-1, 1):
        place = (side * 0.17, 0.0, (low + high) / 2 + 0.08)
        yield box(place, (0.05, 0.15, (high - low) / 2), coat)
    yield cylinder((-0.26, 0, high), (0.26, 0, high), 0.12, DARK)
    if build is ArmBuild.RODS:
        yield box((0, 0.36, high - 0.16), (0.20, 0.16, 0.16), DARK)
        yield box((0, 0.2, high - 0.18), (0.10, 0.1, 0.06), coat)
    else:
        yield box((0.0, 0.22, low + 0.16), (0.14, 0.12, 0.13), DARK)


def _stout_upper(size: ArmSize, coat: Colour) -> Iterator[str]:
    yield box((0, -size.upper / 2, 0), (0.09, size.upper / 2, 0.10), coat)
    yield ellipsoid((0, -0.30 * size.upper, 0), (0.10, 0.35 * size.upper, 0.14), coat)
    yield cylinder((-0.14, -size.upper, 0), (0.14, -size.upper, 0), 0.12, DARK)
    yield capsule((0.11, -0.05, 0.09), (0.11, -size.upper, 0.11), 0.022, BLACK)


def _stout_fore(size: ArmSize, coat: Colour) -> Iterator[str]:
    yield box((0, 0.12, 0.05), (0.11, 0.17, 0.11), coat)
    yield box((0, -size.fore * 0.42, 0.03), (0.075, size.fore * 0.46, 0.075), coat)
    yield cylinder((-0.09, -size.fore, 0), (0.09, -size.fore, 0), 0.075, DARK)
    yield capsule((0.07, 0.2, 0.14), (0.07, -size.fore * 0.8, 0.11), 0.02, BLACK)


def _slim_upper(size: ArmSize, coat: Colour) -> Iterator[str]:
    yield capsule((-0.11, 0, 0), (-0.11, -size.upper, 0), 0.075, coat, material="shiny")
    ends = (-0.20, -size.upper, 0), (0.10, -size.upper, 0)
    yield cylinder(*ends, 0.085, coat, material="shiny")
    yield cylinder((-0.215, -size.upper, 0), (-0.2, -size.upper, 0), 0.07, DARK)


def _slim_fore(size: ArmSize, coat: Colour) -> Iterator[str]:
    yield capsule((0.02, 0, 0), (0.02, -size.fore, 0), 0.062, coat, material="shiny")
    ends = (-0.06, -size.fore, 0), (0.10, -size.fore, 0)
    yield cylinder(*ends, 0.065, DARK)


def _rods_upper(size: ArmSize, coat: Colour) -> Iterator[str]:
    yield box((0, -size.upper / 2, 0), (0.06, size.upper / 2 + 0.06, 0.07), coat)
    for side in (-1, 1):
        ends = (side * 0.12, 0.1, 0.08), (side * 0.12, -size.upper, 0.10)
        yield capsule(*ends, 0.025, STEEL, material="shiny")
    yield cylinder((-0.16, -size.upper, 0), (0.16, -size.upper, 0), 0.09, DARK)
    yield box((0, 0.26, 0.0), (0.13, 0.1, 0.1), DARK)


def _rods_fore(size: ArmSize, coat: Colour) -> Iterator[str]:
    yield box((0, -size.fore / 2, 0), (0.05, size.fore / 2, 0.055), coat)
    yield capsule((0.09, 0.05, 0.12), (0.09, -size.fore, 0.10), 0.02, STEEL, material="shiny")
    yield box((0, 0.17, 0.0), (0.07, 0.13, 0.07), coat)
    yield cylinder((-0.1, -size.fore, 0), (0.1, -size.fore, 0), 0.08, DARK)


def _hand(size: ArmSize, coat: Colour, apart: float) -> Iterator[str]:
    yield cylinder((0, 0, 0.03), (0, 0, -0.09), 0.06, coat, material="shiny")
    yield box((0, 0, -0.11), (0.16, 0.055, 0.025), DARK)
    for side in (-1, 1):
        place = (side * apart, 0, -0.13 - (size.hand - 0.1) / 2)
        yield box(place, (0.014, 0.05, (size.hand - 0.05) / 2), STEEL, material="shiny")


def piece(half: float, colour: Colour) -> Iterator[str]:
    """What the arm moves."""
    yield box((0, 0, 0), (half, half, half), colour)
    yield box((0, 0, 0), (half + 0.002, 0.02, half + 0.002), DARK)


def feeder(place: Sequence[float], height: float, colour: Colour) -> Iterator[str]:
    """A shaft that pieces are lifted out of."""
    x, y = place
    yield box((x, y, height / 2 - 0.01), (0.17, 0.17, height / 2 - 0.01), colour)
    yield box((x, y, height - 0.012), (0.13, 0.13, 0.008), BLACK)
    yield box((x, y, height - 0.06), (0.175, 0.175, 0.02), YELLOW)


def bin_at(place: Sequence[float], height: float, colour: Colour) -> Iterator[str]:
    """A bin on legs with walls higher than what is put into it."""
    x, y = place
    yield box((x, y, height - 0.28), (0.24, 0.24, 0.02), BLACK)
    for side in (-1, 1):
        yield box((x + side * 0.23, y, height - 0.14), (0.015, 0.24, 0.16), colour)
        yield box((x, y + side * 0.23, height - 0.14), (0.24, 0.015, 0.16), colour)
    for dx in (-0.2, 0.2):
        for dy in (-0.2, 0.2):
            foot = (x + dx, y + dy, (height - 0.28) / 2)
            yield box(foot, (0.025, 0.025, (height - 0.28) / 2), DARK)


def stack_post(foot: Sequence[float]) -> Iterator[str]:
    """What the light stack stands on."""
    x, y, z = foot
    yield box((x, y, z / 2), (0.14, 0.10, z / 2), (0.70, 0.71, 0.70))
