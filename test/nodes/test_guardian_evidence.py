"""A real guardian over real DDS leaves a clip that others can open."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

from diagnostic_msgs.msg import DiagnosticArray
from rosbags.rosbag2 import Reader
from sensor_msgs.msg import Image
from std_msgs.msg import String

from tml_ros.cell.alarm_status import hazard_status
from tml_ros.nodes import qos
from tml_ros.nodes.messages import image_message
from tml_ros.nodes.status_messages import statuses_message, statuses_of
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

CELL = """
cell: press
cameras: {front: {size: [160, 120], lost_after: 60.0}}
microphones: {hall: {lost_after: 60.0}}
guardian:
  evidence: {folder: CLIPS, before: 2.0, after: 1.0, privacy: off}
alarms:
  siren: {on_delay: 0.0, off_delay: 0.0}
"""


@pytest.fixture
def guardian(ros_node, run_process, tmp_path):
    path = tmp_path / "press.yaml"
    clips = tmp_path / "clips"
    path.write_text(CELL.replace("CLIPS", str(clips)))
    argv = ["python", "-m", "tml_ros.nodes.guardian_node", "--ros-args", "-r", "__ns:=/press"]
    process = run_process([*argv, "-p", f"cell:={path}"], {"ROS_HOME": str(tmp_path)})
    process.wait_for("guarding")
    return process, clips


def test_a_guardian_keeps_pictures_words_and_alarms_around_an_alarm(guardian, ros_node, wait_until):
    process, clips = guardian
    statuses = {}
    ros_node.create_subscription(
        DiagnosticArray,
        "/diagnostics",
        lambda message: statuses.update({s.name: s for s in statuses_of(message)}),
        qos.DIAGNOSTICS,
    )
    images = ros_node.create_publisher(Image, "/press/front/image", qos.CAMERA_IMAGE)
    hazards = ros_node.create_publisher(DiagnosticArray, "/press/hazards", qos.HAZARDS)
    words = ros_node.create_publisher(String, "/press/speech/text", qos.SPEECH)
    wait_until(
        lambda: (
            hazards.get_subscription_count() >= 2
            and words.get_subscription_count() >= 2
            and images.get_subscription_count()
        ),
        what="the guardian's two readers of each topic",
    )
    rgb = np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)

    def happen():
        now_ns = ros_node.get_clock().now().nanoseconds
        images.publish(image_message(rgb, now_ns, "front"))
        siren = Hazard(HazardKind.SIREN, "hall", 0.9, HazardSource.MODEL, now_ns)
        hazards.publish(statuses_message([hazard_status(siren)], now_ns))
        words.publish(String(data="What is that?"))

    def kept():
        happen()
        return list(clips.glob("2*_siren_hall"))

    wait_until(kept, what="a clip")
    (clip,) = kept()
    with Reader(clip) as reader:
        counts = {c.topic: c.msgcount for c in reader.connections}
    assert {
        "/press/front/image/compressed",
        "/press/hazards",
        "/press/alarms",
        "/press/alarms/events",
        "/press/speech/text",
    } <= set(counts)
    assert min(counts.values()) > 0
    assert json.loads((clip / "clip.json").read_text())["privacy"] == "off"
    assert (clip / "preview.jpg").stat().st_size > 1000
    told = "press/guardian: evidence"
    wait_until(lambda: told in statuses and statuses[told].values["clips"] == "1")
    assert "recognisable" in statuses[told].message
    assert "recognisable" in process.output()
