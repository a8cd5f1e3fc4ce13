"""`tml-ros up` runs a whole cell over real DDS, and leaves nothing behind."""

from __future__ import annotations

import signal

import cv2
import numpy as np
import psutil
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from diagnostic_msgs.msg import DiagnosticArray

from tml_ros.cell.alarm_status import parse_alarm
from tml_ros.nodes import qos
from tml_ros.nodes.status_messages import statuses_of
from tml_ros.turn.hazard import HazardKind

CELL = """
cell: press
cameras:
  front: {source: dark.avi, loop: true}
speaker: {sink: said.wav}
"""
NODES = ("guardian", "interaction", "speaker", "camera_front")


@pytest.fixture
def press(tmp_path):
    video = cv2.VideoWriter(
        str(tmp_path / "dark.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 10, (160, 120)
    )
    for _ in range(20):
        video.write(np.zeros((120, 160, 3), np.uint8))
    video.release()
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    return path


@pytest.fixture
def up(run_process, press, tmp_path):
    return run_process(
        [
            *("python", "-m", "tml_ros.cli.main", "up", "--cell", str(press)),
            *("--log-dir", str(tmp_path / "logs")),
        ]
    )


@pytest.fixture
def alarms(ros_node):
    kinds = set()
    ros_node.create_subscription(
        DiagnosticArray,
        "/press/alarms",
        lambda message: kinds.update(parse_alarm(s.values).kind for s in statuses_of(message)),
        qos.ALARMS,
    )
    return kinds


def _nodes(up):
    return [
        child
        for child in psutil.Process(up.popen.pid).children(recursive=True)
        if any("tml_ros.nodes" in word for word in child.cmdline())
    ]


def test_a_cell_comes_up_sees_survives_a_crash_and_ends_without_a_trace(
    alarms, up, wait_until, tmp_path
):
    wait_until(lambda: HazardKind.CAMERA_DARK in alarms, timeout=60, what="camera_dark")
    assert sorted(path.stem for path in (tmp_path / "logs").glob("*.log")) == sorted(NODES)
    children = _nodes(up)
    assert len(children) == len(NODES)

    guardian = next(child for child in children if "guardian" in " ".join(child.cmdline()))
    alarms.clear()
    guardian.kill()
    wait_until(
        lambda: HazardKind.CAMERA_DARK in alarms, timeout=60, what="the new guardian's alarm"
    )
    children += _nodes(up)

    up.signal(signal.SIGINT)
    assert up.wait() == 0, up.output()
    assert "guardian" in up.output()
    assert "SIGKILL" in up.output()
    assert "Traceback" not in up.output()
    assert not [child for child in children if child.is_running()]
    for log in (tmp_path / "logs").glob("*.log"):
        assert "Traceback" not in log.read_text(), log.name


def test_a_wrong_cell_starts_nothing_and_says_what_is_wrong(ros_domain, run_process, tmp_path):
    path = tmp_path / "press.yaml"
    path.write_text("cell: press\ncameras: {front: {rate: -1}}\n")
    process = run_process(["python", "-m", "tml_ros.cli.main", "up", "--cell", str(path)])
    assert process.wait() == 2
    assert "rate" in process.output()
    assert "Traceback" not in process.output()
