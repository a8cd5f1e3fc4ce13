"""Simple bodies in words of MuJoCo's scene language (MJCF).

Knows nothing of what they add up to. Metres; colours RGB 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence

Colour = tuple[float, float, float]
MATERIALS = (
    '<material name="matt" specular="0.1" shininess="0.1"/>'
    '<material name="shiny" specular="0.7" shininess="0.6"/>'
    '<material name="glowing" emission="1" specular="0" shininess="0"/>'
)
"""What surfaces are like; `material` of a shape is one of the three."""


def box(
    centre: Sequence[float], half: Sequence[float], colour: Colour, *, material: str = "matt"
) -> str:
    """half: half of its extent along x, y and z."""
    return f'<geom type="box" {_placed(centre, half)} {paint(colour, material)}/>'


def ellipsoid(
    centre: Sequence[float], half: Sequence[float], colour: Colour, *, material: str = "matt"
) -> str:
    """half: its radii along x, y and z."""
    return f'<geom type="ellipsoid" {_placed(centre, half)} {paint(colour, material)}/>'


def capsule(
    begin: Sequence[float],
    end: Sequence[float],
    radius: float,
    colour: Colour,
    *,
    material: str = "matt",
) -> str:
    """A rod with round ends."""
    return _rod("capsule", begin, end, radius, paint(colour, material))


def cylinder(
    begin: Sequence[float],
    end: Sequence[float],
    radius: float,
    colour: Colour,
    *,
    material: str = "matt",
) -> str:
    """A rod with flat ends."""
    return _rod("cylinder", begin, end, radius, paint(colour, material))


def paint(colour: Colour, material: str) -> str:
    """The attributes that give a shape its look."""
    return f'material="{material}" rgba="{numbers(colour)} 1"'


def numbers(values: Sequence[float]) -> str:
    """Numbers as MJCF writes them."""
    return " ".join(f"{value:.4f}" for value in values)


def _placed(centre: Sequence[float], half: Sequence[float]) -> str:
    return f'pos="{numbers(centre)}" size="{numbers(half)}"'


def _rod(kind: str, begin: Sequence[float], end: Sequence[float], radius: float, look: str) -> str:
    return f'<geom type="{kind}" fromto="{numbers((*begin, *end))}" size="{radius:.4f}" {look}/>'
