"""What a guard is: stamped input in, hazards out, the same answer every time.

A guard belongs to one camera or one microphone and to one thread. It never reads a clock: time is
the stamp of what it is given. It states every kind it judges on every call, present or not, so
that its silence never has to be interpreted.
"""

from __future__ import annotations

from typing import Protocol

from tml_ros.safety.guards.picture import Picture
from tml_ros.turn.hazard import Hazard
from tml_ros.turn.micro_turn import AudioBlock


class CameraGuard(Protocol):
    """Judges the pictures of one camera."""

    def observe_picture(self, picture: Picture) -> list[Hazard]:
        """Judge the next picture. Pictures come in order of their stamps."""

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""


class MicrophoneGuard(Protocol):
    """Judges the sound of one microphone."""

    def observe_audio(self, block: AudioBlock) -> list[Hazard]:
        """Judge the next block of any length. Blocks come in order, a gap between them is allowed.

        The answer depends on the samples and stamps alone, not on how they were cut into blocks.
        """

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""
