"""Heads of the simulated people: helmets of several forms, or hair, caps, beanies and hoods.

A helmet is hard, shiny and stands off the skull; what is worn without one is soft, matt and close.
Knows nothing of who wears what. A head's origin is its neck, x is forward, z up; metres.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tml_ros.sim.scene.people_looks import Bare, Helmet, Look
from tml_ros.sim.shapes import Colour, capsule, ellipsoid

DARK: Colour = (0.10, 0.10, 0.11)
SKULL = (0.015, 0.0, 0.125)
"""Its middle at size 1."""
Solid = Callable[..., str]


def head(look: Look) -> list[str]:
    """The shapes of a head, its own size following the body's only half as far."""
    s = 0.5 + 0.5 * look.size
    build = _WORN[look.head]

    def solid(
        centre: tuple[float, float, float],
        half: tuple[float, float, float],
        colour: Colour,
        *,
        material: str = "matt",
    ) -> str:
        place, radii = (tuple(s * number for number in numbers) for numbers in (centre, half))
        return ellipsoid(place, radii, colour, material=material)

    return [
        capsule((0, 0, -0.05 * s), (0, 0, 0.06 * s), 0.052 * s * look.girth**0.5, look.skin),
        solid(SKULL, (0.095, 0.078, 0.115), look.skin),
        solid((0.108, 0.0, 0.115), (0.018, 0.014, 0.02), look.skin),
        *build(look, solid),
    ]


def _dome(look: Look, solid: Solid, *, high: float = 0.105) -> list[str]:
    return [solid((0.005, 0, 0.185), (0.124, 0.104, high), look.headgear, material="shiny")]


def _fringe(look: Look, solid: Solid) -> list[str]:
    """Hair that shows below a helmet, at the back."""
    return [solid((-0.02, 0, 0.11), (0.075, 0.081, 0.085), look.hair)]


def _ridged(look: Look, solid: Solid) -> list[str]:
    return [
        *_dome(look, solid),
        solid((0.03, 0, 0.165), (0.152, 0.116, 0.016), look.headgear, material="shiny"),
        solid((0.0, 0, 0.222), (0.117, 0.020, 0.076), look.headgear, material="shiny"),
        *_fringe(look, solid),
    ]


def _brimmed(look: Look, solid: Solid) -> list[str]:
    return [
        *_dome(look, solid, high=0.112),
        solid((0.01, 0, 0.163), (0.172, 0.150, 0.013), look.headgear, material="shiny"),
        *_fringe(look, solid),
    ]


def _smooth(look: Look, solid: Solid) -> list[str]:
    return [
        *_dome(look, solid, high=0.115),
        solid((0.055, 0, 0.165), (0.132, 0.098, 0.014), look.headgear, material="shiny"),
        *_fringe(look, solid),
    ]


def _muffed(look: Look, solid: Solid) -> list[str]:
    muffs = [
        solid((0.0, side * 0.098, 0.115), (0.042, 0.028, 0.055), (0.55, 0.08, 0.07))
        for side in (1, -1)
    ]
    return [*_ridged(look, solid), *muffs]


def _vented(look: Look, solid: Solid) -> list[str]:
    ribs = [
        solid((0.0, side * 0.05, 0.218), (0.112, 0.014, 0.070), look.headgear, material="shiny")
        for side in (1, 0, -1)
    ]
    slots = [solid((0.0, side * 0.026, 0.218), (0.085, 0.010, 0.072), DARK) for side in (1, -1)]
    strap = [solid((0.03, side * 0.074, 0.09), (0.012, 0.010, 0.07), DARK) for side in (1, -1)]
    peak = solid((0.05, 0, 0.170), (0.118, 0.085, 0.014), look.headgear, material="shiny")
    return [*_dome(look, solid), *ribs, *slots, *strap, peak, *_fringe(look, solid)]


def _short_hair(look: Look, solid: Solid) -> list[str]:
    return [solid((-0.008, 0, 0.150), (0.096, 0.084, 0.100), look.hair)]


def _bald(look: Look, solid: Solid) -> list[str]:
    return [
        solid((0.012, side * 0.078, 0.115), (0.018, 0.008, 0.028), look.skin) for side in (1, -1)
    ]


def _ponytail(look: Look, solid: Solid) -> list[str]:
    return [*_short_hair(look, solid), solid((-0.115, 0, 0.085), (0.034, 0.030, 0.105), look.hair)]


def _long_hair(look: Look, solid: Solid) -> list[str]:
    return [*_short_hair(look, solid), solid((-0.045, 0, 0.060), (0.070, 0.098, 0.150), look.hair)]


def _bun(look: Look, solid: Solid) -> list[str]:
    return [*_short_hair(look, solid), solid((-0.075, 0, 0.225), (0.046, 0.046, 0.042), look.hair)]


def _cap(look: Look, solid: Solid) -> list[str]:
    return [
        *_fringe(look, solid),
        solid((0.002, 0, 0.168), (0.104, 0.087, 0.084), look.headgear),
        solid((0.115, 0, 0.168), (0.072, 0.066, 0.010), look.headgear),
    ]


def _backward_cap(look: Look, solid: Solid) -> list[str]:
    return [
        *_fringe(look, solid),
        solid((0.002, 0, 0.168), (0.104, 0.087, 0.084), look.headgear),
        solid((-0.10, 0, 0.150), (0.070, 0.064, 0.010), look.headgear),
    ]


def _beanie(look: Look, solid: Solid) -> list[str]:
    return [
        solid((-0.006, 0, 0.172), (0.103, 0.089, 0.098), look.headgear),
        solid((-0.004, 0, 0.142), (0.106, 0.091, 0.030), look.headgear),
    ]


def _hood(look: Look, solid: Solid) -> list[str]:
    return [
        solid((-0.022, 0, 0.140), (0.112, 0.102, 0.135), look.headgear),
        solid((-0.035, 0, 0.020), (0.085, 0.120, 0.060), look.headgear),
    ]


_WORN: Mapping[Helmet | Bare, Callable[[Look, Solid], list[str]]] = {
    Helmet.RIDGED: _ridged,
    Helmet.BRIMMED: _brimmed,
    Helmet.SMOOTH: _smooth,
    Helmet.MUFFED: _muffed,
    Helmet.VENTED: _vented,
    Bare.SHORT_HAIR: _short_hair,
    Bare.BALD: _bald,
    Bare.PONYTAIL: _ponytail,
    Bare.CAP: _cap,
    Bare.BEANIE: _beanie,
    Bare.LONG_HAIR: _long_hair,
    Bare.BUN: _bun,
    Bare.BACKWARD_CAP: _backward_cap,
    Bare.HOOD: _hood,
}
