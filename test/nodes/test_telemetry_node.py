"""The telemetry node over real DDS: files become the topics that the cell names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Temperature
from std_msgs.msg import Float64, Float64MultiArray

from tml_ros.nodes import qos
from tml_ros.nodes.messages import time_message, time_ns

CELL = """
cell: press
cameras: {front: {}}
machines:
  press_1:
    telemetry:
      drive_end: {type: std_msgs/Float64MultiArray, rate: 1000, source: a.npz, period: 0.05}
      speed: {type: std_msgs/Float64, source: a.csv, channel: rpm, period: 0.05, loop: false}
      oil: {type: sensor_msgs/Temperature, source: a.csv, channel: oil, period: 0.05}
"""
NAMES = ("drive_end", "speed", "oil")


@pytest.fixture
def start(run_process: Any, tmp_path: Path) -> Any:
    np.savez(tmp_path / "a.npz", DE=np.arange(120.0))
    (tmp_path / "a.csv").write_text("rpm,oil\n1797,40\n1798,41\n1799,42\n")

    def start(cell: str = CELL, *parameters: str) -> Any:
        path = tmp_path / "press.yaml"
        path.write_text(cell)
        argv = ["python", "-m", "tml_ros.nodes.telemetry_node", "--ros-args", "-r", "__ns:=/press"]
        more = ["-p", "machine:=press_1", "-p", "wait_for_subscribers:=1"]
        more += [word for parameter in parameters for word in ("-p", parameter)]
        return run_process([*argv, "-p", f"cell:={path}", *more])

    return start


def test_blocks_and_values_come_in_order_and_begin_anew(
    ros_node: Any, start: Any, wait_until: Any
) -> None:
    came: dict[str, list[Any]] = {name: [] for name in NAMES}
    start()
    kinds = (Float64MultiArray, Float64, Temperature)
    for name, kind in zip(NAMES, kinds, strict=True):
        ros_node.create_subscription(
            kind, f"/press/press_1/{name}", came[name].append, qos.TELEMETRY_PLAYED
        )
    for name, enough in (("drive_end", 4), ("oil", 5), ("speed", 3)):
        wait_until(lambda one=name, many=enough: len(came[one]) >= many, what=name)
    samples = np.concatenate([message.data for message in came["drive_end"][:4]])
    assert samples.tolist() == (np.arange(200) % 120).tolist()
    assert [message.data for message in came["speed"]] == [1797.0, 1798.0, 1799.0]
    assert [message.temperature for message in came["oil"][:5]] == [40, 41, 42, 40, 41]
    assert came["oil"][0].header.stamp.sec > 0


def test_in_simulated_time_a_second_of_it_brings_a_second_of_telemetry(
    ros_node: Any, start: Any, wait_until: Any
) -> None:
    came: list[Any] = []
    start(CELL, "use_sim_time:=true")
    clock = ros_node.create_publisher(Clock, "/clock", 10)
    ros_node.create_subscription(
        Temperature, "/press/press_1/oil", came.append, qos.TELEMETRY_PLAYED
    )
    for topic, kind in (("drive_end", Float64MultiArray), ("speed", Float64)):
        ros_node.create_subscription(
            kind, f"/press/press_1/{topic}", lambda _: None, qos.TELEMETRY_PLAYED
        )
    wait_until(lambda: clock.get_subscription_count() == 1)
    now_ns = 100 * 10**9

    def tick(step_ms: int) -> None:
        nonlocal now_ns
        now_ns += step_ms * 10**6
        clock.publish(Clock(clock=time_message(now_ns)))

    def stamps() -> list[int]:
        return [time_ns(message.header.stamp) for message in came]

    wait_until(lambda: tick(10) or came)
    before = now_ns
    # A clock that runs away from a busy machine would be a clock that jumps.
    wait_until(lambda: tick(10 if now_ns < stamps()[-1] + 10**8 else 0) or len(came) >= 12)
    assert stamps()[0] >= 100 * 10**9
    # Every 50 ms of that time, however fast it goes by.
    assert (stamps()[11] - stamps()[1]) / 10 == pytest.approx(50e6, rel=0.2)
    assert now_ns - before >= 500 * 10**6


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("a.npz", "absent.npz", "absent.npz"),
        ("channel: rpm", "channel: amps", "no column 'amps'"),
        ("press_1:", "press_2:", "has no 'press_1'"),
    ],
)
def test_what_cannot_be_played_is_one_line_and_code_2(
    ros_domain: int, start: Any, old: str, new: str, words: str
) -> None:
    process = start(CELL.replace(old, new))
    assert process.wait() == 2
    assert words in process.output()
    assert "Traceback" not in process.output()
