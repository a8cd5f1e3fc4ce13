"""What a model says with its own voice and what is better said for it by espeak-ng.

Decided by an exam when the voice has been trained, stored with the weights. Knows nothing of
either. Frozen; any thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

FACT: Final = "voice_choice"
"""Its name among the facts of a checkpoint."""


class SpokenKind(str, Enum):
    """Sorts of what a cell says."""

    SIGN = "sign"
    """It listens, has understood, or goes to look: "Okay.", "Let me check the press."."""
    ANSWER = "answer"
    COUNT = "count"
    TIME = "time"
    """A reminder, or another so many seconds."""
    CUE = "cue"
    """What was waited for has happened."""
    WARNING = "warning"
    FINDING = "finding"
    """What the background has found: several sentences, numbers, any words."""


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """own: kinds that the model's own voice says well. What is not among them is rendered."""

    own: frozenset[SpokenKind] = frozenset()

    def says(self, kind: SpokenKind) -> bool:
        """Whether the model's own voice is used for it."""
        return kind in self.own

    def as_facts(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {FACT: sorted(kind.value for kind in self.own)}

    @staticmethod
    def from_facts(facts: Mapping[str, Any]) -> VoiceChoice:
        """What a checkpoint says; of one that says nothing, nothing is trusted.

        Raises ValueError for a kind that is unknown here.
        """
        found = facts.get(FACT, ())
        if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
            raise ValueError(f"{FACT} is {found!r}, it must be a list of names")
        allowed = {kind.value for kind in SpokenKind}
        unknown = sorted(set(found) - allowed)
        if unknown:
            raise ValueError(f"{FACT} names {unknown}, allowed: {sorted(allowed)}")
        return VoiceChoice(frozenset(map(SpokenKind, found)))
