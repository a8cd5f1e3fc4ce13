"""What many machines carry: a light stack that tells whether they run, a panel, a striped edge.

Knows nothing of the machine. Shapes of the machine's own frame: its operator stands at -y.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tml_ros.sim.scene.decal import ABOVE, SPREAD, Decal, dark_below
from tml_ros.sim.shapes import Colour, box, cylinder, ellipsoid

STEEL: Colour = (0.55, 0.57, 0.60)
DARK: Colour = (0.16, 0.17, 0.19)
BLACK: Colour = (0.07, 0.07, 0.08)
YELLOW: Colour = (0.93, 0.72, 0.08)
RED: Colour = (0.72, 0.10, 0.08)
DARKNESS = 0.5
LAMPS: tuple[tuple[Colour, Colour], ...] = (
    ((0.10, 0.85, 0.30), (0.07, 0.24, 0.11)),
    ((0.85, 0.55, 0.08), (0.30, 0.20, 0.06)),
    ((0.95, 0.12, 0.08), (0.30, 0.06, 0.05)),
)
"""From below: lit and dark."""


def floor_dark(
    name: str, boxes: Sequence[tuple[float, float, float, float]]
) -> tuple[Decal, list[str]]:
    """The floor below a machine: middle (x, y) and half extents of what stands on it."""
    dark = dark_below(f"{name}/dark")
    shapes = [
        dark.geom((SPREAD * long, SPREAD * wide), strength=DARKNESS, at=(x, y, ABOVE["contact"]))
        for x, y, long, wide in boxes
    ]
    return dark, shapes


def light_stack(foot: Sequence[float]) -> Iterator[str]:
    """A post with three dark lamps."""
    x, y, z = foot
    yield cylinder((x, y, z), (x, y, z + 0.18), 0.025, STEEL)
    for index, (_, dark) in enumerate(LAMPS):
        low = z + 0.18 + 0.13 * index
        yield cylinder((x, y, low), (x, y, low + 0.12), 0.055, dark, material="shiny")


def lit_lamp(index: int) -> str:
    """The lamp of a stack that burns, counted from below; its origin is the stack's foot."""
    low = 0.175 + 0.13 * index
    return cylinder((0, 0, low), (0, 0, low + 0.13), 0.062, LAMPS[index][0], material="glowing")


def panel(foot: Sequence[float], coat: Colour) -> Iterator[str]:
    """A control panel on its post, its face to the operator."""
    x, y, _ = foot
    yield cylinder((x, y, 0), (x, y, 0.95), 0.045, DARK)
    yield box((x, y, 1.16), (0.15, 0.10, 0.24), coat)
    yield box((x, y - 0.105, 1.25), (0.11, 0.006, 0.09), (0.20, 0.52, 0.62), material="glowing")
    for index, colour in enumerate(((0.1, 0.7, 0.2), YELLOW, RED)):
        place = (x - 0.09 + 0.09 * index, y - 0.11, 1.04)
        yield ellipsoid(place, (0.032, 0.02, 0.032), colour, material="shiny")


def striped_edge(
    begin: Sequence[float], end: Sequence[float], colour: Colour, count: int = 8
) -> Iterator[str]:
    """A warning edge along x, in blocks of colour and black; begin, end: opposite corners."""
    step = (end[0] - begin[0]) / count
    middle = [(low + high) / 2 for low, high in zip(begin, end, strict=True)]
    half = [abs(high - low) / 2 for low, high in zip(begin, end, strict=True)]
    for index in range(count):
        place = (begin[0] + (index + 0.5) * step, middle[1], middle[2])
        painted = colour if index % 2 == 0 else BLACK
        yield box(place, (abs(step) / 2, half[1], half[2]), painted)
