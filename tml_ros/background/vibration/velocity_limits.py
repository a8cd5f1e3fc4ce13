"""Limits of vibration velocity between the zones A to D, with where they come from.

Knows nothing of signals. Frozen; any thread.

Zone A: as newly commissioned. B: fit for unrestricted long-term operation. C: not fit for that; may
run for a limited time until there is a chance to repair. D: severe enough to cause damage.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class VelocityLimits:
    """Upper limits of zones A, B and C, mm/s RMS, and the source that says so.

    Raises ValueError where they do not ascend, or without a source.
    """

    a: float
    b: float
    c: float
    source: str

    def __post_init__(self) -> None:
        """Check the order."""
        limits = (self.a, self.b, self.c)
        if not all(math.isfinite(limit) for limit in limits) or not 0 < self.a < self.b < self.c:
            raise ValueError(f"limits {limits} mm/s of zones A, B, C must be above 0 and ascend")
        if not self.source.strip():
            raise ValueError("velocity limits need their source: a standard, the maker, ...")

    def zone(self, velocity: float) -> str:
        """Which zone a velocity in mm/s RMS lies in; a limit itself belongs to the better one."""
        for limit, zone in ((self.a, "A"), (self.b, "B"), (self.c, "C")):
            if velocity <= limit:
                return zone
        return "D"


_ISO: Final = "ISO 20816-3:2022 (before: ISO 10816-3)"

LIMITS: Final[Mapping[str, VelocityLimits]] = MappingProxyType(
    {
        "group1_rigid": VelocityLimits(2.3, 4.5, 7.1, f"{_ISO}, group 1, rigid support"),
        "group1_flexible": VelocityLimits(3.5, 7.1, 11.0, f"{_ISO}, group 1, flexible support"),
        "group2_rigid": VelocityLimits(1.4, 2.8, 4.5, f"{_ISO}, group 2, rigid support"),
        "group2_flexible": VelocityLimits(2.3, 4.5, 7.1, f"{_ISO}, group 2, flexible support"),
        "small": VelocityLimits(0.71, 1.8, 4.5, "ISO 10816-1:1995, annex B, class I"),
    }
)
"""Group 1: above 300 kW, or electric machines of shaft height 315 mm and more. Group 2: above 15 kW
up to 300 kW, or shaft height 160 to 315 mm. Rigid: the lowest natural frequency of machine and
support is a quarter or more above the main excitation. small: up to 15 kW."""

DEFAULT_LIMITS: Final = LIMITS["group2_rigid"]


def named_limits(name: str) -> VelocityLimits:
    """The limits of a class of machines. Raises ValueError that says what there is."""
    if name not in LIMITS:
        raise ValueError(f"no velocity limits {name!r}; there are: {', '.join(LIMITS)}")
    return LIMITS[name]
