"""How much lessons of one scenario may differ from each other and from it. Frozen; any thread."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Variety:
    """pictures, sound: how strongly they are altered; 0 not at all, 1 as usual.

    Probabilities, each for a whole lesson: mirrored: left and right of pictures. still: no
    difference to a background is shown. new: the cameras have never seen the scene before.
    scattered: zones lie at any of the model's places, not at the first ones. camera_away,
    microphone_away: each of them, for a while. pitch: all sound is higher or lower. mixed: another
    scenario's sound lies under this one.

    Raises ValueError for what is none.
    """

    pictures: float = 1.0
    sound: float = 1.0
    mirrored: float = 0.5
    still: float = 0.35
    new: float = 0.33
    scattered: float = 0.25
    camera_away: float = 0.05
    microphone_away: float = 0.05
    pitch: float = 0.5
    mixed: float = 0.25

    def __post_init__(self) -> None:
        """Check the numbers."""
        for one in fields(self):
            value = getattr(self, one.name)
            most = 3.0 if one.name in ("pictures", "sound") else 1.0
            if not 0.0 <= value <= most:
                raise ValueError(f"variety.{one.name} is {value!r}, allowed: 0..{most:g}")


USUAL: Final = Variety()
AS_RENDERED: Final = Variety(
    pictures=0.0,
    sound=0.0,
    mirrored=0.0,
    still=0.0,
    new=0.0,
    scattered=0.0,
    camera_away=0.0,
    microphone_away=0.0,
    pitch=0.0,
    mixed=0.0,
)
"""For examining: nothing is altered, and cameras know their scene as far as it has been seen."""
