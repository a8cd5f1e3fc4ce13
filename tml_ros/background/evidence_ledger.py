"""Evidence that was given out, by the ids under which it can be cited.

Only what is in here counts as evidence afterwards. Bounded: beyond MAX_EVIDENCE things are told
without an id. One thread at a time.
"""

from __future__ import annotations

import math
from datetime import tzinfo
from typing import Any, Final

from tml_ros.background.condition import Condition
from tml_ros.background.contracts import Evidence
from tml_ros.background.evidence_of import of_condition
from tml_ros.background.spoken import shown_time
from tml_ros.background.tool_json import Json

MAX_EVIDENCE: Final = 200


class EvidenceLedger:
    """evidence: by id. conditions: the judgements among it, by the same ids."""

    def __init__(self, zone: tzinfo | None) -> None:
        """zone: of the times that are told."""
        self._zone = zone
        self.evidence: dict[str, Evidence] = {}
        self.conditions: dict[str, Condition] = {}

    def judged(self, condition: Condition) -> Json:
        """A judgement, with its figures."""
        finite = (pair for pair in condition.figures.items() if math.isfinite(pair[1][0]))
        figures = list(finite)[:12]
        result = self.cited(
            of_condition(condition),
            state=condition.state.value,
            defect=condition.defect,
            confidence=round(condition.confidence, 2),
            figures={name: [float(f"{v:.5g}"), unit] for name, (v, unit) in figures},
        )
        if "evidence" in result:
            self.conditions[result["evidence"]] = condition
        return result

    def cited(self, proof: Evidence, **more: Any) -> Json:  # noqa: ANN401 - plain JSON
        """Evidence under its id, with what else is to be said; the same has the same id."""
        known = next((key for key, one in self.evidence.items() if one == proof), None)
        if known is None and len(self.evidence) < MAX_EVIDENCE:
            known = f"e{len(self.evidence) + 1}"
            self.evidence[known] = proof
        told: Json = {"source": proof.source, "quoted_text": proof.text}
        if known is not None:
            told = {"evidence": known, **told}
        if proof.stamp_ns is not None:
            told["time"] = shown_time(proof.stamp_ns, self._zone)
        return {**told, **more}
