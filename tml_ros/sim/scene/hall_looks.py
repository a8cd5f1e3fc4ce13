"""How a hall may look: colours, surfaces, lamps, windows, by split. And what one seed drew of it.

Knows nothing of where things stand or how they are painted. Pure.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.shapes import Colour
from tml_ros.sim.split import Band, Pool, Split

_LOOK = 0x10C5

FLOOR_KINDS = Pool(("slabs", "tiles", "resin"), ("asphalt", "checks"))
FLOOR_HUES = Band(((0.05, 0.12), (0.30, 0.40), (0.55, 0.62)), ((0.16, 0.26), (0.44, 0.52)))
FLOOR_SATURATIONS = Band(((0.02, 0.09), (0.14, 0.24)), ((0.09, 0.14), (0.24, 0.34)))
FLOOR_VALUES = Band(((0.34, 0.46), (0.56, 0.66)), ((0.28, 0.34), (0.46, 0.56)))
FLOOR_PITCHES = Band(((0.9, 1.3), (2.0, 3.2)), ((0.5, 0.9), (1.3, 2.0)))
"""Metres from joint to joint."""

WALL_KINDS = Pool(("plaster", "corrugated", "panels"), ("bricks", "blocks"))
WALL_HUES = Band(((0.08, 0.16), (0.52, 0.60)), ((0.00, 0.06), (0.24, 0.40)))
WALL_SATURATIONS = Band(((0.02, 0.12),), ((0.12, 0.24),))
WALL_VALUES = Band(((0.52, 0.62), (0.70, 0.80)), ((0.42, 0.52), (0.62, 0.70)))
DADO_HUES = Band(((0.28, 0.42), (0.54, 0.62)), ((0.02, 0.10), (0.64, 0.80)))
DADO_VALUES = Band(((0.30, 0.42),), ((0.42, 0.56),))
DADO_HEIGHTS = Band(((0.9, 1.3), (1.6, 1.9)), ((0.0, 0.4), (1.3, 1.6)))
HEIGHTS = Band(((4.8, 5.6), (6.2, 7.0)), ((5.6, 6.2), (7.0, 8.0)))
"""Of the walls, metres."""

STRIPES = Pool(
    (
        ((0.93, 0.72, 0.08), (0.07, 0.07, 0.08)),
        ((0.78, 0.12, 0.10), (0.90, 0.90, 0.87)),
        ((0.95, 0.80, 0.20), (0.86, 0.86, 0.82)),
        ((0.88, 0.66, 0.05), (0.30, 0.10, 0.08)),
    ),
    (
        ((0.95, 0.45, 0.06), (0.10, 0.10, 0.12)),
        ((0.10, 0.50, 0.24), (0.90, 0.91, 0.88)),
        ((0.12, 0.30, 0.70), (0.92, 0.92, 0.90)),
    ),
)
"""Both colours of the line around a zone."""
STRIPE_WIDTHS = Band(((0.14, 0.19), (0.22, 0.26)), ((0.10, 0.14), (0.19, 0.22)))
STRIPE_LENGTHS = Band(((0.30, 0.44), (0.60, 0.80)), ((0.44, 0.60),))
"""Of both colours together, metres."""
STRIPE_SLANTS = Band(((0.8, 1.2),), ((-1.2, -0.5), (-0.2, 0.2)))
"""Metres along the line by metre across it."""
ZONE_TINTS = Band(((0.0, 0.10), (0.18, 0.28)), ((0.10, 0.18),))
"""How much of the line's first colour lies over the zone's floor."""
WEARS = Band(((0.10, 0.30), (0.40, 0.55)), ((0.30, 0.40), (0.55, 0.65)))
"""How much of the paint is gone."""
LANE_COLOURS = Pool(
    ((0.82, 0.82, 0.78), (0.86, 0.70, 0.16), (0.20, 0.36, 0.62)),
    ((0.16, 0.46, 0.30), (0.70, 0.62, 0.50)),
)

LAMP_KINDS = Pool(("tubes", "bells"), ("squares",))
LAMP_WARMTHS = Band(((-0.06, 0.02), (0.08, 0.13)), ((0.02, 0.08), (0.13, 0.20)))
"""What red has more and blue less."""
LAMP_TILTS = Band(((0.10, 0.28), (0.40, 0.55)), ((0.28, 0.40), (0.55, 0.65)))
"""How far from straight above the lamps shine, m by m."""
LAMP_ANGLES = Band(((0.0, 70.0), (130.0, 200.0), (260.0, 300.0)), ((70.0, 130.0), (200.0, 260.0)))
"""From where, degrees."""
LAMP_PLACES = Band(((-0.45, -0.15), (0.10, 0.30)), ((-0.15, 0.10), (0.30, 0.45)))
"""Of the lamp that is seen to throw shadows, along both sides of the hall, as shares of them."""
WINDOW_KINDS = Pool(("panes", "strip"), ("tall",))
WINDOW_TINTS = Pool(
    ((0.84, 0.93, 1.0), (0.93, 0.95, 0.93)), ((1.0, 0.90, 0.78), (0.80, 0.95, 0.90))
)
COLUMN_KINDS = Pool(("square", "round"), ("beam",))
COLUMN_HALVES = Band(((0.15, 0.19), (0.22, 0.26)), ((0.19, 0.22),))
TRIMS = Pool(
    ((0.86, 0.70, 0.16), (0.60, 0.62, 0.62), (0.20, 0.34, 0.55), (0.62, 0.16, 0.12)),
    ((0.85, 0.42, 0.12), (0.18, 0.42, 0.32), (0.36, 0.28, 0.44)),
)
"""Of doors, pipes and the line above the dado."""
CLUTTER_HUES = Band(
    ((0.00, 0.04), (0.10, 0.15), (0.33, 0.42), (0.58, 0.66)),
    ((0.05, 0.09), (0.18, 0.30), (0.46, 0.55), (0.72, 0.92)),
)
CLUTTER_SATURATIONS = Band(((0.15, 0.35), (0.60, 0.85)), ((0.35, 0.60),))
CLUTTER_VALUES = Band(((0.28, 0.45), (0.60, 0.72)), ((0.45, 0.60),))
WOODS = Pool(
    ((0.62, 0.46, 0.28), (0.50, 0.38, 0.25), (0.70, 0.58, 0.40)),
    ((0.42, 0.34, 0.28), (0.58, 0.54, 0.46)),
)
CARDBOARDS = Pool(
    ((0.66, 0.52, 0.36), (0.58, 0.44, 0.30), (0.72, 0.62, 0.48)),
    ((0.80, 0.78, 0.74), (0.46, 0.40, 0.36)),
)


@dataclass(frozen=True, slots=True)
class HallLook:
    """What one seed drew. Colours RGB 0..1, lengths metres."""

    floor_kind: str
    floor: Colour
    floor_pitch: float
    wall_kind: str
    wall: Colour
    dado: Colour
    dado_height: float
    height: float
    stripes: tuple[Colour, Colour]
    stripe_width: float
    stripe_length: float
    stripe_slant: float
    zone_tint: float
    wear: float
    lane: Colour
    lamp_kind: str
    lamp: Colour
    lamp_direction: tuple[float, float, float]
    lamp_place: tuple[float, float, float]
    window_kind: str
    window: Colour
    column_kind: str
    column_half: float
    trim: Colour
    clutter: tuple[Colour, ...]
    wood: Colour
    cardboard: Colour


def hall_look(scenario: Scenario) -> HallLook:
    """How the hall of a scenario looks."""
    rng, split = (
        np.random.default_rng(np.random.SeedSequence([scenario.seed, _LOOK])),
        scenario.looks,
    )
    warmth = LAMP_WARMTHS.draw(rng, split)
    tilt, angle = LAMP_TILTS.draw(rng, split), np.radians(LAMP_ANGLES.draw(rng, split))
    above_cameras = max((camera.at[2] for camera in scenario.cameras.values()), default=0.0) + 0.6
    height = max(HEIGHTS.draw(rng, split), above_cameras)
    wide, deep = scenario.hall.size
    return HallLook(
        floor_kind=FLOOR_KINDS.draw(rng, split),
        floor=_tint(rng, split, FLOOR_HUES, FLOOR_SATURATIONS, FLOOR_VALUES),
        floor_pitch=FLOOR_PITCHES.draw(rng, split),
        wall_kind=WALL_KINDS.draw(rng, split),
        wall=_tint(rng, split, WALL_HUES, WALL_SATURATIONS, WALL_VALUES),
        dado=_tint(rng, split, DADO_HUES, CLUTTER_SATURATIONS, DADO_VALUES),
        dado_height=DADO_HEIGHTS.draw(rng, split),
        height=height,
        stripes=STRIPES.draw(rng, split),
        stripe_width=STRIPE_WIDTHS.draw(rng, split),
        stripe_length=STRIPE_LENGTHS.draw(rng, split),
        stripe_slant=STRIPE_SLANTS.draw(rng, split),
        zone_tint=ZONE_TINTS.draw(rng, split),
        wear=WEARS.draw(rng, split),
        lane=LANE_COLOURS.draw(rng, split),
        lamp_kind=LAMP_KINDS.draw(rng, split),
        lamp=(1.0, 1.0 - abs(warmth) / 3, 1.0 - warmth) if warmth > 0 else (1.0 + warmth, 1.0, 1.0),
        lamp_direction=(float(tilt * np.cos(angle)), float(tilt * np.sin(angle)), -1.0),
        lamp_place=(
            LAMP_PLACES.draw(rng, split) * wide,
            LAMP_PLACES.draw(rng, split) * deep,
            height - 0.9,
        ),
        window_kind=WINDOW_KINDS.draw(rng, split),
        window=WINDOW_TINTS.draw(rng, split),
        column_kind=COLUMN_KINDS.draw(rng, split),
        column_half=COLUMN_HALVES.draw(rng, split),
        trim=TRIMS.draw(rng, split),
        clutter=tuple(
            _tint(rng, split, CLUTTER_HUES, CLUTTER_SATURATIONS, CLUTTER_VALUES) for _ in range(4)
        ),
        wood=WOODS.draw(rng, split),
        cardboard=CARDBOARDS.draw(rng, split),
    )


def _tint(
    rng: np.random.Generator, split: Split, hues: Band, saturations: Band, values: Band
) -> Colour:
    return colorsys.hsv_to_rgb(
        hues.draw(rng, split), saturations.draw(rng, split), values.draw(rng, split)
    )
