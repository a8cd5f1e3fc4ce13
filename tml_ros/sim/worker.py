"""The measures of somebody's body, metres. Constants only.

A limb hangs down from its origin along its own -z, x is forward.
"""

from __future__ import annotations

from typing import Final

THIGH: Final = 0.46
SHIN: Final = 0.44
ANKLE: Final = 0.08
HIP_WIDTH: Final = 0.09
SHOULDER_WIDTH: Final = 0.205
SHOULDER_HEIGHT: Final = 0.47
"""Above the hips."""
NECK_HEIGHT: Final = 0.54
"""Above the hips."""
UPPER_ARM: Final = 0.29
FOREARM: Final = 0.25
