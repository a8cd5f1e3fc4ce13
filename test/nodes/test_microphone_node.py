"""The microphone node in a process of its own, heard over real DDS."""

from __future__ import annotations

import signal
import wave

import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.qos import QoSProfile, ReliabilityPolicy
from std_msgs.msg import Int16MultiArray

from tml_ros.cell.alarm_status import OK, WARN
from tml_ros.nodes import qos
from tml_ros.nodes.exit_codes import STOPPED
from tml_ros.nodes.messages import samples_of
from tml_ros.nodes.microphone_node import MicrophoneNode
from tml_ros.nodes.status_messages import statuses_of

PATIENT = QoSProfile(depth=10_000, reliability=ReliabilityPolicy.RELIABLE)
"""Nothing is lost on a test that is slow to look."""


def make_wav(path, sound, rate=16_000):
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(sound.astype("<i2").tobytes())
    return path


@pytest.fixture
def microphone(ros_node, run_process):
    """Starts the node with these parameters; gives its process and what it published."""

    class Microphone:
        def __init__(self):
            self.messages, self.statuses = [], []

        def start(self, *parameters):
            ros_node.create_subscription(
                Int16MultiArray, "/cell/audio", self.messages.append, PATIENT
            )
            ros_node.create_subscription(
                DiagnosticArray,
                "/diagnostics",
                lambda message: self.statuses.extend(statuses_of(message)),
                qos.DIAGNOSTICS,
            )
            argv = ["python", "-m", "tml_ros.nodes.microphone_node", "--ros-args"]
            argv += ["-r", "__ns:=/cell"]
            for parameter in parameters:
                argv += ["-p", parameter]
            self.process = run_process(argv)
            return self.process

        def newest(self):
            return self.statuses[-1] if self.statuses else None

    return Microphone()


def test_a_looping_file_is_heard_without_a_sample_missing(microphone, tmp_path, wait_until):
    wav = make_wav(tmp_path / "hall.wav", np.arange(16_000))
    microphone.start(f"source:={wav}", "loop:=true")
    wait_until(lambda: len(microphone.messages) >= 70)
    for message in microphone.messages:
        assert [(dim.label, dim.size) for dim in message.layout.dim] == [
            ("frames", 320),
            ("channels", 1),
        ]
    heard = np.concatenate([samples_of(each, channels=1)[:, 0] for each in microphone.messages])
    assert np.array_equal(heard, (heard[0] + np.arange(len(heard))) % 16_000)
    wait_until(microphone.newest)
    status = microphone.newest()
    assert (status.name, status.level, status.message) == (
        "cell/microphone: source",
        OK,
        "running",
    )


def test_a_file_that_ends_is_heard_to_its_last_sample_and_reported(
    microphone, tmp_path, wait_until
):
    wav = make_wav(tmp_path / "short.wav", np.arange(20_000))
    process = microphone.start(f"source:={wav}", "wait_for_subscribers:=1")
    wait_until(lambda: microphone.newest() and microphone.newest().message == "ended")
    assert microphone.newest().level == WARN
    wait_until(lambda: microphone.messages and microphone.messages[-1].data[-1] == 19_999)
    assert process.running()


def test_a_node_told_to_ends_with_its_file_and_loses_no_block(microphone, tmp_path, wait_until):
    wav = make_wav(tmp_path / "short.wav", np.arange(20_000))
    process = microphone.start(f"source:={wav}", "exit_at_end:=true", "wait_for_subscribers:=1")
    assert process.wait() == STOPPED, process.output()
    wait_until(lambda: microphone.messages and microphone.messages[-1].data[-1] == 19_999)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_running_microphone_stops_when_told(microphone, tmp_path, wait_until, number):
    wav = make_wav(tmp_path / "hall.wav", np.arange(16_000))
    process = microphone.start(f"source:={wav}", "loop:=true")
    wait_until(lambda: microphone.messages)
    process.signal(number)
    assert process.wait() == STOPPED, process.output()


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (["source:=/nowhere/hall.wav"], "hall.wav does not exist"),
        (["source:=/nowhere/hall.wav", "channels:=99"], "channels"),
        (["rate:=100"], "rate"),
    ],
)
def test_a_wrong_parameter_is_named(ros_domain, parameters, words):
    arguments = [word for parameter in parameters for word in ("-p", parameter)]
    rclpy.init(args=["--ros-args", *arguments], domain_id=ros_domain)
    try:
        with pytest.raises(ValueError, match=words):
            MicrophoneNode()
    finally:
        rclpy.shutdown()
