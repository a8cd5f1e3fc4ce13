"""Who and what is where at one moment of a scenario. Types only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Posture(str, Enum):
    """What somebody is doing with their body."""

    STANDING = "standing"
    WALKING = "walking"
    CROUCHING = "crouching"
    FALLING = "falling"
    """On the way down."""
    LYING = "lying"
    RISING = "rising"


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a camera sees somebody or something.

    box: x0, y0, x1, y1 in pixels, within the picture. share: of the body that is seen, 0..1, what
    is hidden by others or outside of the picture not counted. head_radius: pixels; 0 for things.
    """

    box: tuple[float, float, float, float]
    share: float
    head_radius: float = 0.0


@dataclass(frozen=True, slots=True)
class PersonState:
    """place: between the feet, m. facing: degrees. zones: those that a foot (lying: the body) is
    in. seen: by camera; a camera that sees nothing of them is not in it.
    """

    name: str
    place: tuple[float, float]
    facing: float
    posture: Posture
    helmet: bool
    zones: tuple[str, ...] = ()
    seen: Mapping[str, Sighting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VehicleState:
    """place: its middle, m. speed: m/s. zones: those that its middle is in."""

    name: str
    place: tuple[float, float]
    facing: float
    speed: float
    zones: tuple[str, ...] = ()
    seen: Mapping[str, Sighting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment at `time_s`."""

    time_s: float
    people: tuple[PersonState, ...] = ()
    vehicles: tuple[VehicleState, ...] = ()
