"""What a session looks at and listens to: names of cameras, microphones and zones, in fixed order.

Knows nothing of cell files. Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tml_ros.safety.zone import Polygon


class SessionLayoutError(ValueError):
    """The model has no room for so many cameras, microphones or zones; the message counts them."""


@dataclass(frozen=True, slots=True)
class SessionLayout:
    """A cell as a session sees it; places in the model follow the order given here.

    cameras: name -> its zones: zone name -> polygon in fractions of the picture. A zone of one
        name in several cameras is one zone. microphones: names.
    """

    cameras: Mapping[str, Mapping[str, Polygon]] = field(default_factory=dict)
    microphones: tuple[str, ...] = ()

    @property
    def zones(self) -> tuple[str, ...]:
        """Every zone's name once, in the order in which they are first named."""
        return tuple(dict.fromkeys(zone for zones in self.cameras.values() for zone in zones))
