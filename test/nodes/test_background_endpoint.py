"""The background node with a language model behind an endpoint: a real HTTP server, real DDS."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")
pytest.importorskip("openai", reason="the openai package is not installed")

from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import Temperature
from std_msgs.msg import String

from tml_ros.background.contracts import Delegation, Finding
from tml_ros.nodes import qos
from tml_ros.nodes.messages import time_message

sys.path.insert(0, str(Path(__file__).parents[1] / "background"))

from chat_server import answers, calls, serving, stalls, status

WARM = ("latest", {"machine": "press_1", "quantity": "temperature"})
CELL = """
cell: press
cameras: {{front: {{}}}}
machines:
  press_1: {{telemetry: {{temperature: {{type: sensor_msgs/Temperature}}}}}}
background:
  store: store
  endpoint: {{url: "{url}", model: m, retries: 0, connect: 5, between_tokens: 2.5}}
"""


class Operator:
    """Asks, and feeds one temperature."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.findings: list[Finding] = []
        node.create_subscription(
            String,
            "/press/findings",
            lambda message: self.findings.append(Finding.model_validate_json(message.data)),
            qos.FINDINGS,
        )
        self.known: set[str] = set()
        node.create_subscription(DiagnosticArray, "/diagnostics", self._reported, qos.DIAGNOSTICS)
        self.delegations = node.create_publisher(String, "/press/delegations", qos.DELEGATIONS)
        self.temperature = node.create_publisher(
            Temperature, "/press/press_1/temperature", qos.TELEMETRY_PLAYED
        )

    def _reported(self, message: DiagnosticArray) -> None:
        for one in message.status:
            values = {value.key: value.value for value in one.values}
            if values.get("received", "0") != "0":
                self.known.add(one.name)

    def taken_in(self, stream: str) -> bool:
        """Whether the node says that something of the stream arrived."""
        return any(stream in name for name in self.known)

    def heard(self) -> bool:
        return bool(
            self.delegations.get_subscription_count() and self.temperature.get_subscription_count()
        )

    def warm(self, celsius: float) -> None:
        message = Temperature(temperature=celsius)
        message.header.stamp = time_message(self.node.get_clock().now().nanoseconds)
        self.temperature.publish(message)

    def ask(self, name: str, question: str) -> None:
        asked = Delegation(id=name, question=question)
        self.delegations.publish(String(data=asked.model_dump_json()))

    def ends(self, name: str) -> list[Finding]:
        return [one for one in self.findings if one.delegation == name and one.final]


def test_the_model_answers_with_evidence_and_the_planner_when_it_fails_or_stalls(
    ros_node: Any, run_process: Callable[..., Any], wait_until: Any, tmp_path: Path
) -> None:
    operator = Operator(ros_node)
    script = (
        calls(WARM),
        answers("Press 1 is at 71.5 degrees.", "e1"),
        status(500),
        stalls,
    )
    question = "what is the temperature of press 1?"
    with serving(*script) as server:
        path = tmp_path / "press.yaml"
        path.write_text(CELL.format(url=server.url))
        argv = ["python", "-m", "tml_ros.nodes.background_node", "--ros-args"]
        process = run_process([*argv, "-r", "__ns:=/press", "-p", f"cell:={path}"])
        wait_until(operator.heard, what="its subscriptions")
        wait_until(
            lambda: operator.warm(71.5) or operator.taken_in("temperature"), what="the reading"
        )
        for name in ("model", "failed", "stalled"):
            operator.ask(name, question)
            wait_until(lambda name=name: operator.ends(name), what=name)
        asked = list(server.asked)
    (model,), (failed,), (stalled,) = map(operator.ends, ("model", "failed", "stalled"))
    assert "71.5" in model.say
    assert "fixed rules" not in model.say
    assert model.evidence[0].value == 71.5
    for planned in (failed, stalled):
        assert "71.5" in planned.say
        assert "fixed rules" in planned.say
    assert len(asked) == 4
    assert any(message["role"] == "tool" for message in asked[1]["messages"])
    assert process.running()
