"""How far an interaction has come, as its heartbeat and `/diagnostics` tell it.

Knows nothing of topics or of who takes the turns. Frozen; any thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tml_ros.cell.alarm_status import OK, WARN
from tml_ros.cell.load_shedding import Shed
from tml_ros.cell.model_gate import ModelStanding
from tml_ros.cell.turn_figures import TurnFigures, figure_values
from tml_ros.model.interface import NO_MODEL
from tml_ros.nodes.input_figures import MAX_ERROR
from tml_ros.nodes.latency_window import LatencyWindow, milliseconds
from tml_ros.report.model_record import EXPERIMENTAL, SPEAKS, TRUSTED

STALLED_MS = 1_000
AGE, LEFT_OUT = "last_turn_age_ms", "left_out"


@dataclass(frozen=True, slots=True)
class TurnProgress:
    """last_ns: steady time of the newest turn, 0 before the first. shed: what is left out."""

    figures: TurnFigures = field(default_factory=TurnFigures)
    last_ns: int = 0
    last_fault: str = ""
    shed: Shed = Shed.NOTHING


def turn_values(
    progress: TurnProgress,
    standing: ModelStanding | None,
    times: LatencyWindow,
    *,
    steady_ns: int,
) -> dict[str, str]:
    """Everything that is told of the turns, as text. times: of the newest turns' steps."""
    age_ms = (steady_ns - progress.last_ns) / 1e6 if progress.figures.turns else None
    trusted = frozenset() if standing is None else standing.trusted
    tried = frozenset() if standing is None else standing.experimental
    return {
        "model": NO_MODEL if standing is None else standing.name,
        "model_trained": str(standing is not None and standing.trained).lower(),
        TRUSTED: ",".join(sorted(kind.value for kind in trusted)),
        SPEAKS: str(standing is not None and standing.speech).lower(),
        EXPERIMENTAL: ",".join(sorted(one.value for one in tried)),
        **figure_values(progress.figures),
        LEFT_OUT: progress.shed.value,
        AGE: milliseconds(age_ms),
        "turn_p50_ms": milliseconds(times.percentile_ms(50)),
        "turn_p99_ms": milliseconds(times.percentile_ms(99)),
        **({"last_model_fault": progress.last_fault[:MAX_ERROR]} if progress.last_fault else {}),
    }


def turn_verdict(
    values: dict[str, str],
    progress: TurnProgress,
    standing: ModelStanding | None,
    *,
    expected: bool,
) -> tuple[int, str]:
    """How the turns fare, as a level and in words.

    values: of `turn_values`. expected: whether something comes in of which turns are made.
    """
    age_ms = values[AGE]
    if expected and age_ms == "none":
        return WARN, "no turn yet"
    if expected and float(age_ms) > STALLED_MS:
        return WARN, f"no turn for {float(age_ms) / 1e3:.1f} s"
    if progress.shed is not Shed.NOTHING:
        return WARN, f"leaves out {progress.shed.value} to answer in time"
    if standing is not None and not standing.trained:
        return WARN, f"model {standing.name} is {standing}"
    return OK, "taking turns"
