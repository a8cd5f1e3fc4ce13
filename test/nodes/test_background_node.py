"""The background in a process of its own, over real DDS."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from diagnostic_msgs.msg import DiagnosticArray
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Temperature
from std_msgs.msg import Float64MultiArray, String

from tml_ros.background.contracts import Delegation, Finding, Outcome
from tml_ros.nodes import qos
from tml_ros.nodes.messages import time_message
from tml_ros.nodes.status_messages import statuses_of
from tml_ros.sim.bearing_signal import bearing_waveform

CELL = """
cell: press
cameras: {front: {}}
machines:
  press_1:
    kind: press
    telemetry:
      drive_end: {type: std_msgs/Float64MultiArray, rate: 12000, unit: g}
      temperature: {type: sensor_msgs/Temperature}
    bearing: {name: "6205", sensor: drive_end}
    speed: {rpm: 1797}
    limits: {temperature: 80}
background: {store: store}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    return path


@pytest.fixture
def start(run_process: Callable[..., Any]) -> Callable[..., Any]:
    def start(path: Path, *more: str) -> Any:
        argv = ["python", "-m", "tml_ros.nodes.background_node", "--ros-args"]
        return run_process([*argv, "-r", "__ns:=/press", "-p", f"cell:={path}", *more])

    return start


