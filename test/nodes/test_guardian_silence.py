"""A guardian that falls silent is seen by the interaction, over real DDS."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from diagnostic_msgs.msg import DiagnosticArray

from tml_ros.cell.alarm_status import ERROR, OK
from tml_ros.nodes import qos
from tml_ros.nodes.status_messages import statuses_of

GUARDIAN = """
import sys
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from tml_ros.nodes import qos
from tml_ros.nodes.running import run_node

class Guardian(Node):
    def __init__(self):
        super().__init__("guardian", namespace="press")
        alarms = self.create_publisher(DiagnosticArray, "alarms", qos.ALARMS)
        self.create_timer(0.2, lambda: alarms.publish(DiagnosticArray()))

sys.exit(run_node(Guardian))
"""


@pytest.mark.parametrize("fault", [signal.SIGSTOP, signal.SIGKILL])
def test_a_guardian_that_stops_or_dies_is_told_of_until_it_is_heard_again(
    ros_node: Any, run_process: Any, tmp_path: Path, wait_until: Any, fault: int
) -> None:
    path = tmp_path / "press.yaml"
    path.write_text("cell: press\ncameras: {front: {}}\n")
    argv = ["python", "-m", "tml_ros.nodes.interaction_node", "--ros-args", "-r", "__ns:=/press"]
    interaction = run_process([*argv, "-p", f"cell:={path}"])
    told: list[tuple[int, str]] = []

    def note(message: DiagnosticArray) -> None:
        told.extend(
            (status.level, status.message)
            for status in statuses_of(message)
            if status.name == "press/interaction: guardian"
        )

    ros_node.create_subscription(DiagnosticArray, "/diagnostics", note, qos.DIAGNOSTICS)
    guardian = run_process(["python", "-c", GUARDIAN])
    wait_until(lambda: told and told[-1] == (OK, "the guardian is heard"))
    guardian.signal(fault)
    wait_until(lambda: told[-1] == (ERROR, "the guardian is silent"))
    if fault == signal.SIGSTOP:
        os.kill(guardian.popen.pid, signal.SIGCONT)
    else:
        run_process(["python", "-c", GUARDIAN])
    wait_until(lambda: told[-1][0] == OK)
    assert interaction.output().count("the guardian is silent") == 1
    assert "the guardian is heard again" in interaction.output()


def test_who_wants_only_the_alarms_gets_them_from_a_publisher_without_a_deadline(
    ros_node: Any, wait_until: Any
) -> None:
    came: list[DiagnosticArray] = []
    ros_node.create_subscription(DiagnosticArray, "alarms", came.append, qos.ALARMS_HEARD)
    played = ros_node.create_publisher(DiagnosticArray, "alarms", qos.ALARMS_HEARD)
    played.publish(DiagnosticArray())
    wait_until(lambda: len(came) == 1)
    offered = ros_node.create_publisher(DiagnosticArray, "alarms", qos.ALARMS)
    offered.publish(DiagnosticArray())
    wait_until(lambda: len(came) == 2)
