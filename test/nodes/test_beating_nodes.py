"""Real nodes, stopped, killed and done, as a watch over their beats finds them."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType

from tml_ros.cell.cell_file import load_cell
from tml_ros.cell.heartbeat import Heartbeat, parse_heartbeat
from tml_ros.cell.node_watch import NodeWatch
from tml_ros.nodes import qos
from tml_ros.nodes.processes import host_name, process_alive
from tml_ros.nodes.status_messages import statuses_of
from tml_ros.turn.hazard import HazardKind

CELL = """
cell: press
cameras:
  front: {source: clip.avi, loop: true}
  once: {source: clip.avi}
machines:
  lathe:
    telemetry:
      oil: {type: std_msgs/Float64, source: a.csv, channel: oil, period: 0.1}
      speed: {type: std_msgs/Float64, source: a.csv, channel: rpm, period: 0.1, loop: false}
"""
NAMES = ("camera_front", "camera_once", "telemetry_lathe")


class Watched:
    """Three nodes in processes of their own, and the watch over them, looking 20 times a second."""

    def __init__(self, node: Any, run_process: Any, folder: Path) -> None:
        clip = cv2.VideoWriter(
            str(folder / "clip.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (64, 48)
        )
        for _ in range(25):
            clip.write(np.full((48, 64, 3), 90, np.uint8))
        clip.release()
        (folder / "a.csv").write_text("rpm,oil\n1797,40\n1798,41\n1799,42\n")
        path = folder / "press.yaml"
        path.write_text(CELL)
        self._run_process = run_process
        self._folder = folder
        self._path = path
        self._lock = threading.Lock()
        self._watch = NodeWatch(
            load_cell(path), host=host_name(), process_alive=process_alive, follows_clock=False
        )
        self.beats: dict[str, Heartbeat] = {}
        self._found: dict[str, HazardKind] = {}
        self.processes = {name: self.start(name) for name in NAMES}
        node.create_subscription(
            DiagnosticArray, "/press/heartbeat", self._hear, qos.HEARTBEATS_HEARD
        )
        node.create_timer(0.05, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def start(self, name: str) -> Any:
        role, _, serves = name.partition("_")
        argv = ["python", "-m", f"tml_ros.nodes.{role}_node", "--ros-args", "-r", "__ns:=/press"]
        argv += ["-r", f"__node:={name}"]
        if role == "camera":
            argv += ["-r", f"image:={serves}/image", "-p", f"source:={self._folder / 'clip.avi'}"]
            argv += ["-p", f"loop:={str(serves == 'front').lower()}"]
        else:
            argv += ["-p", f"cell:={self._path}", "-p", "machine:=lathe"]
        return self._run_process(argv)

    def _hear(self, message: DiagnosticArray) -> None:
        for status in statuses_of(message):
            self._watch.beat(status.values, time.monotonic_ns())
            beat = parse_heartbeat(status.values)
            self.beats[beat.node] = beat

    def _look(self) -> None:
        hazards = self._watch.hazards(time.monotonic_ns(), 1)
        with self._lock:
            for hazard in hazards:
                if hazard.kind is HazardKind.NODE_LATE:
                    continue
                if hazard.score == 1.0:
                    self._found[hazard.zone] = hazard.kind
                elif self._found.get(hazard.zone) is hazard.kind:
                    del self._found[hazard.zone]

    def found(self) -> dict[str, HazardKind]:
        """What stands, but for the interaction and the background, which do not run here."""
        with self._lock:
            return {name: kind for name, kind in self._found.items() if name in NAMES}


@pytest.fixture
def watched(ros_node: Any, run_process: Any, tmp_path: Path) -> Watched:
    return Watched(ros_node, run_process, tmp_path)


def test_a_node_that_is_stopped_is_hung_one_that_is_killed_is_lost_and_both_come_back(
    watched: Watched, wait_until: Any
) -> None:
    wait_until(lambda: set(watched.beats) == set(NAMES) and not watched.found())
    wait_until(lambda: all(watched.beats[name].work > 3 for name in NAMES))
    front = watched.processes["camera_front"]
    os.kill(front.popen.pid, signal.SIGSTOP)
    wait_until(lambda: watched.found() == {"camera_front": HazardKind.NODE_HUNG})
    os.kill(front.popen.pid, signal.SIGCONT)
    wait_until(lambda: watched.found() == {})
    front.signal(signal.SIGKILL)
    wait_until(lambda: watched.found() == {"camera_front": HazardKind.NODE_LOST})
    watched.start("camera_front")
    wait_until(lambda: watched.found() == {})
    # A recording that has been played to its end has nothing to do any more.
    ended = watched.beats["camera_once"]
    assert (ended.expected, ended.work_age_ns is not None) == (False, True)
    assert watched.beats["camera_front"].expected
    # Of what is played for ever more is due, though some of it has ended.
    assert watched.beats["telemetry_lathe"].expected
