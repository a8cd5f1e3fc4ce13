"""What a `TurnAssembler` could not use, as figures for diagnostics.

Knows nothing of how they are counted. Frozen, so any thread may read one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AssemblerCounters:
    """What did not go as planned since the assembler was made or reset.

    late: came after its turn had closed, and was dropped. early: stamped before the first turn of
    its timeline, and was dropped. refused: too far in the future, or too much at once.
    duplicate_samples: for a moment whose sound was there already; the first stays.
    nonfinite_samples: NaN or infinite, made zero and missing. dropped_turns: never polled.
    """

    late_samples: int = 0
    early_samples: int = 0
    refused_samples: int = 0
    duplicate_samples: int = 0
    nonfinite_samples: int = 0
    late_frames: int = 0
    early_frames: int = 0
    refused_frames: int = 0
    refused_texts: int = 0
    dropped_turns: int = 0
    restarts: int = 0
