"""What a cell's file says of evidence, for whoever keeps it. Pure."""

from __future__ import annotations

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_places import clip_folder
from tml_ros.evidence.evidence_settings import EvidenceSettings, Privacy


def evidence_settings(cell: CellDescription) -> EvidenceSettings | None:
    """The settings; None where nothing is to be kept."""
    described = cell.guardian.evidence
    if not described.enabled:
        return None
    return EvidenceSettings(
        folder=clip_folder(cell),
        before_ns=round(described.before * 1e9),
        after_ns=round(described.after * 1e9),
        memory_bytes=round(described.memory * 2**20),
        privacy=Privacy(described.privacy),
        keep_ns=round(described.keep_days * 86_400e9),
        keep_bytes=max(1, round(described.keep_gib * 2**30)),
    )
