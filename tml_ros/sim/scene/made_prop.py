"""A prop put together from its parts, for things that need no state of their own.

Knows nothing of what it is. Frozen; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from tml_ros.sim.scene.prop import Block, Body, Placed


def nothing_moves(_time_s: float) -> Mapping[str, Placed]:
    """The places of what has no bodies."""
    return {}


@dataclass(frozen=True, slots=True)
class MadeProp:
    """A `Prop`, field by field. moves: what `places` answers."""

    shapes: str = ""
    bodies: tuple[Body, ...] = ()
    blocks: tuple[Block, ...] = ()
    assets: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    moves: Callable[[float], Mapping[str, Placed]] = nothing_moves

    def places(self, time_s: float) -> Mapping[str, Placed]:
        """Where its bodies are; one that is left out is out of sight."""
        return self.moves(time_s)


def body(name: str, shapes: Iterable[str]) -> Body:
    """A movable body with its reach worked out. Shapes with meshes are not understood."""
    text = "".join(shapes)
    tree = ElementTree.fromstring(f"<shapes>{text}</shapes>")  # noqa: S314 - our own text
    return Body(name, text, _reach(tree))


def _reach(shapes: ElementTree.Element) -> float:
    farthest = 0.0
    for shape in shapes:
        place = _length(shape.get("pos", "0"))
        size = [float(number) for number in shape.get("size", "0").split()]
        if shape.tag == "frame":
            reach = place + _reach(shape)
        elif "fromto" in shape.keys():  # noqa: SIM118 - an element is no mapping
            ends = [float(number) for number in shape.get("fromto", "").split()]
            reach = max(math.hypot(*ends[:3]), math.hypot(*ends[3:])) + size[0]
        elif shape.get("type") == "plane":
            reach = place + math.hypot(*size[:2])
        else:
            reach = place + math.hypot(*size)
        farthest = max(farthest, reach)
    return farthest


def _length(numbers: str) -> float:
    return math.hypot(*(float(number) for number in numbers.split()))
