"""What somebody does with their hands while standing: how both arms are held.

Knows nothing of the rest of the body. Pure.
"""

from __future__ import annotations

from typing import NamedTuple

from tml_ros.sim.split import Pool


class Arm(NamedTuple):
    """How an arm is held. raised: the upper arm forward, rad. out: away from the body, as a share.
    bent: the elbow, rad. inward: the forearm away from the body, as a share; negative is inward.
    """

    raised: float
    out: float
    bent: float
    inward: float


class Hands(NamedTuple):
    """Both arms, and how far they move about meanwhile, rad."""

    left: Arm
    right: Arm
    busy: float

    @property
    def numbers(self) -> tuple[float, ...]:
        """All of it in a row."""
        return (*self.left, *self.right, self.busy)


_HANGING = Arm(0.08, 0.16, 0.25, 0.02)
_ON_HIP = Arm(-0.30, 0.80, 0.95, -0.80)
_CROSSED = Arm(0.35, 0.22, 1.20, -1.15)
_BEHIND = Arm(-0.42, 0.30, 0.05, -0.45)

IDLE = Pool(
    train=(
        Hands(_HANGING, _HANGING, 0.02),
        Hands(_HANGING, Arm(0.75, 0.16, 0.85, 0.02), 0.12),
        Hands(_ON_HIP, _ON_HIP, 0.02),
        Hands(_CROSSED, _CROSSED, 0.02),
        Hands(_ON_HIP, Arm(0.45, 0.10, 1.60, -0.35), 0.03),
    ),
    held_out=(
        Hands(_HANGING, Arm(0.50, 0.12, 1.75, -0.30), 0.04),
        Hands(Arm(0.60, 0.20, 0.80, -0.20), Arm(0.70, 0.20, 0.75, -0.20), 0.15),
        Hands(_HANGING, Arm(1.35, 0.20, 0.15, 0.02), 0.10),
        Hands(_BEHIND, _BEHIND, 0.02),
    ),
)
"""Hanging, at work, on the hips, crossed, at the ear; held out: before the eyes, both at work,
pointing, behind the back."""
CROUCHED = Arm(0.75, 0.20, 0.55, -0.15)
