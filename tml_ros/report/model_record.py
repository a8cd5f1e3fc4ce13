"""What a session tells of its model: its name, whether it is trained, and what its turns cost.

Read off the heartbeat's values. Frozen; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tml_ros.cell.model_belief import model_belief
from tml_ros.model.interface import NO_MODEL
from tml_ros.turn.hazard import HazardKind

TRUSTED = "model_trusted"
"""The heartbeat's value that names the kinds of hazard the model is believed about."""
SPEAKS = "model_speaks"
"""That says whether it speaks of its own accord."""
EXPERIMENTAL = "model_experimental"
"""That names what of both the cell wants although it was not shown to be good enough."""


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """p50_ms, p99_ms: of the newest turns' steps; None before the first. trusted: with these kinds
    of hazard it is believed. speaks: of its own accord. experimental: names of what of both the
    cell wants although it was not shown to be good enough.
    """

    name: str
    trained: bool
    p50_ms: float | None
    p99_ms: float | None
    trusted: frozenset[HazardKind] = frozenset()
    speaks: bool = True
    experimental: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        times = {"p50": self.p50_ms, "p99": self.p99_ms}
        trusted = sorted(kind.value for kind in self.trusted)
        return {
            "name": self.name,
            "trained": self.trained,
            "trusted": trusted,
            "speaks": self.speaks,
            "experimental": list(self.experimental),
            "turn_ms": times,
        }

    @property
    def belief(self) -> str:
        """How far it is believed, in words."""
        return model_belief(
            trained=self.trained,
            trusted=(kind.value for kind in self.trusted),
            speaks=self.speaks,
            experimental=self.experimental,
        )

    def sentence(self, *, turns: int, misses: int) -> str:
        """The same in words. misses: turns answered later than a turn lasts."""
        belief = f", {self.belief}"
        if self.p50_ms is None or self.p99_ms is None:
            return f"Model {self.name}{belief}: no turn yet."
        took = f"{self.p50_ms:.0f} ms (p99 {self.p99_ms:.0f} ms) of its 200 ms"
        return f"Model {self.name}{belief}: a turn takes {took}, {misses} of {turns:,} came late."


def parse_model(values: Mapping[str, str]) -> ModelRecord | None:
    """The model among a heartbeat's values; None where there is none."""
    name = values.get("model", NO_MODEL)
    if name == NO_MODEL:
        return None
    trained = values.get("model_trained") == "true"
    p50_ms, p99_ms = (_ms(values.get(f"turn_{p}_ms")) for p in ("p50", "p99"))
    return ModelRecord(
        name,
        trained,
        p50_ms,
        p99_ms,
        _kinds(values.get(TRUSTED, "")),
        speaks=values.get(SPEAKS) != "false",
        experimental=tuple(name for name in values.get(EXPERIMENTAL, "").split(",") if name),
    )


def _kinds(text: str) -> frozenset[HazardKind]:
    """Kinds separated by commas; those of another version are left out."""
    named = set(text.split(","))
    return frozenset(kind for kind in HazardKind if kind.value in named)


def _ms(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
