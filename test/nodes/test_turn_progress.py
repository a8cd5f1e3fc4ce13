"""How the turns fare, in words: the worst comes first."""

from __future__ import annotations

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from tml_ros.cell.alarm_status import OK, WARN
from tml_ros.cell.load_shedding import Shed
from tml_ros.cell.model_gate import ModelStanding
from tml_ros.cell.turn_figures import TurnFigures
from tml_ros.nodes.latency_window import LatencyWindow
from tml_ros.nodes.turn_progress import TurnProgress, turn_values, turn_verdict
from tml_ros.turn.hazard import HazardKind

SECOND = 1_000_000_000
TRAINED = ModelStanding("nano", True, frozenset({HazardKind.SIREN, HazardKind.IMPACT_SOUND}))
RAW = ModelStanding("nano", False, frozenset())
RUNNING = TurnProgress(TurnFigures(5), last_ns=SECOND)
SHEDDING = TurnProgress(TurnFigures(5), last_ns=SECOND, shed=Shed.VOICE)


@pytest.mark.parametrize(
    ("progress", "standing", "now_s", "expected", "verdict"),
    [
        (RUNNING, TRAINED, 1.1, True, (OK, "taking turns")),
        (RUNNING, None, 1.1, True, (OK, "taking turns")),
        (RUNNING, RAW, 1.1, True, (WARN, f"model nano is {RAW}")),
        (SHEDDING, TRAINED, 1.1, True, (WARN, "leaves out voice to answer in time")),
        (SHEDDING, RAW, 1.1, True, (WARN, "leaves out voice to answer in time")),
        (SHEDDING, TRAINED, 4.0, True, (WARN, "no turn for 3.0 s")),
        (RUNNING, TRAINED, 4.0, False, (OK, "taking turns")),
        (TurnProgress(), TRAINED, 1.0, True, (WARN, "no turn yet")),
        (TurnProgress(), TRAINED, 1.0, False, (OK, "taking turns")),
    ],
)
def test_the_worst_is_said(progress, standing, now_s, expected, verdict):
    values = turn_values(progress, standing, LatencyWindow(), steady_ns=round(now_s * SECOND))
    assert turn_verdict(values, progress, standing, expected=expected) == verdict


def test_the_values_name_the_model_its_trust_and_what_is_left_out():
    times = LatencyWindow()
    times.add(20_000_000)
    progress = TurnProgress(TurnFigures(5), SECOND, "RuntimeError: " + 400 * "x", Shed.PATCHES)
    values = turn_values(progress, TRAINED, times, steady_ns=2 * SECOND)
    assert values["model_trusted"] == "impact_sound,siren"
    assert (values["model_speaks"], values["model_experimental"]) == ("true", "")
    assert (values["model"], values["model_trained"]) == ("nano", "true")
    assert (values["left_out"], values["last_turn_age_ms"]) == ("patches", "1000.0")
    assert (values["turn_p50_ms"], values["turn_p99_ms"]) == ("20.0", "20.0")
    assert len(values["last_model_fault"]) == 300
    assert "last_model_fault" not in turn_values(RUNNING, None, times, steady_ns=SECOND)
