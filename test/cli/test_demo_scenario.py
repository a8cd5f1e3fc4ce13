"""The demo of a simulated cell as a user runs it: rendered, played over DDS, in its own time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from tml_ros.bag.bag_reader import open_bag
from tml_ros.nodes.simulation_node import CLOCK_BEGINS_S
from tml_ros.sim.off_screen import SimulatorMissingError, load_mujoco

pytestmark = pytest.mark.usefixtures("ros_domain")

SCENARIO = """
scenario: yard
seconds: 5
seed: 1
zones: {ramp: {polygon: [[-1.2, -1.2], [1.2, -1.2], [1.2, 1.2], [-1.2, 1.2]]}}
cameras: {gate: {at: [0, -4.5, 3.4], to: [0, 0, 0.4], size: [160, 120], rate: 5}}
microphones: {mast: {at: [0, 3, 2.5]}}
events: [{kind: siren, at: 1.0, lasts: 3.5, strength: 0.8}]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    try:
        load_mujoco()
    except SimulatorMissingError as error:
        pytest.skip(str(error))
    path = tmp_path / "yard.yaml"
    path.write_text(SCENARIO)
    return path


def test_a_scenario_is_played_through_the_graph_and_recorded_with_its_truth(
    run_process: Callable[..., object], scenario: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    running = run_process(
        ["python", "-m", "tml_ros.cli.main", "demo", "--sim", str(scenario), "--out", str(out)]
    )
    assert running.wait(100) == 0, running.output()  # type: ignore[attr-defined]

    told = json.loads((out / "summary.json").read_text())
    assert told["cell"] == "yard"
    assert told["seconds"] == pytest.approx(5.0, abs=0.05)
    assert told["cameras"]["gate"]["frames"] >= 22
    assert told["microphones"]["mast"]["blocks"] == 250
    # Weights that come with the model may hear and see more than the guards do.
    assert told["alarms_raised"]["siren"] >= 1
    if not told["model"]["trusted"]:
        assert told["alarms_raised"] == {"siren": 1}

    began_ns = CLOCK_BEGINS_S * 1_000_000_000
    times: dict[str, list[int]] = {}
    truths = []
    with open_bag(out / "session.mcap") as bag:
        for topic, _, log_ns, message in bag:
            times.setdefault(topic, []).append(log_ns)
            if topic == "/yard/simulation/truth":
                truths.append(json.loads(message.data))
    assert {"/yard/gate/image", "/yard/audio", "/yard/alarms/events"} <= times.keys()
    every = [log_ns for stamps in times.values() for log_ns in stamps]
    assert began_ns <= min(every)
    assert max(every) <= began_ns + 5.1e9
    assert [truth["event"] for truth in truths] == ["header", "now", "now", "now", "end"]
    assert truths[1]["hazards"] == [{"kind": "siren", "zone": "mast", "evident": False}]

    log = (out / "logs" / "simulation.log").read_text()
    assert "scenario 'yard' begins" in log
    assert (tmp_path / "simulated" / "yard" / "truth.json").exists()


def test_a_scenario_that_is_not_there_is_one_line(run_process: Callable[..., object]) -> None:
    argv = ["python", "-m", "tml_ros.cli.main", "demo", "--sim", "no_such_scenario"]
    running = run_process(argv)
    assert running.wait() == 2  # type: ignore[attr-defined]
    assert "press_visit" in running.output()  # type: ignore[attr-defined]
    assert "Traceback" not in running.output()  # type: ignore[attr-defined]
