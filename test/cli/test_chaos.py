"""`tml-ros chaos` breaks a real cell over real DDS, proves what came of it, and leaves nothing."""

from __future__ import annotations

import json
import wave

import cv2
import numpy as np
import psutil
import pytest

from tml_ros.bag.bag_reader import open_bag

pytest.importorskip("rclpy", reason="no ROS 2 here")

CELL = """
cell: press
cameras:
  front: {source: hall.avi}
microphones:
  ear: {source: hum.wav}
guardian:
  evidence: {enabled: false}
"""


@pytest.fixture
def press(tmp_path):
    noise = np.random.default_rng(1)
    video = cv2.VideoWriter(
        str(tmp_path / "hall.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 10, (160, 120)
    )
    for _ in range(40):
        video.write(noise.integers(60, 190, (120, 160, 3), np.uint8))
    video.release()
    with wave.open(str(tmp_path / "hum.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(noise.normal(0, 300, 64_000).astype("<i2").tobytes())
    path = tmp_path / "press.yaml"
    path.write_text(CELL)
    return path


@pytest.fixture
def chaos(run_process, press, tmp_path):
    def start(*options):
        return run_process(
            [
                *("python", "-m", "tml_ros.cli.main", "chaos", "--cell", str(press)),
                *("--out", str(tmp_path / "out"), *options),
            ]
        )

    return start


def test_a_cut_camera_is_alarmed_and_gone_again_and_malformed_messages_crash_nobody(
    ros_domain, chaos, tmp_path
):
    process = chaos("--only", "camera_cut", "--number", "1", "--hostile", "400", "--rate", "400")
    code = process.wait(90)
    told = json.loads((tmp_path / "out" / "chaos.json").read_text())
    cut, malformed = told["rows"]
    assert (cut["target"], cut["alarmed_as"], cut["verdict"]) == (
        "front",
        ["camera_lost"],
        "proven",
    ), process.output()
    assert cut["after_ms"] <= 1300
    assert cut["gone_ms"] is not None
    assert (malformed["fault"], malformed["verdict"]) == ("malformed", "proven")
    assert told["hostile_messages"] > 300
    assert told["crashed"] == []
    assert told["illegal"] == []
    assert (code == 0) == told["proven"], process.output()
    with open_bag(tmp_path / "out" / "chaos.mcap") as bag:
        topics = {connection.topic for connection in bag.connections}
    assert "/press/alarms/events" in topics
    assert not [
        child
        for child in psutil.process_iter(["cmdline"])
        if str(tmp_path) in " ".join(child.info["cmdline"] or ())
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--only", "earthquake"), "earthquake"),
        (("--only", "none", "--number", "1"), "how many seconds"),
        (("--only", "clock_stop", "--number", "1"), "clock_stop"),
        (("--seconds", "10", "--number", "1"), "either"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_runs(chaos, options, words):
    process = chaos(*options)
    assert process.wait() == 2
    assert words in process.output()
    assert "Traceback" not in process.output()
