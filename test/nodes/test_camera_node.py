"""The camera node in a process of its own, seen over real DDS."""

from __future__ import annotations

import signal
import socket
import time

import cv2
import numpy as np
import pytest

pytest.importorskip("rclpy", reason="no ROS 2 here")

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from sensor_msgs.msg import CompressedImage, Image

from tml_ros.cell.alarm_status import ERROR, OK, WARN
from tml_ros.nodes import qos
from tml_ros.nodes.camera_node import CameraNode
from tml_ros.nodes.exit_codes import MISCONFIGURED, STOPPED
from tml_ros.nodes.messages import frame_of
from tml_ros.nodes.status_messages import statuses_of

MS = 1_000_000
LEVELS = [40 + 15 * index for index in range(12)]


def make_video(path, frames=12):
    """Twelve grey levels in turn, 25 frames per second, the left half red."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (64, 48))
    for index in range(frames):
        bgr = np.full((48, 64, 3), LEVELS[index % 12], np.uint8)
        bgr[:, :32] = (20, 20, 230)
        writer.write(bgr)
    writer.release()
    return path


def level_of(rgb):
    return min(LEVELS, key=lambda level: abs(level - rgb[:, 40:].mean()))


@pytest.fixture
def camera(ros_node, run_process):
    """Starts the node with these parameters; gives its process and what it published."""

    class Camera:
        def __init__(self):
            self.frames, self.statuses, self.headers, self.kinds = [], [], [], set()

        def start(self, *parameters, kind=Image, name="front"):
            ros_node.create_subscription(kind, "/cell/image", self.take, qos.CAMERA_IMAGE)
            ros_node.create_subscription(
                DiagnosticArray, "/diagnostics", self.note, qos.DIAGNOSTICS
            )
            argv = ["python", "-m", "tml_ros.nodes.camera_node", "--ros-args"]
            argv += ["-r", "__ns:=/cell", "-r", f"__node:={name}"]
            for parameter in parameters:
                argv += ["-p", parameter]
            self.started_ns = time.time_ns()
            self.process = run_process(argv)
            return self.process

        def take(self, message):
            self.kinds.add(message.format if hasattr(message, "format") else message.encoding)
            self.headers.append(message.header.frame_id)
            self.frames.append(frame_of(message, "front"))

        def note(self, message):
            self.statuses += statuses_of(message)

        def newest(self):
            return self.statuses[-1] if self.statuses else None

    return Camera()


def test_a_looping_file_arrives_with_its_content_and_exact_stamps(camera, tmp_path, wait_until):
    video = make_video(tmp_path / "clip.avi")
    camera.start(f"source:={video}", "loop:=true", "frame_id:=gate")
    wait_until(lambda: len(camera.frames) >= 20)
    frames = camera.frames[:20]
    assert (camera.kinds, set(camera.headers)) == ({"rgb8"}, {"gate"})
    assert {frame.rgb.shape for frame in frames} == {(48, 64, 3)}
    red = frames[0].rgb[:, :30].mean(axis=(0, 1))
    assert red[0] > 180
    assert red[1:].max() < 80
    assert camera.started_ns < frames[0].stamp_ns < time.time_ns()
    first = LEVELS.index(level_of(frames[0].rgb))
    for frame in frames:
        passed, rest = divmod(frame.stamp_ns - frames[0].stamp_ns, 40 * MS)
        assert rest == 0
        assert level_of(frame.rgb) == LEVELS[(first + passed) % 12]


def test_compressed_pictures_of_another_size_and_lower_rate(camera, tmp_path, wait_until):
    video = make_video(tmp_path / "clip.avi", frames=50)
    camera.start(
        f"source:={video}",
        "compressed:=true",
        "jpeg_quality:=95",
        "width:=32",
        "height:=24",
        "rate:=10",
        "loop:=true",
        kind=CompressedImage,
    )
    wait_until(lambda: len(camera.frames) >= 6)
    assert camera.kinds == {"jpeg"}
    assert set(camera.headers) == {"front"}
    assert {frame.rgb.shape for frame in camera.frames} == {(24, 32, 3)}
    stamps = [frame.stamp_ns for frame in camera.frames]
    assert np.diff(stamps).min() >= 79 * MS


def test_a_file_that_ends_is_reported_and_the_node_stays(camera, tmp_path, wait_until):
    video = make_video(tmp_path / "clip.avi")
    process = camera.start(f"source:={video}", "wait_for_subscribers:=1")
    wait_until(lambda: camera.newest() and camera.newest().message == "ended")
    assert camera.newest().level == WARN
    assert camera.newest().name == "cell/front: source"
    values = camera.newest().values
    assert int(values["published"]) + int(values["replaced"]) + int(values["skipped"]) == 12
    assert process.running()


def test_a_missing_file_ends_the_node_with_an_exit_code_of_its_own(camera):
    process = camera.start("source:=/nowhere/clip.mp4")
    assert process.wait() == MISCONFIGURED, process.output()
    assert "cannot start: video file /nowhere/clip.mp4 does not exist" in process.output()


def test_a_node_told_to_ends_with_its_file(camera, tmp_path):
    process = camera.start(f"source:={make_video(tmp_path / 'clip.avi')}", "exit_at_end:=true")
    assert process.wait() == STOPPED, process.output()
    assert "is ended" in process.output()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_running_camera_stops_when_told(camera, tmp_path, wait_until, number):
    process = camera.start(f"source:={make_video(tmp_path / 'clip.avi')}", "loop:=true")
    wait_until(lambda: camera.frames)
    process.signal(number)
    assert process.wait() == STOPPED, process.output()


def test_a_camera_that_hangs_while_it_opens_stops_when_told(camera):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(1)
        mute.settimeout(30)
        process = camera.start(f"source:='rtsp://127.0.0.1:{mute.getsockname()[1]}/live'")
        connection, _ = mute.accept()
        process.signal(signal.SIGTERM)
        assert process.wait() == STOPPED, process.output()
        connection.close()


def test_a_stream_that_is_not_there_is_an_error_that_is_retried(camera, wait_until):
    process = camera.start("source:='http://me:s3cret@127.0.0.1:9/video'")
    wait_until(lambda: camera.newest() and int(camera.newest().values["retries"]) >= 1)
    wait_until(lambda: camera.newest().message == "lost")
    status = camera.newest()
    assert (status.level, status.values["frames"]) == (ERROR, "0")
    assert "127.0.0.1:9/video cannot be opened" in status.values["last_error"]
    assert process.running()
    assert "s3cret" not in process.output() + str(camera.statuses)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ([], "parameter 'source' must be set"),
        (["source:=/nowhere/clip.mp4"], "clip.mp4 does not exist; check the path"),
        (["source:='gopher://host/clip'"], "no camera speaks gopher://"),
        (["source:=0", "rate:=-3.0"], "rate"),
        (["source:=0", "width:=640"], "must be set both or neither"),
        (["source:=0", "jpeg_quality:=500"], "jpeg_quality"),
    ],
)
def test_a_wrong_parameter_is_named(ros_domain, parameters, words):
    arguments = [word for parameter in parameters for word in ("-p", parameter)]
    rclpy.init(args=["--ros-args", *arguments], domain_id=ros_domain)
    try:
        with pytest.raises(ValueError, match=words):
            CameraNode()
    finally:
        rclpy.shutdown()


def test_the_real_clip_arrives_in_real_time(camera, real_data, wait_until):
    clip = real_data / "worker_zone" / "worker_zone.mp4"
    camera.start(f"source:={clip}", "wait_for_subscribers:=1")
    wait_until(lambda: camera.newest() and camera.newest().message == "running")
    assert camera.newest().level == OK
    wait_until(lambda: len(camera.frames) >= 30)
    assert camera.frames[-1].rgb.shape == (270, 480, 3)
    steps = np.diff([frame.stamp_ns for frame in camera.frames])
    assert set(steps % (70 * MS)) == {0}