class Plant:
    """Findings that came, and the ways to feed the node."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.findings: list[Finding] = []
        self.diagnostics: dict[str, Any] = {}
        node.create_subscription(
            String,
            "/press/findings",
            lambda message: self.findings.append(Finding.model_validate_json(message.data)),
            qos.FINDINGS,
        )
        node.create_subscription(
            DiagnosticArray,
            "/diagnostics",
            lambda message: self.diagnostics.update(
                {status.name: status for status in statuses_of(message)}
            ),
            qos.DIAGNOSTICS,
        )
        self.delegations = node.create_publisher(String, "/press/delegations", qos.DELEGATIONS)
        self.temperature = node.create_publisher(
            Temperature, "/press/press_1/temperature", qos.TELEMETRY_PLAYED
        )
        self.vibration = node.create_publisher(
            Float64MultiArray, "/press/press_1/drive_end", qos.TELEMETRY_PLAYED
        )

    def listened(self) -> bool:
        return all(
            publisher.get_subscription_count()
            for publisher in (self.delegations, self.temperature, self.vibration)
        )

    def ask(self, question: str, name: str, **more: Any) -> None:
        asked = Delegation(id=name, question=question, **more)
        self.delegations.publish(String(data=asked.model_dump_json()))

    def measured(self, celsius: float) -> bool:
        """Publish a temperature; whether one was taken in, as the node reports of its streams."""
        self.warm(celsius)
        return any(
            "temperature" in name and status.values.get("received", "0") != "0"
            for name, status in self.diagnostics.items()
        )

    def warm(self, celsius: float) -> None:
        message = Temperature(temperature=celsius)
        message.header.stamp = time_message(self.node.get_clock().now().nanoseconds)
        self.temperature.publish(message)

    def ends(self, name: str) -> list[Finding]:
        return [one for one in self.findings if one.delegation == name and one.final]


@pytest.fixture
def plant(ros_node: Any) -> Plant:
    return Plant(ros_node)


def test_it_answers_from_telemetry_and_keeps_a_watch(
    plant: Plant, start: Any, path: Path, wait_until: Any
) -> None:
    process = start(path)
    wait_until(plant.listened, what="its subscriptions")
    wait_until(lambda: plant.measured(71.5), what="the reading")
    plant.ask("what is the temperature of press 1?", "q")
    wait_until(lambda: plant.ends("q"))
    plant.ask("tell me when the temperature of press 1 is back under 60", "w")
    wait_until(lambda: plant.ends("w"))
    assert plant.ends("w")[0].outcome is Outcome.ANSWERED
    wait_until(lambda: plant.warm(59.0) or len(plant.ends("w")) == 2)
    assert "59 degC" in plant.ends("w")[1].say
    plant.ask("what is the temperature of press 1?", "q2")
    wait_until(lambda: plant.ends("q2"))
    assert "59" in plant.ends("q2")[0].say
    thinking = "press/background: thinking"
    wait_until(lambda: thinking in plant.diagnostics)
    process.signal(signal.SIGINT)
    assert process.wait() == 0, process.output()


def test_it_notices_a_bearing_by_itself_with_a_picture(
    plant: Plant, start: Any, path: Path, wait_until: Any, tmp_path: Path
) -> None:
    start(path)
    wait_until(plant.listened, what="its subscriptions")
    wave = bearing_waveform(
        "outer_race", rpm=1797, rate=12_000, seconds=2, severity=0.8, seed=1
    ).astype(np.float64)

    def shake() -> bool:
        plant.vibration.publish(Float64MultiArray(data=wave))
        return any(one.outcome is Outcome.NOTICED for one in plant.findings)

    wait_until(shake, what="the finding")
    (noticed,) = [one for one in plant.findings if one.outcome is Outcome.NOTICED]
    assert "outer race" in noticed.say
    picture = tmp_path / "store" / "evidence" / noticed.evidence[0].picture
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_what_is_malformed_is_refused_and_survived(
    plant: Plant, start: Any, path: Path, wait_until: Any
) -> None:
    start(path)
    wait_until(plant.listened)
    for text in ("", "{}", "[1", '{"id": "x", "kind": "Q"}', "\x00" * 100):
        plant.delegations.publish(String(data=text))
    plant.vibration.publish(Float64MultiArray(data=[float("nan")] * 100))
    plant.warm(float("inf"))
    wait_until(lambda: sum(one.outcome is Outcome.REFUSED for one in plant.findings) >= 4)
    plant.ask("how is press 1?", "q")
    wait_until(lambda: plant.ends("q"))


def test_a_killed_node_answers_after_its_restart_and_keeps_its_reminders(
    plant: Plant, start: Any, path: Path, wait_until: Any
) -> None:
    names: list[str] = []
    asked = [0.0]

    def answered(wanted: list[str]) -> int:
        """Whoever got no answer asks again under the same id."""
        open_ones = [name for name in wanted if not plant.ends(name)]
        if time.monotonic() - asked[0] > 0.5:
            asked[0] = time.monotonic()
            for name in open_ones:
                plant.ask("how is press 1?", name)
        return len(wanted) - len(open_ones)

    process = start(path)
    wait_until(plant.listened)
    plant.ask("remind me in 4 seconds to check the oil", "r")
    wait_until(lambda: plant.ends("r"))
    for round_number in range(3):
        fresh = [f"q{round_number}-{number}" for number in range(20)]
        names += fresh
        wait_until(lambda last=fresh: answered(last))
        process.signal(signal.SIGKILL)
        process.wait()
        process = start(path)
        process.wait_for("thinking about")
    wait_until(lambda: answered(names) == len(names))
    wait_until(lambda: any("check the oil" in one.say for one in plant.ends("r")[1:]))
    for name in names:
        assert len({one.id for one in plant.ends(name)}) == 1


def test_it_stands_still_until_the_simulated_clock_runs(
    plant: Plant, start: Any, path: Path, wait_until: Any
) -> None:
    start(path, "-p", "use_sim_time:=true")
    wait_until(plant.listened)
    clock = plant.node.create_publisher(Clock, "/clock", 10)
    plant.ask("remind me in 20 minutes to check the oil", "r")
    now_s = [100]

    def tick(step: int) -> None:
        now_s[0] += step
        clock.publish(Clock(clock=time_message(now_s[0] * 1_000_000_000)))

    wait_until(lambda: tick(0) or plant.ends("r"))
    assert plant.ends("r")[0].next_check_ns == (now_s[0] + 1200) * 1_000_000_000
    wait_until(lambda: tick(100) or len(plant.ends("r")) == 2)
    assert now_s[0] >= 1300


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CELL.replace("store: store", "enabled: false"), "no machines to think about"),
        (CELL.replace("store: store", "playbook: absent.yaml"), "absent.yaml"),
        (CELL.replace("rate: 12000, ", ""), "rate"),
    ],
)
def test_what_cannot_work_is_one_line_and_code_2(
    ros_domain: int, start: Any, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "press.yaml"
    path.write_text(text)
    process = start(path)
    assert process.wait() == 2
    assert words in process.output()
    assert "Traceback" not in process.output()
