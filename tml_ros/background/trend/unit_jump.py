"""Conversions between units that somebody may have switched a sensor to.

Knows nothing of sensors. Exact factors of the SI brochure (9th edition) and NIST SP 811. Pure; any
thread.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conversion:
    """What shows in `unit` is factor * value + offset."""

    unit: str
    factor: float
    offset: float = 0.0

    def of(self, value: float) -> float:
        """As it shows in the other unit."""
        return self.factor * value + self.offset

    def back(self, shown: float) -> float:
        """The value in its own unit."""
        return (shown - self.offset) / self.factor


_PSI_PER_BAR = 14.503_773_773
_FAMILIES: tuple[dict[str, tuple[float, float]], ...] = (
    {"degC": (1.0, 0.0), "degF": (1.8, 32.0), "K": (1.0, 273.15)},
    {"bar": (1.0, 0.0), "psi": (_PSI_PER_BAR, 0.0), "kPa": (1e2, 0.0), "MPa": (0.1, 0.0)}
    | {"Pa": (1e5, 0.0), "mbar": (1e3, 0.0)},
    {"mm/s": (1.0, 0.0), "in/s": (1 / 25.4, 0.0), "m/s": (1e-3, 0.0)},
    {"m/s2": (1.0, 0.0), "g": (1 / 9.80665, 0.0)},
    {"rpm": (1.0, 0.0), "Hz": (1 / 60, 0.0), "rad/s": (0.104_719_755, 0.0)},
    {"rad": (1.0, 0.0), "deg": (57.295_779_513, 0.0)},
    {"N": (1.0, 0.0), "kN": (1e-3, 0.0), "lbf": (0.224_808_943, 0.0)},
    {"N*m": (1.0, 0.0), "lbf*ft": (0.737_562_149, 0.0)},
    {"m": (1.0, 0.0), "mm": (1e3, 0.0), "in": (39.370_078_74, 0.0)},
    {"A": (1.0, 0.0), "mA": (1e3, 0.0)},
    {"V": (1.0, 0.0), "mV": (1e3, 0.0)},
    {"W": (1.0, 0.0), "kW": (1e-3, 0.0), "hp": (1 / 745.699_872, 0.0)},
)
"""Of each family: what one of the first unit is in the others."""
_ANY = (Conversion("thousandfold", 1e3), Conversion("thousandth", 1e-3))


def conversions(unit: str) -> tuple[Conversion, ...]:
    """What a value in `unit` may suddenly show as; for an unknown unit a slipped prefix."""
    for family in _FAMILIES:
        if unit in family:
            own, zero = family[unit]
            return tuple(
                Conversion(other, factor / own, offset - zero * factor / own)
                for other, (factor, offset) in family.items()
                if other != unit
            )
    return _ANY
