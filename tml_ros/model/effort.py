"""How much of its work a session does in a turn, where a machine is not fast enough for all of it.

What is judged of hazards is not among it: the boundary is always read, and every patch is looked at
again as often as the preset says. Knows nothing of who decides it. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tml_ros.model.interface import Session


@dataclass(frozen=True, slots=True)
class Effort:
    """Of everything, unless said otherwise. Raises ValueError for a share outside 0..1.

    backchannels: whether one may begin. voice: share of the voice's steps beyond the first.
    patches: share of the patches in a turn beyond those that have to be looked at again.
    """

    backchannels: bool = True
    voice: float = 1.0
    patches: float = 1.0

    def __post_init__(self) -> None:
        """Check the shares."""
        for name, share in (("voice", self.voice), ("patches", self.patches)):
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"{name} must be a share within 0..1, not {share:g}")

    def voice_steps(self, most: int) -> int:
        """Of at most so many: at least one."""
        return 1 + int(self.voice * (most - 1))

    def patch_budget(self, *, least: int, most: int) -> int:
        """Patches of a turn: from the least that keeps up the refresh to the most."""
        return min(most, least + int(self.patches * max(0, most - least)))


FULL = Effort()


@runtime_checkable
class SparingSession(Session, Protocol):
    """A session that can do less."""

    def spare(self, effort: Effort) -> None:
        """Do so much from the next turn on; `reset` does not change it."""
