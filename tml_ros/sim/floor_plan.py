"""Where things are in the simulated cell: walls, press, column, keep-out area. In metres.

Knows nothing of pictures or time. The press stands at the back wall; the keep-out area lies before
it, inside a striped line painted on the floor.
"""

from __future__ import annotations

ROOM_HALF = 6.0
"""The floor reaches from -6 to 6 in x and y; the camera sees its middle."""
BACK_WALL_Y = 4.3
RIGHT_WALL_X = 4.5
WALL_HEIGHT = 4.2

PRESS_X, PRESS_Y = 1.9, 3.3
PRESS_WIDTH, PRESS_DEPTH, PRESS_HEIGHT = 1.9, 1.1, 2.5
PRESS_CORNERS = tuple(
    (PRESS_X + across * PRESS_WIDTH / 2, PRESS_Y + along * PRESS_DEPTH / 2, height)
    for across in (-1, 1)
    for along in (-1, 1)
    for height in (0.7, PRESS_HEIGHT)
)
"""Of the part of the press in which the ram moves."""
COLUMN_X, COLUMN_Y, COLUMN_HALF = -0.75, 3.75, 0.2

ZONE = "press_area"
ZONE_X0, ZONE_X1 = 0.45, 3.25
ZONE_Y0, ZONE_Y1 = 0.30, 2.6
STRIPE_WIDTH = 0.13
"""The striped line lies inside the zone: its outer edge is the zone's."""

ZONE_CORNERS = (
    (ZONE_X0, ZONE_Y1, 0.0),
    (ZONE_X1, ZONE_Y1, 0.0),
    (ZONE_X1, ZONE_Y0, 0.0),
    (ZONE_X0, ZONE_Y0, 0.0),
)


def in_zone(x: float, y: float) -> bool:
    """Whether a place on the floor lies in the keep-out area."""
    return ZONE_X0 <= x <= ZONE_X1 and ZONE_Y0 <= y <= ZONE_Y1
