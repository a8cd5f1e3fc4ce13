"""The shapes of what stands about in a hall, and of its columns.

Each piece stands on (0, 0, 0), its length along x, its front towards -y. Knows nothing of where it
stands. Metres.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tml_ros.sim.scene.hall_clutter import Piece
from tml_ros.sim.scene.hall_looks import HallLook
from tml_ros.sim.shapes import Colour, box, cylinder, numbers

STEEL: Colour = (0.55, 0.57, 0.60)
DARK: Colour = (0.17, 0.18, 0.20)
YELLOW: Colour = (0.93, 0.72, 0.08)
BLACK: Colour = (0.07, 0.07, 0.08)

Shapes = Iterator[str]


def furniture(piece: Piece, look: HallLook) -> str:
    """A piece in its place."""
    rng = np.random.default_rng(piece.look)
    shapes = "".join(_DRAWN[piece.kind](piece, look, rng))
    turn = numbers((0.0, 0.0, piece.turn))
    return f'<body pos="{numbers((*piece.at, 0.0))}" euler="{turn}">{shapes}</body>'


def column(at: tuple[float, float], look: HallLook) -> Shapes:
    """A column up to the ceiling, its foot striped."""
    x, y = at
    half, high, colour = look.column_half, look.height, look.wall
    if look.column_kind == "round":
        yield cylinder((x, y, 0), (x, y, high), half, colour)
    elif look.column_kind == "beam":
        yield box((x, y, high / 2), (half, 0.02, high / 2), look.trim)
        for side in (-half, half):
            yield box((x + side, y, high / 2), (0.02, half, high / 2), look.trim)
    else:
        yield box((x, y, high / 2), (half, half, high / 2), colour)
    for index in range(4):
        paint = look.stripes[index % 2]
        low, wide = 0.3 * index, half + 0.012
        if look.column_kind == "round":
            yield cylinder((x, y, low), (x, y, low + 0.3), wide, paint)
        else:
            yield box((x, y, low + 0.15), (wide, wide, 0.15), paint)


def _any(colours: tuple[Colour, ...], rng: np.random.Generator) -> Colour:
    return colours[int(rng.integers(len(colours)))]


def _lighter(colour: Colour, factor: float) -> Colour:
    red, green, blue = (min(1.0, channel * factor) for channel in colour)
    return red, green, blue


def _cartons(piece: Piece, look: HallLook, rng: np.random.Generator, base: float) -> Shapes:
    """Two layers of cartons of several sizes, fewer above."""
    (long, wide), tall = piece.half, (piece.height - base) / 2
    for layer in range(2):
        for corner in range(4):
            if rng.random() < 0.35 * layer + 0.05:
                continue
            x, y = (-1, 1)[corner % 2] * long / 2, (-1, 1)[corner // 2] * wide / 2
            half = (long / 2 * rng.uniform(0.75, 0.95), wide / 2 * rng.uniform(0.75, 0.95))
            high = tall / 2 * rng.uniform(0.85, 1.0)
            colour = _lighter(look.cardboard, float(rng.uniform(0.85, 1.12)))
            yield box((x, y, base + layer * tall * 0.95 + high), (*half, high), colour)


def _pallet(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    long, wide = piece.half
    for slat in (-0.8, 0.0, 0.8):
        yield box((0, slat * wide, 0.05), (long, 0.06, 0.05), look.wood)
    yield box((0, 0, 0.125), (long, wide, 0.02), look.wood)
    yield from _cartons(piece, look, rng, 0.145)


def _boxes(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    return _cartons(piece, look, rng, 0.0)


def _drum(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    return _barrel(0.0, 0.0, piece.half[0], piece.height, _any(look.clutter, rng))


def _drums(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    colour, apart = _any(look.clutter, rng), min(piece.half) / 2
    for x, y in ((-apart, -apart), (apart, -apart), (-apart, apart), (apart, apart)):
        yield from _barrel(x, y, apart * 0.97, piece.height, colour)


def _barrel(x: float, y: float, radius: float, high: float, colour: Colour) -> Shapes:
    yield cylinder((x, y, 0), (x, y, high), radius, colour)
    for share in (0.33, 0.66, 0.98):
        low = share * high - 0.012
        yield cylinder((x, y, low), (x, y, low + 0.024), radius * 1.03, _lighter(colour, 1.3))


def _trolley(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    (long, wide), colour = piece.half, _any(look.clutter, rng)
    yield box((0, 0, 0.25), (long, wide, 0.03), colour)
    for x in (-0.8 * long, 0.8 * long):
        for y in (-0.8 * wide, 0.8 * wide):
            yield cylinder((x, y - 0.03, 0.1), (x, y + 0.03, 0.1), 0.1, BLACK)
        yield box(
            (-0.97 * long, x / long * wide, piece.height / 2 + 0.12),
            (0.02,) * 2 + (piece.height / 2 - 0.12,),
            STEEL,
        )
    yield box((-0.97 * long, 0, piece.height - 0.02), (0.02, 0.8 * wide, 0.02), STEEL)
    yield box((0.1 * long, 0, 0.45), (0.6 * long, 0.7 * wide, 0.17), look.cardboard)


def _crate(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    """A cage of wood with slats."""
    (long, wide), high = piece.half, piece.height
    yield box(
        (0, 0, high / 2), (long - 0.03, wide - 0.03, high / 2 - 0.02), _lighter(look.wood, 0.6)
    )
    for level in (0.12, 0.38, 0.64, 0.90):
        half = (long, wide, 0.07 * high)
        yield box((0, 0, level * high), half, _lighter(look.wood, float(rng.uniform(0.9, 1.1))))


def _reel(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    """A cable drum on its side rims."""
    radius, wide = min(piece.half[0], piece.height / 2), piece.half[1]
    for side in (-1, 1):
        yield cylinder(
            (0, side * wide, radius), (0, side * (wide - 0.06), radius), radius, look.wood
        )
    yield cylinder((0, -wide, radius), (0, wide, radius), 0.65 * radius, _any(look.clutter, rng))


def _rack(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    """Uprights and three boards with goods."""
    (long, wide), high, colour = piece.half, piece.height, _any(look.clutter, rng)
    for x in (-long + 0.04, long - 0.04):
        for y in (-wide + 0.04, wide - 0.04):
            yield box((x, y, high / 2), (0.04, 0.04, high / 2), colour)
    for level in (0.08, 0.40, 0.72):
        yield box((0, 0, level * high), (long, wide, 0.03), _lighter(colour, 1.05))
        for place in np.linspace(-0.7, 0.7, 4):
            if rng.random() < 0.25:
                continue
            tall = 0.13 * high * float(rng.uniform(0.6, 1.0))
            goods = _any((*look.clutter, look.cardboard, look.cardboard), rng)
            centre = (place * long, 0, level * high + 0.03 + tall)
            yield box(centre, (0.2 * long, 0.75 * wide, tall), goods)


def _cabinet(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    return _doors(piece, _any(look.clutter, rng), doors=2)


def _lockers(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    return _doors(piece, _any(look.clutter, rng), doors=4)


def _doors(piece: Piece, colour: Colour, *, doors: int) -> Shapes:
    (long, wide), high = piece.half, piece.height
    yield box((0, 0, high / 2), (long, wide - 0.01, high / 2), _lighter(colour, 0.6))
    step = 2 * long / doors
    for door in range(doors):
        x = -long + (door + 0.5) * step
        half = (step / 2 - 0.015, 0.012, high / 2 - 0.06)
        yield box((x, -wide + 0.005, high / 2), half, colour)
        handle = (x + 0.36 * step, -wide - 0.012, 0.55 * high)
        yield box(handle, (0.015, 0.012, 0.07), DARK)


def _bench(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    """A workbench with a board of tools behind it."""
    (long, wide), high = piece.half, piece.height
    yield box((0, 0, 0.80), (long, wide, 0.035), look.wood)
    for side in (-1, 1):
        yield box(
            (side * (long - 0.2), 0, 0.38), (0.18, wide - 0.05, 0.38), _any(look.clutter, rng)
        )
    yield box((0, wide - 0.02, (0.8 + high) / 2 + 0.1), (long, 0.02, (high - 0.6) / 2), STEEL)
    for x in rng.uniform(-0.8, 0.8, 3):
        half = tuple(rng.uniform(0.05, 0.13, 3))
        yield box((x * long, 0, 0.835 + half[2]), half, _any(look.clutter, rng))


def _shelf(piece: Piece, look: HallLook, rng: np.random.Generator) -> Shapes:
    """Small open bins in rows."""
    (long, wide), high = piece.half, piece.height
    yield box((0, wide - 0.02, high / 2), (long, 0.02, high / 2), STEEL)
    for row in range(4):
        level = (row + 0.15) * high / 4
        yield box((0, 0, level), (long, wide, 0.015), STEEL)
        for place in np.linspace(-0.75, 0.75, 4):
            half = (0.2 * long, 0.8 * wide, 0.07 * high)
            yield box((place * long, 0, level + half[2]), half, _any(look.clutter, rng))


_DRAWN: dict[str, Callable[[Piece, HallLook, np.random.Generator], Shapes]] = {
    "pallet": _pallet,
    "boxes": _boxes,
    "drum": _drum,
    "drums": _drums,
    "trolley": _trolley,
    "crate": _crate,
    "reel": _reel,
    "rack": _rack,
    "cabinet": _cabinet,
    "lockers": _lockers,
    "bench": _bench,
    "shelf": _shelf,
}
